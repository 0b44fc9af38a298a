"""The endpoint's routes: what is asked, checked and answered."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response, Security
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from fastapi.security import APIKeyHeader
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException as StarletteHTTPException

from python_ml.errors import ArepasError, InputError
from python_ml.learning.columns import feature_columns
from python_ml.raw.feedback import append_answer, parse_answer
from python_ml.serving.endpoint import BusyError, Endpoint
from python_ml.serving.messages import (
    Cut,
    Fault,
    Feedback,
    Health,
    Name,
    Page,
    PlanCut,
    Prediction,
    PredictionCut,
    Written,
    prediction_request,
)
from python_ml.serving.rows import Row, raw_tables_of, row_of_features, with_history

logger = logging.getLogger(__name__)

FEEDBACK_PAGE = (Path(__file__).parent / "feedback_page.html").read_text(encoding="utf-8")
PREDICTIONS = """
select * from bi.rpt_predictions
where
    as_of_date = coalesce($day, (select max(as_of_date) from bi.rpt_predictions))
    and coalesce(kitchen_id = $kitchen, true)
    and coalesce(machine_id = $machine, true)
    and coalesce(arepa_type = $arepa_type, true)
order by as_of_date, machine_id, arepa_type
limit $limit offset $offset
"""
PLAN = """
select * from bi.rpt_maintenance_plan_daily
where
    as_of_date = coalesce($day, (select max(as_of_date) from bi.rpt_maintenance_plan_daily))
    and coalesce(kitchen_id = $kitchen, true)
    and coalesce(decision = $decision, true)
order by rank
limit $limit offset $offset
"""
IS_PLANNED = """
select 1 as is_planned from bi.rpt_maintenance_plan_daily where machine_id = $machine limit 1
"""
KEY_HEADER = APIKeyHeader(name="X-API-Key", auto_error=False)
FAULTS: dict[int | str, dict[str, Any]] = {
    status: {"model": Fault, "description": description}
    for status, description in {
        400: "Not JSON at all",
        401: "No known key",
        413: "Too large",
        422: "Not usable",
        429: "Too often",
        503: "Not there yet",
    }.items()
}


def add_routes(routes: FastAPI, endpoint: Endpoint) -> None:
    """Add all routes."""
    _add_published(routes, endpoint)
    _add_prediction(routes, endpoint)
    _add_feedback(routes, endpoint)
    _add_state(routes, endpoint)


def add_fault_handlers(routes: FastAPI) -> None:
    """Answer every fault with one line of JSON."""

    @routes.exception_handler(RequestValidationError)
    async def not_usable(_: Request, error: RequestValidationError) -> JSONResponse:
        return _fault(422, "; ".join(_say(part) for part in error.errors()[:5]))

    @routes.exception_handler(StarletteHTTPException)
    async def refused(_: Request, error: StarletteHTTPException) -> JSONResponse:
        return _fault(error.status_code, str(error.detail), error.headers)

    @routes.exception_handler(InputError)
    async def bad_input(_: Request, error: InputError) -> JSONResponse:
        return _fault(422, str(error))

    @routes.exception_handler(BusyError)
    async def busy(_: Request, error: BusyError) -> JSONResponse:
        return _fault(429, str(error), {"Retry-After": "5"})

    @routes.exception_handler(ArepasError)
    async def not_there(_: Request, error: ArepasError) -> JSONResponse:
        return _fault(503, str(error))

    @routes.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        logger.error("%s %s: %s: %s", request.method, request.url.path, type(error).__name__, error)
        logger.debug("traceback", exc_info=error)
        return _fault(500, "an error of the endpoint's own; its log says more")


def _add_published(routes: FastAPI, endpoint: Endpoint) -> None:
    readers = [Depends(_key_check(endpoint, is_needed=endpoint.settings.are_reads_guarded))]

    @routes.get("/predictions", dependencies=readers, responses=FAULTS)
    def predictions(cut: Annotated[PredictionCut, Query()]) -> Page:
        """The published predictions of a morning."""
        return _read_page(endpoint, PREDICTIONS, cut)

    @routes.get("/plan", dependencies=readers, responses=FAULTS)
    def plan(cut: Annotated[PlanCut, Query()]) -> Page:
        """The published plan of a morning, most urgent first."""
        return _read_page(endpoint, PLAN, cut)


def _read_page(endpoint: Endpoint, sql: str, cut: Cut) -> Page:
    rows = endpoint.read_page(sql, {**cut.model_dump(), "limit": cut.limit + 1})
    return Page(
        as_of_date=rows[0]["as_of_date"] if rows else cut.day,
        rows=rows[: cut.limit],
        next_offset=cut.offset + cut.limit if len(rows) > cut.limit else None,
    )


def _add_prediction(routes: FastAPI, endpoint: Endpoint) -> None:
    readers = [Depends(_key_check(endpoint, is_needed=endpoint.settings.are_reads_guarded))]
    metrics = endpoint.settings.metrics
    Asked = prediction_request(metrics)

    @routes.post(
        "/predict/{arepa_type}",
        dependencies=readers,
        responses={**FAULTS, 404: {"model": Fault, "description": "No champion of that type"}},
        openapi_extra={"requestBody": {"content": {"application/json": _examples(metrics)}}},
    )
    async def predict(arepa_type: Name, asked: Asked) -> Prediction:  # ty: ignore[invalid-type-form]
        """Predict for one machine from ready features or from raw readings."""
        model = endpoint.champions.models.get(arepa_type)
        if model is None:
            known = ", ".join(sorted(endpoint.champions.models)) or "none"
            raise HTTPException(404, f"no champion of arepa type {arepa_type!r}; there are {known}")
        rejected: dict[str, int] = {}
        unknown: list[str] = []
        if asked.features is not None:
            row = row_of_features(asked, arepa_type)
        else:
            row, rejected = await endpoint.build_features(
                arepa_type, raw_tables_of(asked, arepa_type, metrics), asked.as_of_date
            )
            row, unknown = with_history(row, asked)
        if missing := [column for column in model.columns if column not in row]:
            raise InputError(f"features: {', '.join(missing)} missing; null says unknown")
        answer = await endpoint.batches.predict(arepa_type, row)
        return Prediction(**answer, rejected_readings=rejected, unknown_features=unknown)


def _add_feedback(routes: FastAPI, endpoint: Endpoint) -> None:
    writers = [Depends(_key_check(endpoint, is_needed=True))]

    @routes.post("/feedback", dependencies=writers, responses=FAULTS, status_code=201)
    def feedback(answered: Feedback) -> Written:
        """Answer a planned stop; the next morning's run reads it from the maintenance log."""
        answer = parse_answer(
            {
                "machine_id": answered.machine_id,
                "start_time": answered.start_time.isoformat(timespec="seconds"),
                "end_time": answered.end_time.isoformat(timespec="seconds"),
                "finding": answered.finding,
                "component": answered.component or "",
            }
        )
        if not endpoint.read_page(IS_PLANNED, {"machine": answer.machine_id}):
            raise InputError(
                f"machine_id={answer.machine_id!r} is in no published plan; GET /plan lists them"
            )
        return Written(file=append_answer(endpoint.settings, answer))

    @routes.get("/feedback", response_class=HTMLResponse, include_in_schema=False)
    def feedback_page() -> str:
        """A page on which a kitchen answers the newest plan's stops; it asks `/plan` itself."""
        return FEEDBACK_PAGE


def _add_state(routes: FastAPI, endpoint: Endpoint) -> None:
    @routes.get("/healthz")
    def healthz() -> dict[str, str]:
        """Say that the process lives."""
        return {"status": "alive"}

    @routes.get("/readyz", responses={503: {"model": Health, "description": "Not ready"}})
    def readyz(response: Response) -> Health:
        """Say whether everything that answers is there."""
        problems = endpoint.problems()
        response.status_code = 503 if problems else 200
        versions = {
            arepa_type: model.registered.version
            for arepa_type, model in sorted(endpoint.champions.models.items())
        }
        return Health(is_ready=not problems, problems=problems, champions=versions)

    @routes.get("/metrics", response_class=PlainTextResponse)
    def metrics() -> Response:
        """What Prometheus collects."""
        return Response(generate_latest(endpoint.metrics), media_type=CONTENT_TYPE_LATEST)


def _key_check(endpoint: Endpoint, *, is_needed: bool) -> Callable[..., Awaitable[None]]:
    async def check(key: Annotated[str | None, Security(KEY_HEADER)] = None) -> None:
        if is_needed and not (key and endpoint.keys.know(key)):
            raise HTTPException(401, "no known key in the header X-API-Key")

    return check


def _examples(metrics: tuple[str, ...]) -> Row:
    machine = {"machine_id": "k1_m1", "kitchen_id": "k1", "as_of_date": "2026-11-24"}
    readings = [
        {
            "timestamp": f"2026-11-23T06:{minute:02d}:00",
            "batch_id": "b1",
            **dict.fromkeys(metrics, 0.5 + minute / 100),
        }
        for minute in (0, 5, 10)
    ]
    features = {column: 1.0 for column in feature_columns(metrics)}
    return {
        "examples": {
            "raw readings": {
                "value": {
                    **machine,
                    "readings": readings,
                    "maintenance_events": [
                        {
                            "start_time": "2026-11-20T10:00:00",
                            "end_time": "2026-11-20T12:00:00",
                            "kind": "planned",
                        }
                    ],
                }
            },
            "ready features": {"value": {**machine, "features": features}},
        }
    }


def _fault(status: int, error: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": " ".join(error.split())}, status, headers)


def _say(part: Mapping[str, Any]) -> str:
    where = ".".join(str(step) for step in part["loc"] if step != "body")
    return f"{where}: {part['msg']}" if where else str(part["msg"])
