"""The HTTP server under the endpoint: whom it believes, and that it ends when it is told to."""

import logging
import os
import signal
import threading
from types import FrameType

import uvicorn

from python_ml.serving.access import Application
from python_ml.serving.protocol import MOST_CONNECTIONS, bounded_protocol
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

# What is under way when the server is told to end has so long; then so long is left for the rest.
FINISH_WITHIN_S = 10
END_WITHIN_S = 20


def server_settings(application: Application, settings: Settings) -> uvicorn.Config:
    """Write what uvicorn needs to know."""
    return uvicorn.Config(
        application,
        host=settings.host,
        port=settings.port,
        http=bounded_protocol(settings.max_request_bytes),
        ws="none",
        # Anybody can write X-Forwarded-For: it counts where a proxy of ours has.
        forwarded_allow_ips=list(settings.trusted_proxies),
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=FINISH_WITHIN_S,
        log_config=None,
        access_log=False,
        server_header=False,
    )


class Server(uvicorn.Server):
    """A server that ends when it is told to, whatever still hangs."""

    def run_until_told(self) -> None:
        """Serve until a signal or `end` comes."""
        # uvicorn ends in order and then raises the signal again, which would leave no time to end
        # the other processes: here it has nothing more to say.
        signal.signal(signal.SIGTERM, lambda *_: None)
        self.run()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end because of a signal."""
        end_by_force_later()
        super().handle_exit(sig, frame)

    def end(self) -> None:
        """Begin to end because of ourselves."""
        end_by_force_later()
        self.should_exit = True


def end_by_force_later() -> None:
    """End the process after a while if it has not ended: a thread may wait for MLflow for ever."""

    def end() -> None:
        logger.error("not ended within %d s, so ended by force", END_WITHIN_S)
        os._exit(1)

    timer = threading.Timer(END_WITHIN_S, end)
    timer.daemon = True
    timer.start()
