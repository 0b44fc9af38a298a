"""Where a calendar decides is ruled for a phase and the mornings until the next ruling."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from python_ml.decisions.calendar import NEVER_STOPS, Calendar
from python_ml.decisions.gate import Ruling
from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.warehouse import IN_MEMORY, Warehouse
from python_ml.lifecycle.calendar_terms import replace_calendar_terms, write_rulings

MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
BY_AGE = Calendar("days_since_last_stop", 30, 250)
BY_WORK = Calendar("batch_count_since_last_stop", 400, 150)
SCORED = """
create schema features;
create table features.feat_machine_arepa_daily as
select
    machine_id, arepa_type, day as as_of_date, 31.5 as days_since_last_stop,
    nullif(batches, 0) as batch_count_since_last_stop
from (values
    ('m1', 'a1', 380), ('m2', 'a1', 0), ('m3', 'a1', 5), ('m1', 'a2', 380), ('m4', 'a2', 7),
    ('m2', 'a3', 0)
)
    as machines (machine_id, arepa_type, batches)
cross join (values (date '2026-03-02'), (date '2026-03-03'), (date '2026-03-04')) as days (day);
insert into ml.predictions by name
select
    *, 'k1' as kitchen_id, 7 as horizon_days, 'scored' as status, 'x' as code_version,
    'r' as run_id, timestamp '2026-03-02' as scored_at
from (values
    ('m1', 'a1', 'champion', 1, '1'), ('m2', 'a1', 'champion', 1, '1'),
    ('m3', 'a1', 'champion', 2, '1'), ('m1', 'a2', 'champion', 1, null),
    ('m4', 'a2', 'champion', 1, null), ('m2', 'a3', 'champion', 1, '1'),
    ('m1', 'a1', 'challenger', 1, '2')
) as said (machine_id, arepa_type, model_role, phase, model_version)
cross join (values (date '2026-03-02'), (date '2026-03-03'), (date '2026-03-04'))
    as days (as_of_date);
"""
TERMS = """
select machine_id, arepa_type, clock, clock_value, interval_value, stop_saving
from ml.calendar_terms where as_of_date = ? order by all
"""


@pytest.fixture
def scored() -> Iterator[Warehouse]:
    with Warehouse(IN_MEMORY) as warehouse:
        create_ml_tables(warehouse)
        warehouse.execute(SCORED)
        yield warehouse


def terms_of(warehouse: Warehouse, day: date) -> list[tuple]:
    replace_calendar_terms(warehouse, first=day, last=day, holdout_days=60)
    return warehouse.rows(TERMS, [day])


def machines_by_calendar(warehouse: Warehouse, day: date) -> set[str]:
    return {row[0] for row in terms_of(warehouse, day)}


def test_a_ruling_concerns_its_phase_from_its_morning_on(scored: Warehouse):
    write_rulings(scored, "a1", [Ruling("1", 1, BY_AGE, -800, 60)], as_of=TUESDAY)
    assert terms_of(scored, MONDAY) == []
    of_age = ("days_since_last_stop", 31.5, 30, 250)
    everywhere = [("m1", "a1"), ("m1", "a2"), ("m2", "a1"), ("m2", "a3"), ("m4", "a2")]
    assert terms_of(scored, TUESDAY) == [(*keys, *of_age) for keys in everywhere]
    rulings = [Ruling("1", 1, BY_WORK, -800, 60), Ruling("2", 1, BY_WORK, -800, 60)]
    write_rulings(scored, "a1", rulings, as_of=WEDNESDAY)
    of_work = ("a1", "batch_count_since_last_stop")
    assert [row for row in terms_of(scored, WEDNESDAY) if row[1] == "a1"] == [
        ("m1", *of_work, 380, 400, 150),
        ("m2", *of_work, None, 400, 150),
    ]
    assert terms_of(scored, TUESDAY) == [(*keys, *of_age) for keys in everywhere]


def test_a_model_that_saves_decides_again_and_the_morning_that_was_scored_stays(scored: Warehouse):
    write_rulings(scored, "a1", [Ruling("1", 1, NEVER_STOPS, 0, 60)], as_of=MONDAY)
    assert terms_of(scored, MONDAY)[0] == ("m1", "a1", None, None, None, 0)
    write_rulings(scored, "a1", [Ruling("1", 1, BY_AGE, 800, 60)], as_of=MONDAY)
    assert len(scored.rows(TERMS, [MONDAY])) == 4  # until it is scored again
    assert machines_by_calendar(scored, MONDAY) == {"m4"}


def test_one_decides_for_all_types_of_a_phase_by_what_their_models_save_together(
    scored: Warehouse,
):
    write_rulings(scored, "a1", [Ruling("1", 1, BY_AGE, -800, 90)], as_of=MONDAY)
    write_rulings(scored, "a3", [Ruling("1", 1, BY_WORK, 1200, 60)], as_of=MONDAY)
    assert machines_by_calendar(scored, MONDAY) == {"m4"}
    write_rulings(scored, "a3", [Ruling("1", 1, BY_WORK, 400, 60)], as_of=MONDAY)
    assert machines_by_calendar(scored, MONDAY) == {"m1", "m2", "m4"}
    assert {row[2] for row in terms_of(scored, MONDAY)} == {BY_AGE.clock}  # of most machine-days


def test_a_machine_none_of_whose_types_has_a_model_goes_by_the_calendar(scored: Warehouse):
    write_rulings(scored, "a2", [Ruling(None, 1, BY_AGE, None, 60)], as_of=MONDAY)
    assert terms_of(scored, TUESDAY) == [("m4", "a2", "days_since_last_stop", 31.5, 30, 250)]
    write_rulings(scored, "a1", [Ruling("1", 1, BY_WORK, 800, 30)], as_of=MONDAY)
    assert terms_of(scored, TUESDAY) == [("m4", "a2", "batch_count_since_last_stop", 7, 400, 150)]


def test_of_rulings_from_before_savings_were_kept_the_greater_number_counts(scored: Warehouse):
    write_rulings(scored, "a1", [Ruling("1", 1, BY_AGE, -800, 90)], as_of=MONDAY)
    write_rulings(scored, "a3", [Ruling("1", 1, BY_WORK, 1200, 60)], as_of=MONDAY)
    scored.execute("update ml.calendar_rulings set saving = null, machine_days = null")
    assert machines_by_calendar(scored, MONDAY) == {"m1", "m2", "m4"}
    scored.execute("update ml.calendar_rulings set decides = false")
    assert machines_by_calendar(scored, MONDAY) == {"m4"}


def rule(warehouse: Warehouse, saving: float, as_of: date) -> None:
    write_rulings(warehouse, "a1", [Ruling("1", 1, BY_AGE, saving, 60)], as_of=as_of)


def test_what_models_saved_at_earlier_rulings_counts_the_less_the_longer_ago(scored: Warehouse):
    rule(scored, -800, MONDAY)
    rule(scored, 1000, MONDAY - timedelta(days=73))  # four fifths of a year are left
    assert "m1" in machines_by_calendar(scored, MONDAY)
    beaten = Ruling("0", 1, BY_AGE, -9000, 60)
    rulings = [beaten, Ruling("1", 1, BY_AGE, 1001, 60)]
    write_rulings(scored, "a1", rulings, as_of=MONDAY - timedelta(days=73))
    assert "m1" not in machines_by_calendar(scored, MONDAY)
    rule(scored, -2000, MONDAY - timedelta(days=365))
    assert "m1" not in machines_by_calendar(scored, MONDAY)
    rule(scored, -2, MONDAY - timedelta(days=292))
    assert "m1" not in machines_by_calendar(scored, MONDAY)
    rule(scored, -10, MONDAY - timedelta(days=292))
    assert "m1" in machines_by_calendar(scored, MONDAY)


def test_mornings_that_two_rulings_judged_count_once(scored: Warehouse):
    rule(scored, -100, MONDAY)
    rule(scored, 600, MONDAY - timedelta(days=6))  # a tenth of its mornings are its own
    assert "m1" in machines_by_calendar(scored, MONDAY)
    rule(scored, 1100, MONDAY - timedelta(days=6))
    assert "m1" not in machines_by_calendar(scored, MONDAY)
