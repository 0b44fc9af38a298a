"""What can be asked, and what is refused before anything is computed."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from python_ml.errors import InputError
from python_ml.serving.messages import (
    Cut,
    Feedback,
    PlanCut,
    PredictionCut,
    parse_body,
    prediction_request,
)

REQUEST = prediction_request(("metric_1", "metric_3"))
READING = {
    "timestamp": "2026-11-23T06:00:00", "batch_id": "b1", "metric_1": 0.5, "metric_3": 1.5,
}  # fmt: skip
ASKED: dict[str, Any] = {"machine_id": "m1", "as_of_date": "2026-11-24", "readings": [READING]}
STOP = {"start_time": "2026-11-20T10:00:00", "kind": "planned"}
BACKWARDS = {"start_time": "2026-11-20T10:00:00", "end_time": "2026-11-20T09:59:59"}
ANSWER = {
    "machine_id": "m1",
    "start_time": "2026-11-20T07:00:00",
    "end_time": "2026-11-20T08:00:00",
    "finding": "fault_found",
}


def faults_of(shape: Any, message: dict[str, Any]) -> set[str]:
    """Where a message is refused, as a dotted path; nowhere for one that is taken."""
    try:
        shape(**message)
    except ValidationError as error:
        return {".".join(map(str, fault["loc"])) for fault in error.errors()}
    return set()


def test_the_least_that_can_be_asked_is_a_machine_a_morning_and_readings_or_features():
    asked = REQUEST(**ASKED)
    assert (asked.kitchen_id, asked.phase, asked.is_down) == ("k1", 1, False)
    assert asked.readings[0].metric_3 == 1.5
    assert asked.maintenance_events is None, "nobody has looked the stops up"
    assert faults_of(REQUEST, {**ASKED, "readings": None, "features": {"level": None}}) == set()


@pytest.mark.parametrize("both", [{"features": {"level": 1.0}}, {"readings": None}])
def test_features_and_readings_at_once_or_neither_are_refused(both: dict[str, Any]):
    with pytest.raises(ValidationError, match="give either features or readings"):
        REQUEST(**{**ASKED, **both})


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"machine_id": ""}, "machine_id"),
        ({"machine_id": "m1\nm2"}, "machine_id"),
        ({"machine_id": "m" * 201}, "machine_id"),
        ({"phase": 4}, "phase"),
        ({"as_of_date": "yesterday"}, "as_of_date"),
        ({"as_of_date": "0001-01-01"}, "as_of_date"),
        ({"price": 3}, "price"),
        ({"readings": [READING | {"timestamp": "2026-11-23T06:00:00Z"}]}, "readings.0.timestamp"),
        ({"readings": [READING | {"metric_1": float("nan")}]}, "readings.0.metric_1"),
        ({"readings": [READING | {"metric_1": 1e10}]}, "readings.0.metric_1"),
        ({"readings": [READING | {"metric_2": 1.0}]}, "readings.0.metric_2"),
        (
            {"readings": [{k: v for k, v in READING.items() if k != "metric_3"}]},
            "readings.0.metric_3",
        ),
        ({"maintenance_events": [STOP | {"kind": "holiday"}]}, "maintenance_events.0.kind"),
        ({"maintenance_events": [STOP | BACKWARDS]}, "maintenance_events.0"),
        ({"faulty_intervals": [BACKWARDS]}, "faulty_intervals.0"),
        ({"batch_count_since_last_stop": -1}, "batch_count_since_last_stop"),
        ({"days_since_part_service": [1.0]}, "days_since_part_service"),
    ],
)
def test_what_cannot_be_meant_is_refused_where_it_stands(changed: dict[str, Any], where: str):
    assert faults_of(REQUEST, {**ASKED, **changed}) == {where}


@pytest.mark.parametrize("text", ["true", '"1"', '" 1"'])
def test_what_is_no_number_in_json_is_none(text: str):
    for name, message in {
        "readings.0.metric_1": {**ASKED, "readings": [READING | {"metric_1": "?"}]},
        "features.level": {**ASKED, "readings": None, "features": {"level": "?"}},
        "phase": {**ASKED, "phase": "?"},
        "batch_count_since_last_stop": {**ASKED, "batch_count_since_last_stop": "?"},
        "days_since_part_service.2": {**ASKED, "days_since_part_service": [1, None, "?", 4.0]},
    }.items():
        body = json.dumps(message)
        with pytest.raises(InputError, match=f"^{re.escape(name)}: Input should be [^\n]+$"):
            parse_body(REQUEST, body.replace('"?"', text).encode())
        parse_body(REQUEST, body.replace('"?"', "1.0").encode())


@pytest.mark.parametrize("day", [1764547200, "1764547200", 1764547200.0, True])
def test_a_number_is_no_day(day: Any):
    assert faults_of(REQUEST, {**ASKED, "as_of_date": day}) == {"as_of_date"}
    assert faults_of(Cut, {"day": day}) == {"day"}


@pytest.mark.parametrize("is_down", [1, 0, "true", "off"])
def test_a_machine_is_down_or_not(is_down: Any):
    message = {**ASKED, "readings": None, "features": {"level": 1}}
    assert faults_of(REQUEST, {**message, "is_down": is_down}) == {"is_down"}


@given(st.floats())
def test_any_number_but_a_finite_one_is_refused_as_a_feature(value: float):
    message = {**ASKED, "readings": None, "features": {"level": value}}
    is_finite = value - value == 0
    assert (faults_of(REQUEST, message) == set()) == is_finite


@given(st.integers(), st.integers())
def test_a_page_has_bounds(limit: int, offset: int):
    expected = {
        name
        for name, value, low, high in (
            ("limit", limit, 1, 10_000),
            ("offset", offset, 0, 10**9),
        )
        if not low <= value <= high
    }
    assert faults_of(Cut, {"limit": limit, "offset": offset}) == expected


def test_cuts_know_the_columns_of_their_table_and_no_other():
    assert faults_of(PlanCut, {"decision": "stop", "kitchen": "k1", "day": "2026-11-20"}) == set()
    assert faults_of(PlanCut, {"decision": "sleep"}) == {"decision"}
    assert faults_of(PlanCut, {"machine": "m1"}) == {"machine"}
    assert faults_of(PredictionCut, {"machine": "m1", "arepa_type": "a1"}) == set()


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({}, set()),
        ({"component": "belt"}, set()),
        ({"finding": "maybe"}, {"finding"}),
        ({"end_time": None}, {"end_time"}),
        ({"start_time": "2026-11-20T07:00:00+01:00"}, {"start_time"}),
        ({"component": "belt\x00"}, {"component"}),
    ],
)
def test_an_answer_says_when_and_what_was_found(changed: dict[str, Any], where: set[str]):
    assert faults_of(Feedback, ANSWER | changed) == where
