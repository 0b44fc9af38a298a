"""From a request to rows: of the mart, of raw files, and what the request cannot tell."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_ml.errors import InputError
from python_ml.learning.columns import PART_CLOCKS
from python_ml.raw.files import raw_tables
from python_ml.serving.messages import prediction_request
from python_ml.serving.rows import number_parts_as, raw_tables_of, row_of_features, with_history

METRICS = ("yield", "model_load")
REQUEST = prediction_request(METRICS)
MACHINE = {"machine_id": "k2-m1", "kitchen_id": "k2", "phase": 2, "as_of_date": "2026-11-24"}
STOP = {"start_time": "2026-11-20T10:00:00", "end_time": "2026-11-20T12:00:00", "kind": "planned"}
FIRST_READING = datetime(2026, 11, 22, 6)
BUILT = {"days_since_last_stop": 3.5, "batch_count_since_last_stop": 9.0, "metric_1_mean_7d": 0.5}
COUNTED = ["batch_count_since_last_stop"]


def reading(minutes: int = 0, **changed: Any) -> dict[str, Any]:
    at = FIRST_READING + timedelta(minutes=minutes)
    return {
        "timestamp": at.isoformat(),
        "batch_id": "b1",
        "yield": 0.5,
        "model_load": -2.0,
    } | changed


def ask(**given_too: Any) -> Any:
    return REQUEST(**{**MACHINE, **given_too})


def ask_readings(**given_too: Any) -> Any:
    return ask(**{"readings": [reading()], "maintenance_events": [STOP], **given_too})


def test_ready_features_become_the_row_of_the_mart():
    features = {"metric_1_mean_7d": 0.5, "reading_count_7d": 40, "days_since_last_stop": None}
    assert row_of_features(ask(features=features, is_down=True), "a1") == {
        **features,
        **MACHINE,
        "as_of_date": date(2026, 11, 24),
        "arepa_type": "a1",
        "is_down": True,
        "parts": None,
    }


@pytest.mark.parametrize("features", [{"metric_1_mean_7d": 0.5}, {"reading_count_7d": None}])
def test_who_does_not_say_how_many_readings_there_were_had_none(features: dict[str, float | None]):
    assert row_of_features(ask(features=features), "a1")["reading_count_7d"] == 0


def test_readings_become_the_raw_files_that_a_kitchen_would_deliver():
    readings = [reading(), reading(5, batch_id="b2", arepa_type="a2"), reading(7, batch_id="b1")]
    faulty = [{"start_time": "2026-11-22T06:04:00", "end_time": "2026-11-22T06:06:00"}]
    open_stop = {"start_time": "2026-11-23T10:00:00", "kind": "breakdown"}
    asked = ask(readings=readings, faulty_intervals=faulty, maintenance_events=[STOP, open_stop])
    tables = raw_tables_of(asked, "a1", METRICS)
    for table in raw_tables(METRICS):
        for row in tables[table.name]:
            assert set(table.required_columns) <= set(row), table.name
    assert tables["machines"] == [{"machine_id": "k2-m1", "kitchen_id": "k2", "phase": 2}]
    assert tables["batch_registry"] == [
        {"batch_id": "b1", "arepa_type": "a1"}, {"batch_id": "b2", "arepa_type": "a2"},
    ]  # fmt: skip
    assert [row["timestamp"] for row in tables["cooking_metrics"]] == [
        "2026-11-22T06:00:00", "2026-11-22T06:05:00", "2026-11-22T06:07:00",
    ]  # fmt: skip
    assert {row["model_load"] for row in tables["cooking_metrics"]} == {-2.0}
    assert tables["faulty_intervals"] == [{"machine_id": "k2-m1", **faulty[0]}]
    assert [(row["kind"], row["end_time"]) for row in tables["maintenance_events"]] == [
        ("planned", "2026-11-20T12:00:00"), ("breakdown", None),
    ]  # fmt: skip


def test_a_batch_of_two_types_is_refused_where_it_stands():
    readings = [reading(), reading(5, batch_id="b2"), reading(7, arepa_type="a2")]
    told = r"readings.2.arepa_type: batch b1 is of a1 and of a2"
    with pytest.raises(InputError, match=told):
        raw_tables_of(ask_readings(readings=readings), "a1", METRICS)
    assert raw_tables_of(ask_readings(readings=readings[:2]), "a1", METRICS)


def test_without_a_maintenance_log_nothing_is_known_of_the_last_stop():
    row, unknown = with_history(BUILT, ask_readings(maintenance_events=None))
    assert unknown == ["days_since_last_stop", *COUNTED, *PART_CLOCKS]
    assert [row[clock] for clock in PART_CLOCKS] == [None] * len(PART_CLOCKS)


def test_what_is_told_of_batches_and_parts_is_taken():
    days = [1.0, None, 3.0, 4.0]
    asked = ask_readings(batch_count_since_last_stop=500, days_since_part_service=days)
    row, unknown = with_history(BUILT, asked)
    assert unknown == []
    assert row["batch_count_since_last_stop"] == 500
    assert [row[clock] for clock in PART_CLOCKS] == days


def test_a_part_s_clock_is_found_by_its_name_whatever_its_number_is_in_the_model():
    asked = ask_readings(
        days_since_part_service=[1.0, 2.0, 3.0, None], parts=["belt", "arm", "oil"]
    )
    row, _ = with_history(BUILT, asked)
    clocks = [number_parts_as(["arm", "fan", "belt"], row)[clock] for clock in PART_CLOCKS]
    assert clocks == [2.0, None, 1.0, None]
    # Of a request that names none, or a model that does not, the numbers are taken as they are.
    assert number_parts_as(None, row) is row
    unnamed, _ = with_history(BUILT, ask_readings(days_since_part_service=[1.0, 2.0, 3.0, None]))
    assert number_parts_as(["arm"], unnamed) is unnamed
    with pytest.raises(ValueError, match="name each part once"):
        ask_readings(parts=["belt", "belt"])


@given(st.integers(0, 10 * 86_400))
def test_batches_since_the_stop_are_known_only_where_the_readings_reach_back_to_it(seconds: int):
    # The readings begin 42 hours before the morning.
    row = BUILT | {"days_since_last_stop": seconds / 86_400}
    known, unknown = with_history(row, ask_readings(days_since_part_service=[None] * 4))
    reaches_back = seconds / 86_400 * 86_400 <= 42 * 3600
    assert (unknown == []) == reaches_back
    assert known["batch_count_since_last_stop"] == (9.0 if reaches_back else None)


def test_a_machine_that_never_stopped_has_counted_from_its_first_reading():
    row, unknown = with_history(
        BUILT | {"days_since_last_stop": float("nan")},
        ask_readings(maintenance_events=[], days_since_part_service=[None] * 4),
    )
    assert (row["batch_count_since_last_stop"], unknown) == (9.0, [])
