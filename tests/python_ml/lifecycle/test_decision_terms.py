"""What a morning decided by stays as it was on that morning, whatever the seeds say later."""

from collections.abc import Iterator
from datetime import date

import pytest

from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.warehouse import IN_MEMORY, Warehouse
from python_ml.lifecycle.decision_terms import replace_terms

MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
SCORED = """
create schema features; create schema seeds;
create table features.feat_machine_arepa_daily as
select machine_id, arepa_type, kitchen_id, phase, day as as_of_date, is_down, ratio
    as faulty_reading_ratio_7d
from (values
    ('m1', 'a1', 'k1', 1, false, 0.0), ('m1', 'a2', 'k1', 1, false, 0.1),
    ('m2', 'a1', 'k1', 1, false, 0.2), ('down', 'a1', 'k1', 1, true, 0.0),
    ('silent', 'a1', 'k1', 1, false, null), ('m3', 'a1', 'k2', 2, false, 0.0)
) as machines (machine_id, arepa_type, kitchen_id, phase, is_down, ratio)
cross join (values (date '2026-03-02'), (date '2026-03-03'), (date '2026-03-04')) as days (day);
create or replace table ml.predictions as
select distinct as_of_date, arepa_type from features.feat_machine_arepa_daily
where as_of_date < date '2026-03-04';
create table seeds.maintenance_costs as from (values (1, 2400.0, 400.0, 300.0), (2, 9.0, 2.0, 1.0))
    as costs (phase, breakdown_cost, planned_stop_cost, false_stop_cost);
create table seeds.technician_slots as
from (values ('default', 2), ('k1', 1)) as slots (kitchen_id, technician_slots);
"""
TERMS = """
select kitchen_id, running_machine_count, technician_slots, breakdown_cost, planned_stop_cost,
    false_stop_cost
from ml.decision_terms where as_of_date = ? order by 1
"""
AS_SEEDED = [("k1", 2, 1, 2400.0, 400.0, 300.0), ("k2", 1, 2, 9.0, 2.0, 1.0)]


@pytest.fixture
def scored() -> Iterator[Warehouse]:
    with Warehouse(IN_MEMORY) as warehouse:
        create_ml_tables(warehouse)
        warehouse.execute(SCORED)
        yield warehouse


def test_a_morning_s_terms_are_its_running_machines_and_the_seeds(scored: Warehouse):
    replace_terms(scored, first=TUESDAY, last=TUESDAY)
    assert scored.rows(TERMS, [TUESDAY]) == AS_SEEDED
    assert scored.rows(TERMS, [WEDNESDAY]) == []  # not scored yet


def test_mornings_that_were_scored_before_there_were_terms_get_those_of_now(scored: Warehouse):
    replace_terms(scored, first=TUESDAY, last=TUESDAY)
    assert scored.rows(TERMS, [MONDAY]) == AS_SEEDED


def test_a_weekday_s_own_slots_come_before_those_of_all_days(scored: Warehouse):
    scored.execute("alter table seeds.technician_slots add column tuesday integer")
    scored.execute("update seeds.technician_slots set tuesday = 0 where kitchen_id = 'default'")
    replace_terms(scored, first=MONDAY, last=TUESDAY)
    slots = (
        "select kitchen_id, technician_slots from ml.decision_terms where as_of_date = ? order by 1"
    )
    assert scored.rows(slots, [MONDAY]) == [("k1", 1), ("k2", 2)]
    assert scored.rows(slots, [TUESDAY]) == [("k1", 1), ("k2", 0)]


def test_later_seeds_change_the_mornings_that_are_scored_again_and_no_other(scored: Warehouse):
    replace_terms(scored, first=MONDAY, last=TUESDAY)
    scored.execute("update seeds.maintenance_costs set false_stop_cost = 7")
    scored.execute("delete from features.feat_machine_arepa_daily where machine_id = 'm2'")
    replace_terms(scored, first=TUESDAY, last=WEDNESDAY)
    assert scored.rows(TERMS, [MONDAY]) == AS_SEEDED
    now = [("k1", 1, 1, 2400.0, 400.0, 7.0), ("k2", 1, 2, 9.0, 2.0, 7.0)]
    assert scored.rows(TERMS, [TUESDAY]) == now
