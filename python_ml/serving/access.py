"""Who may ask the endpoint and how often; and what Prometheus counts of it."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from contextlib import suppress
from typing import Any

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from prometheus_client import CollectorRegistry, Counter, Histogram

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

UNLIMITED_PATHS = {"/healthz", "/readyz", "/metrics"}
DROP_WITHIN_S = 2.0
MOST_DROPPED_BYTES = 10_000_000


class ApiKeys:
    """The known keys, kept only as hashes.

    A key is given as it is or, better, as `sha256:` and the hexadecimal digest of it.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._digests = [
            bytes.fromhex(key.removeprefix("sha256:"))
            if key.startswith("sha256:")
            else hashlib.sha256(key.encode()).digest()
            for key in keys
        ]

    def know(self, key: str) -> bool:
        """Say whether a key is known; takes as long whichever it is."""
        digest = hashlib.sha256(key.encode()).digest()
        return any([hmac.compare_digest(digest, known) for known in self._digests])


class RequestMetrics:
    """Counts and durations of requests, by route."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "arepas_requests", "Requests", ["route", "method", "status"], registry=registry
        )
        self.seconds = Histogram(
            "arepas_request_seconds", "Seconds a request took", ["route"], registry=registry
        )


class Gate:
    """Stands before the application: limits rates, counts what passes, ends what is half said."""

    def __init__(
        self, application: Application, *, rate_limit: str | None, metrics: RequestMetrics
    ) -> None:
        self._application = application
        self._rate = parse(rate_limit) if rate_limit else None
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer 429."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        started, exchange = time.perf_counter(), _Exchange(scope, receive, send)
        try:
            await self._pass(scope, exchange)
        except asyncio.CancelledError:
            # Only the server's own end does that; passed on, it would be logged as a fault.
            if not exchange.is_answered:
                await exchange.refuse(503, "the endpoint ends; ask again", 10)
        finally:
            # The template, not the path: paths are without end.
            route = getattr(scope.get("route"), "path", "none")
            status = str(exchange.status)
            self._metrics.requests.labels(route, scope["method"], status).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - started)

    async def _pass(self, scope: Scope, exchange: "_Exchange") -> None:
        if (
            self._rate is None
            or scope["path"] in UNLIMITED_PATHS
            or self._limiter.hit(self._rate, client_of(scope))
        ):
            await self._application(scope, exchange.receive, exchange.send)
        else:
            await exchange.refuse(429, f"more than {self._rate}; wait and ask again", 10)


class _Exchange:
    """One request and its answer.

    Where the answer is ready before the body has come (no key, too large, too often), the body is
    not read: the connection ends. A little of it is still taken and dropped, or the client, busy
    sending, would never see why.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.status = 500
        self.is_answered = False
        self._receive = receive
        self._send = send
        headers = dict(scope["headers"])
        self._has_body_left = (
            headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers
        )

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            self._has_body_left = False
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.is_answered = message["status"], True
            if self._has_body_left:
                headers = [*message.get("headers", []), (b"connection", b"close")]
                message = {**message, "headers": headers}
            await self._send(message)
        elif self._has_body_left and not message.get("more_body", False):
            await self._send({**message, "more_body": True})
            await self._drop_body()
            await self._send({"type": "http.response.body"})
        else:
            await self._send(message)

    async def refuse(self, status: int, error: str, retry_after_s: int) -> None:
        body = json.dumps({"error": error}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"retry-after", str(retry_after_s).encode()),
        ]
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})

    async def _drop_body(self) -> None:
        dropped = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(DROP_WITHIN_S):
                while self._has_body_left and dropped < MOST_DROPPED_BYTES:
                    message = await self.receive()
                    dropped += len(message.get("body", b""))


def client_of(scope: Scope) -> str:
    """Name the address that a request comes from, as far as trusted proxies say."""
    return (scope.get("client") or ("unknown",))[0]
