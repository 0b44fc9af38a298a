"""Who may ask the endpoint, how much and how often; and what Prometheus counts of it."""

import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
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
    """Stands before the application: limits sizes and rates, counts what passes."""

    def __init__(
        self,
        application: Application,
        *,
        rate_limit: str | None,
        max_request_bytes: int,
        metrics: RequestMetrics,
    ) -> None:
        self._application = application
        self._rate = parse(rate_limit) if rate_limit else None
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._max_bytes = max_request_bytes
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer 413 or 429."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def noted_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._pass(scope, receive, noted_send)
        finally:
            # The template, not the path: paths are without end.
            route = getattr(scope.get("route"), "path", "none")
            self._metrics.requests.labels(route, scope["method"], str(status)).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - started)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = (scope.get("client") or ("unknown",))[0]
        if (
            self._rate is not None
            and scope["path"] not in UNLIMITED_PATHS
            and not self._limiter.hit(self._rate, client)
        ):
            await _refuse(send, 429, f"more than {self._rate}; wait and ask again")
            return
        body = await _read_body(receive, self._max_bytes)
        if body is None:
            await _refuse(send, 413, f"the request is larger than {self._max_bytes} bytes")
            return
        messages = [{"type": "http.request", "body": body, "more_body": False}]

        async def replayed_receive() -> Message:
            return messages.pop() if messages else await receive()

        await self._application(scope, replayed_receive, send)


async def _read_body(receive: Receive, max_bytes: int) -> bytes | None:
    """Read a request's body; None when it is too large, whatever its header says."""
    parts, size, has_more = [], 0, True
    while has_more:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > max_bytes:
            return None
        has_more = message.get("more_body", False)
    return b"".join(parts)


async def _refuse(send: Send, status: int, error: str) -> None:
    body = json.dumps({"error": error}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        *([(b"retry-after", b"10")] if status == 429 else []),
        *([(b"connection", b"close")] if status == 413 else []),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
