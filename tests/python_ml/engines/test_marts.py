"""What Python reads of the marts: the asked types and phases, and nothing that came later."""

from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from python_ml.engines.marts import (
    PARTS_WITHOUT_CLOCK,
    count_features,
    find_later_morning,
    find_machines_alone,
    find_weekdays,
    read_costs,
    read_features,
    read_held_kitchens,
    read_modelled_types,
    read_parts,
    read_slots,
    read_slots_by_weekday,
    read_stops,
    read_training_rows,
    read_unlisted_types,
    tell_parts_without_clock,
    tell_phases_without_machines,
)
from python_ml.engines.warehouse import IN_MEMORY, Warehouse
from python_ml.errors import InputError

AS_OF = date(2026, 3, 10)
TODAY = date(2026, 6, 1)
MARTS = """
create schema core; create schema features; create schema seeds;
create table core.dim_arepa_types as from (values
    ('a2', true, true, 9), ('a1', true, true, 1), ('a3', false, true, 9), ('new', false, false, 2),
    ('never cooked', true, true, 0)
) as types (arepa_type, is_modelled, is_listed, batch_count);
create table core.fct_machine_stops as from (values
    ('m2', 'planned', timestamp '2026-03-09 22:00', timestamp '2026-03-10 00:00'),
    ('m1', 'breakdown', timestamp '2026-03-01 10:00', timestamp '2026-03-09 23:59:59'),
    ('m1', 'planned', timestamp '2026-03-10 00:00', timestamp '2026-03-10 01:00')
) as stops (machine_id, kind, started_at, ended_at);
create table core.fct_cooking_metrics as from (values
    (date '2026-03-12'), (date '2999-01-01')
) as readings (measured_date);
create schema quarantine;
create table quarantine.data_checks as from (values
    ('held_kitchens', 'batch_registry of k1 of Cali'), ('held_kitchens', 'machines of k2'),
    ('kind_share', 'machines of k3')
) as checks (check_name, subject);
create table features.feat_machine_arepa_daily as
select machine_id, arepa_type, as_of_date, phase, has_breakdown, label_mature_date
from (values ('m1', 1), ('m2', 2)) as machines (machine_id, phase)
cross join (values ('a1'), ('a2')) as types (arepa_type)
cross join (
    select
        cast(day as date) as as_of_date,
        day = timestamp '2026-03-02' as has_breakdown,
        cast(day as date) + 7 as label_mature_date
    from range(timestamp '2026-03-01', timestamp '2026-03-11', interval 1 day) as days (day)
);
create table features.train_machine_arepa_daily as from features.feat_machine_arepa_daily;
create schema intermediate;
create table core.dim_machines as
from (values ('m1', 1, 'k1'), ('m2', 2, 'k1'), ('m3', 1, 'k1'))
    as machines (machine_id, phase, kitchen_id);
create table intermediate.int_parts_serviced as from (values
    ('m1', 'belt', 2), ('m3', 'arm', 1), ('m1', 'arm', 1), ('m2', 'mould', 1), ('m2', 'lid', 5)
) as services (machine_id, component, part_number);
create table seeds.maintenance_costs as from (values (2, 20.0), (1, 10.0)) as costs (phase, cost);
create table seeds.technician_slots as
from (values ('default', 2), ('k1', 1)) as slots (kitchen_id, technician_slots);
"""


@pytest.fixture(scope="module")
def marts() -> Iterator[Warehouse]:
    with Warehouse(IN_MEMORY) as warehouse:
        warehouse.execute(MARTS)
        yield warehouse


def test_the_first_four_parts_of_each_phase_have_names_in_the_order_of_their_numbers(
    marts: Warehouse,
):
    assert read_parts(marts) == {1: ["arm", "belt"], 2: ["mould"]}


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(days=st.integers(-12, 9), types=st.sets(st.sampled_from(["a1", "a2"])), phase=st.booleans())
def test_no_label_is_read_before_it_is_mature(marts, days: int, types: set[str], phase: bool):
    as_of = AS_OF + timedelta(days=days)
    phases = [1, 2] if phase else [1]
    rows = read_training_rows(marts, sorted(types), phases=phases, as_of=as_of)
    assert (rows["label_mature_date"] <= pd.Timestamp(as_of)).all()
    days_mature = min(max((as_of - date(2026, 3, 7)).days, 0), 10)
    assert len(rows) == days_mature * len(types) * len(phases)
    assert set(rows["arepa_type"]) <= types
    assert rows["has_breakdown"].dtype == bool
    keys = rows[["as_of_date", "machine_id", "arepa_type"]]
    assert keys.equals(keys.sort_values(list(keys), ignore_index=True))


def test_features_are_those_of_the_asked_mornings_both_included(marts):
    first, last = AS_OF - timedelta(days=2), AS_OF
    rows = read_features(marts, ["a2"], phases=[1], first=first, last=last)
    assert rows["as_of_date"].dt.date.tolist() == [first, first + timedelta(days=1), last]
    assert set(rows["machine_id"]) == {"m1"}
    assert set(rows["arepa_type"]) == {"a2"}
    assert count_features(marts, last) == 4
    assert count_features(marts, last + timedelta(days=1)) == 0


@pytest.mark.parametrize(
    ("as_of", "later"),
    [
        (date(1990, 1, 1), date(2026, 3, 1)),
        (date(2026, 2, 28), date(2026, 3, 1)),
        (date(2026, 3, 1), None),
        (AS_OF, None),
        (AS_OF + timedelta(days=1), date(2026, 3, 13)),
        (date(2026, 3, 12), date(2026, 3, 13)),
        (TODAY, None),
        (AS_OF + timedelta(days=90), None),
    ],
)
def test_a_morning_without_features_before_others_that_have_some_is_told(
    marts: Warehouse, as_of: date, later: date | None
):
    assert find_later_morning(marts, as_of, today=TODAY) == later


def test_a_new_fleet_has_no_later_morning_on_the_day_of_its_first_readings():
    first = date(2026, 3, 12)
    with Warehouse(IN_MEMORY) as warehouse:
        warehouse.execute(f"{MARTS} delete from features.feat_machine_arepa_daily")
        assert find_later_morning(warehouse, first, today=first) is None
        assert find_later_morning(warehouse, AS_OF, today=first) is None
        assert find_later_morning(warehouse, AS_OF, today=TODAY) == date(2026, 3, 13)


def test_of_stops_a_morning_knows_what_had_happened_before_it(marts):
    stops = read_stops(marts, as_of=AS_OF)
    assert stops[["machine_id", "kind"]].values.tolist() == [
        ["m1", "breakdown"],
        ["m2", "planned"],
    ]
    assert stops["ended_at"].iloc[0] == pd.Timestamp("2026-03-09 23:59:59")
    assert pd.isna(stops["ended_at"].iloc[1])
    assert len(read_stops(marts, as_of=AS_OF + timedelta(days=1))) == 3
    assert read_stops(marts, as_of=date(2026, 3, 1)).empty


def test_types_costs_and_slots_are_what_the_business_wrote(marts):
    assert read_modelled_types(marts) == ["a1", "a2"]
    assert read_unlisted_types(marts) == ["new"]
    assert read_costs(marts).values.tolist() == [[1, 10.0], [2, 20.0]]
    assert read_slots(marts) == {"default": 2, "k1": 1}


def test_parts_beyond_the_first_four_are_told_to_have_no_clock(marts):
    rows = marts.rows(PARTS_WITHOUT_CLOCK)
    [told] = tell_parts_without_clock(rows, [1, 2])
    assert told.startswith("phase 2: ")
    assert told.endswith(", not at that of lid")
    assert tell_parts_without_clock(rows, [1]) == []


def test_a_phase_s_only_machine_in_a_kitchen_is_found(marts):
    assert find_machines_alone(marts, [1, 2]) == ["m2"]
    assert find_machines_alone(marts, [1]) == []


@pytest.mark.parametrize("phases", [[1], [2, 3]])
def test_a_modelled_phase_with_a_machine_is_enough(marts: Warehouse, phases: list[int]):
    assert tell_phases_without_machines(marts, phases) is None


def test_modelled_phases_without_any_machine_are_told(marts: Warehouse):
    told = tell_phases_without_machines(marts, [3])
    assert told is not None and told.startswith("PHASES=3 names none of the phases 1, 2 that")


@pytest.mark.parametrize(
    ("column", "found"),
    [("Sunday", {7: "Sunday"}), ("tuesday", {2: "tuesday"}), ("months", {}), ("s", {})],
)
def test_weekdays_are_found_in_small_and_large_letters(column: str, found: dict[int, str]):
    with Warehouse(IN_MEMORY) as warehouse:
        warehouse.execute("create schema seeds; create table seeds.technician_slots (k varchar)")
        warehouse.execute(f'alter table seeds.technician_slots add column "{column}" integer')
        assert find_weekdays(warehouse) == found


@pytest.mark.parametrize("column", ["sun", "Sundays", "sunday "])
def test_what_is_almost_a_weekday_is_refused(column: str):
    with Warehouse(IN_MEMORY) as warehouse:
        warehouse.execute("create schema seeds; create table seeds.technician_slots (k varchar)")
        warehouse.execute(f'alter table seeds.technician_slots add column "{column}" integer')
        with pytest.raises(InputError, match="is no weekday; call it sunday"):
            find_weekdays(warehouse)


def test_a_kitchen_that_names_weekdays_alone_has_else_the_slots_of_all():
    with Warehouse(IN_MEMORY) as warehouse:
        warehouse.execute(
            "create schema seeds; create table seeds.technician_slots as"
            " from (values ('default', 2, null, 0), ('k1', null, 4, null), ('k2', 1, null, null))"
            " as slots (kitchen_id, technician_slots, monday, sunday)"
        )
        assert read_slots(warehouse) == {"default": 2, "k1": 2, "k2": 1}
        slots = read_slots_by_weekday(warehouse)
    told = {kitchen: [of_days[day] for day in (1, 2, 7)] for kitchen, of_days in slots.items()}
    assert told == {"default": [2, 2, 0], "k1": [4, 2, 0], "k2": [1, 1, 1]}


def test_held_kitchens_are_those_of_their_check_alone(marts: Warehouse):
    assert sorted(read_held_kitchens(marts)) == ["k1 of Cali", "k2"]
