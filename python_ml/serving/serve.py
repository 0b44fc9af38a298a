"""`arepas serve`: the prediction endpoint."""

import asyncio
import gc
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress

import anyio.to_thread
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from threadpoolctl import threadpool_limits

from python_ml.errors import ArepasError
from python_ml.run.code_version import code_version
from python_ml.serving.access import Gate, RequestMetrics
from python_ml.serving.endpoint import Endpoint
from python_ml.serving.openapi import DESCRIPTION, TAGS
from python_ml.serving.routes import add_fault_handlers, add_routes
from python_ml.serving.server import Server, server_settings
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

# Reading the published file; more at once would only keep each other, and the answers, waiting.
READING_THREADS = 4


def serve(settings: Settings) -> None:
    """Serve until stopped.

    Raises:
        ArepasError: The registry or dbt cannot be used, or the work behind the routes has ended.
    """
    # One line a request would drown what matters; /metrics counts them.
    for name in ("python_ml.raw.load", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # Nor may a client fill the log with what it sends.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    # Requests share the cores; threads within one of a few rows would only wait for each other.
    threadpool_limits(limits=1)
    endpoint = Endpoint(settings)
    # What is loaded by now stays: without this, each full collection walks all of it, and every
    # request that waits stands still for a quarter of a second.
    gc.collect()
    gc.freeze()
    run_server(endpoint)


def run_server(endpoint: Endpoint) -> None:
    """Answer requests until stopped.

    Raises:
        ArepasError: The work behind the routes has ended, so that nothing would be answered.
    """
    settings = endpoint.settings
    application = build_application(endpoint, on_failure=lambda: server.end())
    server = Server(server_settings(application, settings))
    logger.info("serving on http://%s:%d, OpenAPI page at /docs", settings.host, settings.port)
    server.run_until_told()
    if endpoint.failure is not None:
        raise ArepasError(f"the endpoint cannot go on: {_first(endpoint.failure)!r}")


def build_application(endpoint: Endpoint, on_failure: Callable[[], None]) -> Gate:
    """Put routes, limits and counters together.

    Args:
        endpoint: What answers.
        on_failure: Called where the work behind the routes ends by itself.
    """

    def note_end(work: asyncio.Task[None]) -> None:
        if not work.cancelled():
            endpoint.failure = work.exception() or RuntimeError("its work has ended")
            on_failure()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = READING_THREADS
        work = asyncio.create_task(endpoint.run())
        work.add_done_callback(note_end)
        yield
        work.cancel()
        with suppress(asyncio.CancelledError, Exception):  # a failure was noted
            await work

    # The page of the API from files of our own: a cluster has no way out to a CDN.
    routes = FastAPIOffline(
        redoc_url=None,
        title="Arepas",
        version=code_version(),
        description=DESCRIPTION,
        openapi_tags=TAGS,
        lifespan=lifespan,
    )
    add_routes(routes, endpoint)
    add_fault_handlers(routes)
    return Gate(
        routes, rate_limit=endpoint.settings.rate_limit, metrics=RequestMetrics(endpoint.metrics)
    )


def _first(failure: BaseException) -> BaseException:
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    return failure
