"""What a prediction was made from: any change that it saw is seen, and nothing else."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.warehouse import IN_MEMORY, Warehouse
from python_ml.lifecycle.provenance import Inputs, find_inputs, read_inputs, replace_inputs

AS_OF = date(2026, 3, 10)
TABLES = """
create schema core; create schema features;
create table core.fct_cooking_metrics (
    machine_id varchar, measured_at timestamp, measured_date date, batch_id varchar,
    arepa_type varchar, is_faulty boolean, metric_1 double, metric_2 double
);
create table core.fct_faulty_intervals (
    machine_id varchar, started_at timestamp, ended_at timestamp
);
create table core.fct_machine_stops (
    machine_id varchar, kind varchar, started_at timestamp, ended_at timestamp
);
create or replace table ml.predictions as
from (values ('m1', 'a1', date '2026-03-10'), ('m1', 'a2', date '2026-03-10'))
    as predictions (machine_id, arepa_type, as_of_date);
create table core.dim_machines as select 'm1' as machine_id, 1 as phase;
create schema intermediate;
create table intermediate.int_parts_serviced as from (values
    ('m1', 'belt', 2), ('m1', 'arm', 1), ('m1', 'arm', 1), ('m1', 'lid', 5), ('m2', 'mould', 1)
) as services (machine_id, component, part_number);
create table features.feat_machine_arepa_daily as
select *, 1 as phase, 0.5 as metric_1_mean_7d from ml.predictions
"""
INSERT_READING = """
insert into core.fct_cooking_metrics
select 'm1', measured_at, cast(measured_at as date), 'b1', 'a1', is_faulty, metric_1, 0.5
from (select ? as measured_at, ? as is_faulty, ? as metric_1)
"""
READING = (datetime(2026, 3, 5, 10), False, 0.25)


@pytest.fixture(scope="module")
def database() -> Iterator[Warehouse]:
    with Warehouse(IN_MEMORY) as warehouse:
        create_ml_tables(warehouse)
        warehouse.execute(TABLES)
        yield warehouse


@pytest.fixture
def warehouse(database: Warehouse) -> Warehouse:
    """One reading, one faulty interval and one stop that the morning knows."""
    for table in ("fct_cooking_metrics", "fct_faulty_intervals", "fct_machine_stops"):
        database.execute(f"truncate core.{table}")
    database.execute("truncate ml.prediction_inputs")
    database.execute(INSERT_READING, READING)
    add_fault(database, datetime(2026, 3, 4), datetime(2026, 3, 4, 6))
    add_stop(database, datetime(2026, 3, 1), datetime(2026, 3, 2))
    return database


def add_fault(warehouse: Warehouse, *times: datetime) -> None:
    warehouse.execute("insert into core.fct_faulty_intervals values ('m1', ?, ?)", times)


def add_stop(warehouse: Warehouse, *times: datetime | None) -> None:
    warehouse.execute("insert into core.fct_machine_stops values ('m1', 'planned', ?, ?)", times)


def inputs(warehouse: Warehouse) -> Inputs:
    return find_inputs(warehouse, "m1", AS_OF)["a1"]


def test_what_the_numbers_of_parts_meant_is_kept_beside_the_features(warehouse: Warehouse):
    assert json.loads(inputs(warehouse).features)["parts"] == ["arm", "belt"]


def change_value(warehouse: Warehouse) -> None:
    warehouse.execute("update core.fct_cooking_metrics set metric_2 = 0.75")


def change_batch(warehouse: Warehouse) -> None:
    warehouse.execute("update core.fct_cooking_metrics set batch_id = 'b2'")


def add_reading(at: datetime):
    return lambda warehouse: warehouse.execute(INSERT_READING, (at, False, 0.25))


def add_fault_at(*times: datetime):
    return lambda warehouse: add_fault(warehouse, *times)


def add_stop_at(*times: datetime | None):
    return lambda warehouse: add_stop(warehouse, *times)


MIDNIGHT = datetime(2026, 3, 10)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (change_value, "readings_hash"),
        (change_batch, "readings_hash"),
        (add_reading(MIDNIGHT - 7 * DAY), "readings_hash"),
        (add_reading(MIDNIGHT - SECOND), "readings_hash"),
        (add_reading(MIDNIGHT - 7 * DAY - SECOND), None),
        (add_reading(MIDNIGHT), None),
        (add_fault_at(MIDNIGHT - 9 * DAY, MIDNIGHT - 7 * DAY), "faults_hash"),
        (add_fault_at(MIDNIGHT - SECOND, MIDNIGHT + DAY), "faults_hash"),
        (add_fault_at(MIDNIGHT - 9 * DAY, MIDNIGHT - 7 * DAY - SECOND), None),
        (add_fault_at(MIDNIGHT, MIDNIGHT + DAY), None),
        (add_stop_at(MIDNIGHT - SECOND, None), "maintenance_hash"),
        (add_stop_at(MIDNIGHT, None), None),
    ],
)
def test_what_the_morning_knew_is_seen_when_it_changes_and_nothing_else(
    warehouse: Warehouse, change, seen: str | None
):
    before = vars(inputs(warehouse))
    change(warehouse)
    after = vars(inputs(warehouse))
    hashes = ("readings_hash", "faults_hash", "maintenance_hash")
    assert [name for name in hashes if before[name] != after[name]] == ([seen] if seen else [])


def test_an_end_that_came_after_the_morning_is_no_change(warehouse: Warehouse):
    add_stop(warehouse, MIDNIGHT - DAY, None)
    before = inputs(warehouse)
    warehouse.execute(
        "update core.fct_machine_stops set ended_at = ? where ended_at is null", [MIDNIGHT + SECOND]
    )
    assert inputs(warehouse) == before
    warehouse.execute(
        "update core.fct_machine_stops set ended_at = ? where ended_at > ?",
        [MIDNIGHT - SECOND, MIDNIGHT],
    )
    assert inputs(warehouse).maintenance_hash != before.maintenance_hash


READINGS = st.lists(
    st.tuples(
        st.integers(0, 99).map(lambda number: MIDNIGHT - DAY + number * SECOND),
        st.booleans(),
        st.floats(-9, 9),
    ),
    min_size=1,
    max_size=6,
    unique=True,
)


@settings(deadline=None, max_examples=20)
@given(readings=READINGS, data=st.data())
def test_no_order_of_delivery_matters_and_every_reading_does(database, readings, data):
    def inputs_of(delivered: list) -> Inputs:
        database.execute("truncate core.fct_cooking_metrics")
        for reading in delivered:
            database.execute(INSERT_READING, reading)
        return inputs(database)

    all_of_them = inputs_of(readings)
    assert inputs_of(data.draw(st.permutations(readings))) == all_of_them
    assert all_of_them.reading_count == len(readings)
    assert all_of_them.faulty_reading_count == sum(is_faulty for _, is_faulty, _ in readings)
    assert inputs_of(readings[1:]).readings_hash != all_of_them.readings_hash


def test_what_was_written_down_stays_until_the_morning_is_scored_again(warehouse: Warehouse):
    replace_inputs(warehouse, first=AS_OF, last=AS_OF)
    then = read_inputs(warehouse, "m1", AS_OF)
    assert then == find_inputs(warehouse, "m1", AS_OF)
    assert set(then) == {"a1", "a2"}
    assert '"metric_1_mean_7d":0.5' in then["a1"].features
    change_value(warehouse)
    assert read_inputs(warehouse, "m1", AS_OF) == then
    assert find_inputs(warehouse, "m1", AS_OF) != then
    replace_inputs(warehouse, first=AS_OF + DAY, last=AS_OF + DAY)
    assert read_inputs(warehouse, "m1", AS_OF) == then
    replace_inputs(warehouse, first=AS_OF, last=AS_OF)
    assert read_inputs(warehouse, "m1", AS_OF) == find_inputs(warehouse, "m1", AS_OF) != then
    assert read_inputs(warehouse, "m2", AS_OF) == {}
