"""`arepas serve`: the prediction endpoint."""

import asyncio
import gc
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import uvicorn
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from threadpoolctl import threadpool_limits

from python_ml.run.code_version import code_version
from python_ml.serving.access import Gate, RequestMetrics
from python_ml.serving.endpoint import Endpoint
from python_ml.serving.routes import add_fault_handlers, add_routes
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

DESCRIPTION = """
Which machines to stop this morning, and why: what was published, and predictions on demand.
Errors are `{"error": "one line"}`. Keys go into the header `X-API-Key`.
"""


def serve(settings: Settings) -> None:
    """Serve until stopped.

    Raises:
        ArepasError: The registry or dbt cannot be used.
    """
    # One line a request would drown what matters; /metrics counts them.
    for name in ("python_ml.raw.load", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # Requests share the cores; threads within one of a few rows would only wait for each other.
    threadpool_limits(limits=1)
    application = build_application(Endpoint(settings))
    # What is loaded by now stays: without this, each full collection walks all of it, and every
    # request that waits stands still for a quarter of a second.
    gc.collect()
    gc.freeze()
    logger.info("serving on http://%s:%d, OpenAPI page at /docs", settings.host, settings.port)
    uvicorn.run(
        application, host=settings.host, port=settings.port, log_config=None, access_log=False
    )


def build_application(endpoint: Endpoint) -> Gate:
    """Put routes, limits and counters together."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        work = asyncio.create_task(endpoint.run())
        yield
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work

    # The page of the API from files of our own: a cluster has no way out to a CDN.
    routes = FastAPIOffline(
        redoc_url=None,
        title="Arepas",
        version=code_version(),
        description=DESCRIPTION,
        lifespan=lifespan,
    )
    add_routes(routes, endpoint)
    add_fault_handlers(routes)
    return Gate(
        routes,
        rate_limit=endpoint.settings.rate_limit,
        max_request_bytes=endpoint.settings.max_request_bytes,
        metrics=RequestMetrics(endpoint.metrics),
    )
