"""A connection to the endpoint, bounded in what uvicorn itself leaves without a bound.

Headers come within seconds and are small; a request's bytes on the wire are counted; who does not
read an answer is cut off. Where many connections are taken, the one whose client has been waited
for longest makes room, so that a thousand slow clients keep nobody out.
"""

import asyncio
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADERS_WITHIN_S = 10.0
ANSWER_READ_WITHIN_S = 60.0
MOST_HEADER_BYTES = 32_768
# From so many connections on, one that waits for its client makes room for each new one; from so
# many at work, requests are refused. A process may commonly have 1,024 files open.
MAKE_ROOM_FROM = 400
MOST_CONNECTIONS = 800
# Who looks after the process gets an answer also when nobody else does.
ALWAYS_ANSWERED = b"/healthz"


@dataclass(frozen=True)
class Connections:
    """What the connections of one server share.

    Attributes:
        most_request_bytes: Most bytes between one request's headers and the next one's.
        waiting: Connections that wait for their client (to ask, to send all of the body, to read
            the answer), the longest first.
    """

    most_request_bytes: int
    waiting: dict["BoundedProtocol", None] = field(default_factory=dict)


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *, shared: Connections, **given: Any) -> None:  # noqa: ANN401  (uvicorn's)
        super().__init__(**given)
        self._shared = shared
        self._byte_count = 0
        self._has_headers = False
        self._headers_timer: asyncio.TimerHandle | None = None
        self._answer_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection on; where many are taken, the longest waiting one makes room."""
        super().connection_made(transport)  # ty: ignore[invalid-argument-type]  (a socket's)
        if len(self.connections) >= MAKE_ROOM_FROM and self._shared.waiting:
            next(iter(self._shared.waiting)).cut_off()
        self._wait_for_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._shared.waiting.pop(self, None)
        for timer in (self._headers_timer, self._answer_timer):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, or cut off who sends more than a request may be."""
        if self._has_headers and self.cycle.response_complete:
            self._wait_for_headers()
        self._byte_count += len(data)
        super().data_received(data)
        most = self._shared.most_request_bytes if self._has_headers else MOST_HEADER_BYTES
        if self._byte_count > most:
            self.cut_off()

    def on_headers_complete(self) -> None:
        """Begin a request."""
        self._has_headers, self._byte_count = True, 0
        if self._headers_timer is not None:
            self._headers_timer.cancel()
        is_limited = self.url != ALWAYS_ANSWERED
        self.limit_concurrency = self.config.limit_concurrency if is_limited else None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Have all of a request: now it is our turn."""
        super().on_message_complete()
        self._shared.waiting.pop(self, None)

    def on_response_complete(self) -> None:
        """End a request; it is the client's turn again."""
        super().on_response_complete()
        if self.cycle.response_complete and not self.transport.is_closing():
            self._shared.waiting[self] = None

    def pause_writing(self) -> None:
        """Give whoever does not read the answer a while to do so."""
        super().pause_writing()
        self._shared.waiting[self] = None
        self._answer_timer = self.loop.call_later(ANSWER_READ_WITHIN_S, self.cut_off)

    def resume_writing(self) -> None:
        """Go on: the answer is being read."""
        super().resume_writing()
        if self._answer_timer is not None:
            self._answer_timer.cancel()
        if not self.cycle.response_complete:
            self._shared.waiting.pop(self, None)

    def cut_off(self) -> None:
        """End the connection at once, whatever is still to be sent; its place is free now."""
        self._shared.waiting.pop(self, None)
        self.connections.discard(self)
        self.transport.abort()

    def _wait_for_headers(self) -> None:
        self._has_headers, self._byte_count = False, 0
        self._shared.waiting[self] = None
        if self._headers_timer is not None:
            self._headers_timer.cancel()
        self._headers_timer = self.loop.call_later(HEADERS_WITHIN_S, self.cut_off)


def bounded_protocol(max_request_bytes: int) -> Any:  # noqa: ANN401  (what uvicorn makes them with)
    """Make what uvicorn makes its connections with.

    A body may be sent in chunks, whose marks are bytes too, and the next request's headers may
    come while one is at work.
    """
    return partial(BoundedProtocol, shared=Connections(2 * max_request_bytes + MOST_HEADER_BYTES))
