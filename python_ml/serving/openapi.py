"""What the page of the API says beside the shapes of the messages: texts, groups, examples."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from python_ml.learning.columns import model_columns
from python_ml.serving.messages import Fault

REF = "#/components/schemas/{model}"
DESCRIPTION = """
Which machines to stop this morning and why: what was published, predictions on demand, and answers
to stops.

* **Errors** are one line, `{"error": "what, where, what to do"}`.
* **Keys** go into the header `X-API-Key` (button *Authorize*). Writing always needs
  one; reading does where the house says so (`API_KEYS_FOR_READS`).
* **Times** are the kitchen's own, without zone: `2026-11-20T07:00:00`.
* **Numbers** are numbers of JSON: `0.5`, not `"0.5"`, which is refused as `true` is.
* **Limits**: so many requests a minute for each client, then 429; large requests a few at a time.
"""
TAGS = [
    {"name": "Plan", "description": "What this morning's run has published."},
    {"name": "Prediction", "description": "What the champions say of a machine, right now."},
    {"name": "Answers", "description": "What came of the stops, for the next training."},
    {"name": "State", "description": "For probes and for Prometheus; never limited, no key."},
]


def fault(description: str, example: str) -> dict[str, Any]:
    """Describe what is answered to a request that cannot be."""
    content = {"application/json": {"example": {"error": example}}}
    return {"model": Fault, "description": description, "content": content}


FAULTS: dict[int | str, dict[str, Any]] = {
    status: fault(description, example)
    for status, (description, example) in {
        401: ("No known key", "no known key in the header X-API-Key"),
        422: ("Not usable; the error says where", "machine_id: Field required"),
        429: (
            "Too often, or too much at once: ask again after `Retry-After` seconds",
            "more than 600 per 1 minute; wait and ask again",
        ),
        503: (
            "Not there yet, or not any more",
            "data/bi.duckdb: nothing published yet; run `make daily`",
        ),
    }.items()
}
FAULTS_OF_BODIES = FAULTS | {
    408: fault("The body did not come in time", "the body did not come within 30 s"),
    413: fault("Too large", "the request is larger than 5000000 bytes"),
}
PREDICTION_ROW = {
    "machine_id": "k01-p1-m1",
    "arepa_type": "a1",
    "as_of_date": "2026-11-20",
    "kitchen_id": "k01",
    "phase": 1,
    "horizon_days": 7,
    "failure_probability": 0.31,
    "status": "scored",
    "reasons": "days since the last stop 26.6, usually 13.5",
    "model_name": "arepas__a1",
    "model_version": "3",
}
PLAN_ROW = {
    "machine_id": "k01-p1-m1",
    "as_of_date": "2026-11-20",
    "kitchen_id": "k01",
    "phase": 1,
    "failure_probability": 0.31,
    "decision": "stop",
    "rank": 1,
    "expected_saving": 412.5,
    "reasons": "days since the last stop 26.6, usually 13.5",
    "blocked_by": None,
}


def page_of(row: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    """Describe a page of rows by one of them."""
    page = {"as_of_date": row["as_of_date"], "rows": [row], "next_offset": None}
    return {200: {"content": {"application/json": {"example": page}}}}


def request_body(shape: type[BaseModel], examples: dict[str, Any]) -> dict[str, Any]:
    """Describe a body that the route reads itself; `describe` adds the shape."""
    content = {"schema": {"$ref": REF.format(model=shape.__name__)}, "examples": examples}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def describe(routes: FastAPI, shapes: Sequence[type[BaseModel]]) -> None:
    """Add the shapes of bodies that routes read themselves to the description of the API."""
    _, definitions = models_json_schema(
        [(shape, "validation") for shape in shapes], ref_template=REF
    )
    made_by_fastapi = routes.openapi

    def openapi() -> dict[str, Any]:
        schema = made_by_fastapi()
        schema["components"]["schemas"] |= definitions["$defs"]
        return schema

    routes.openapi = openapi


def prediction_examples(metrics: tuple[str, ...]) -> dict[str, Any]:
    """One request of each kind."""
    machine = {"machine_id": "k01-p1-m1", "kitchen_id": "k01", "as_of_date": "2026-11-24"}
    readings = [
        {
            "timestamp": f"2026-11-23T06:{minute:02d}:00",
            "batch_id": "b1",
            **dict.fromkeys(metrics, 0.5 + minute / 100),
        }
        for minute in (0, 5, 10)
    ]
    stop = {
        "start_time": "2026-11-20T10:00:00",
        "end_time": "2026-11-20T12:00:00",
        "kind": "planned",
    }
    return {
        "raw readings": {
            "summary": "Raw readings, and the stops that are known of",
            "value": {**machine, "readings": readings, "maintenance_events": [stop]},
        },
        "ready features": {
            "summary": "Ready features, as features.feat_machine_arepa_daily has them",
            "value": {**machine, "features": dict.fromkeys(model_columns(metrics), 1.0)},
        },
    }


FEEDBACK_EXAMPLES = {
    "a fault was found": {
        "value": {
            "machine_id": "k01-p1-m1",
            "start_time": "2026-11-20T07:00:00",
            "end_time": "2026-11-20T09:00:00",
            "finding": "fault_found",
            "component": "belt",
        }
    },
    "it was postponed": {
        "value": {
            "machine_id": "k01-p1-m1",
            "start_time": "2026-11-20T07:00:00",
            "end_time": "2026-11-20T07:00:00",
            "finding": "postponed",
        }
    },
}
