"""The endpoint's routes: what is asked, checked and answered."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Path, Query, Request, Response, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.security import APIKeyHeader
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import ClientDisconnect

from python_ml.engines.model_files import write_phases
from python_ml.errors import ArepasError, InputError
from python_ml.raw.feedback import Answer, parse_answer
from python_ml.serving.answer_page import add_answer_page
from python_ml.serving.answers import Answers
from python_ml.serving.bodies import SMALL_BODY_BYTES, BusyError
from python_ml.serving.endpoint import Endpoint
from python_ml.serving.messages import (
    Alive,
    Cut,
    Feedback,
    Health,
    Name,
    Page,
    PlanCut,
    Prediction,
    PredictionCut,
    Written,
    parse_body,
    say_faults,
)
from python_ml.serving.openapi import (
    FAULTS,
    FAULTS_OF_BODIES,
    FEEDBACK_EXAMPLES,
    PLAN_ROW,
    PREDICTION_ROW,
    describe,
    fault,
    page_of,
    prediction_examples,
    request_body,
)

logger = logging.getLogger(__name__)

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
NEWEST = {
    PREDICTIONS: "select max(as_of_date) as as_of_date from bi.rpt_predictions",
    PLAN: "select max(as_of_date) as as_of_date from bi.rpt_maintenance_plan_daily",
}
KEY_HEADER = APIKeyHeader(
    name="X-API-Key", auto_error=False, description="One of the keys in `API_KEYS`."
)


def add_routes(routes: FastAPI, endpoint: Endpoint) -> None:
    """Add all routes."""
    answers = Answers(endpoint.settings, lambda: endpoint.now())
    _add_published(routes, endpoint)
    _add_prediction(routes, endpoint)
    _add_feedback(routes, endpoint, answers)
    add_answer_page(routes, answers, endpoint.bodies)
    _add_state(routes, endpoint)
    describe(routes, [endpoint.request_shape, Feedback])


def add_fault_handlers(routes: FastAPI) -> None:
    """Answer every fault with one line of JSON."""

    @routes.exception_handler(RequestValidationError)
    async def not_usable(_: Request, error: RequestValidationError) -> JSONResponse:
        return _fault(422, say_faults(error.errors()))

    @routes.exception_handler(ClientDisconnect)
    async def left(_: Request, __: ClientDisconnect) -> JSONResponse:
        # Nobody hears it; half a body is no request.
        return _fault(400, "the client left before all of the request had come")

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

    @routes.get(
        "/plan",
        dependencies=readers,
        response_model=Page,
        responses={**FAULTS, **page_of(PLAN_ROW)},
        summary="The published plan of a morning, most urgent first",
        tags=["Plan"],
    )
    def plan(cut: Annotated[PlanCut, Query()]) -> Response:
        """What to do with each machine, and why: `bi.rpt_maintenance_plan_daily`."""
        return _read_page(endpoint, PLAN, cut)

    @routes.get(
        "/predictions",
        dependencies=readers,
        response_model=Page,
        responses={**FAULTS, **page_of(PREDICTION_ROW)},
        summary="The published predictions of a morning",
        tags=["Plan"],
    )
    def predictions(cut: Annotated[PredictionCut, Query()]) -> Response:
        """Champions' predictions, one row a machine and type of arepa: `bi.rpt_predictions`."""
        return _read_page(endpoint, PREDICTIONS, cut)


def _read_page(endpoint: Endpoint, sql: str, cut: Cut) -> Response:
    rows = endpoint.read_page(sql, {**cut.model_dump(), "limit": cut.limit + 1})
    # A morning that has no such row is told, too: nothing to stop is no missing plan.
    [first] = rows[:1] or endpoint.read_page(NEWEST[sql], {})
    page = Page(
        as_of_date=cut.day or first["as_of_date"],
        rows=rows[: cut.limit],
        next_offset=cut.offset + cut.limit if len(rows) > cut.limit else None,
    )
    # Written here, in a thread: ten thousand rows would keep every other request waiting.
    return Response(page.model_dump_json(), media_type="application/json")


def _add_prediction(routes: FastAPI, endpoint: Endpoint) -> None:
    readers = [Depends(_key_check(endpoint, is_needed=endpoint.settings.are_reads_guarded))]
    examples = prediction_examples(endpoint.settings.metrics)

    @routes.post(
        "/predict/{arepa_type}",
        dependencies=readers,
        responses={
            **FAULTS_OF_BODIES,
            404: fault("No champion of that type", "no champion of arepa type 'zz'; there are a1"),
        },
        openapi_extra=request_body(endpoint.request_shape, examples),
        summary="Predict for one machine",
        tags=["Prediction"],
    )
    async def predict(
        request: Request,
        arepa_type: Annotated[
            Name,
            Path(
                description="The type of arepa that it is to cook.",
                openapi_examples={"a1": {"value": "a1"}},
            ),
        ],
    ) -> Prediction:
        """Give either ready features, or raw readings, from which they are built as for the plan.

        The same features get the same probability, bit for bit, as in the morning's run.
        """
        async with endpoint.bodies.read(request) as body:
            understood = await endpoint.understand(arepa_type, body)
        model = endpoint.champions.models.get(arepa_type)
        if model is None:
            known = ", ".join(sorted(endpoint.champions.models)) or "none"
            raise HTTPException(404, f"no champion of arepa type {arepa_type!r}; there are {known}")
        row = understood.row
        if row["phase"] not in (phases := endpoint.settings.phases):
            told = f"phase: {row['phase']} is not modelled; PHASES={write_phases(phases)}"
            raise InputError(told)
        if missing := [column for column in model.columns if column not in row]:
            raise InputError(f"features: {', '.join(missing)} missing; null says unknown")
        answer = await endpoint.batches.predict(model, row)
        return Prediction(
            **answer,
            rejected_readings=understood.rejected,
            unknown_features=understood.unknown,
        )


def _add_feedback(routes: FastAPI, endpoint: Endpoint, answers: Answers) -> None:
    writers = [Depends(_key_check(endpoint, is_needed=True))]

    @routes.post(
        "/feedback",
        dependencies=writers,
        responses=FAULTS_OF_BODIES,
        status_code=201,
        openapi_extra=request_body(Feedback, FEEDBACK_EXAMPLES),
        summary="Answer a planned stop",
        tags=["Answers"],
    )
    async def feedback(request: Request) -> Written:
        """For programs; people answer on the page that the plan's and the mail's links open.

        The next morning reads it from the maintenance log. The stop has ended and began on a day
        with a published plan; a second answer to it takes the place of the first.
        """
        async with endpoint.bodies.read(request, SMALL_BODY_BYTES) as body:
            answer = _answer(parse_body(Feedback, body))
        return Written(file=await run_in_threadpool(answers.write, answer))


def _answer(given: Feedback) -> Answer:
    return parse_answer(
        {
            "machine_id": given.machine_id,
            "start_time": given.start_time.isoformat(timespec="seconds"),
            "end_time": given.end_time.isoformat(timespec="seconds"),
            "finding": given.finding,
            "component": given.component or "",
        }
    )


def _add_state(routes: FastAPI, endpoint: Endpoint) -> None:
    # None of these waits for a thread: they answer also when all are taken.
    @routes.get(
        "/healthz",
        responses={503: {"model": Alive, "description": "Its work has ended, so will it"}},
        summary="Whether the process lives",
        tags=["State"],
    )
    async def healthz(response: Response) -> Alive:
        """For the probe that starts it again; answers at once, whatever else is asked."""
        response.status_code = 200 if endpoint.failure is None else 503
        return Alive(status="alive" if endpoint.failure is None else "dead")

    @routes.get(
        "/readyz",
        responses={503: {"model": Health, "description": "Not ready"}},
        summary="Whether everything that answers is there",
        tags=["State"],
    )
    async def readyz(response: Response) -> Health:
        """What is missing: champions, MLflow, the published file; as of a few seconds ago."""
        problems = endpoint.problems()
        response.status_code = 503 if problems else 200
        versions = {
            arepa_type: model.registered.version
            for arepa_type, model in sorted(endpoint.champions.models.items())
        }
        return Health(is_ready=not problems, problems=problems, champions=versions)

    @routes.get(
        "/metrics",
        response_class=PlainTextResponse,
        summary="What Prometheus collects",
        tags=["State"],
    )
    async def metrics() -> Response:
        """Requests and their seconds by route, champions in memory."""
        return Response(generate_latest(endpoint.metrics), media_type=CONTENT_TYPE_LATEST)


def _key_check(endpoint: Endpoint, *, is_needed: bool) -> Callable[..., Awaitable[None]]:
    async def check(key: Annotated[str | None, Security(KEY_HEADER)] = None) -> None:
        if is_needed and not (key and endpoint.keys.know(key)):
            raise HTTPException(401, "no known key in the header X-API-Key")

    return check


def _fault(status: int, error: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": " ".join(error.split())}, status, headers)
