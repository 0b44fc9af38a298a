"""Keys and rates, before any route; and what becomes of a body that nobody wants."""

import asyncio
import hashlib
import json
from typing import Any

from prometheus_client import CollectorRegistry

from python_ml.serving.access import ApiKeys, Application, Gate, RequestMetrics

KEY = "0123456789abcdef0123"
REGISTRY = CollectorRegistry()
METRICS = RequestMetrics(REGISTRY)


async def echo(_: Any, receive: Any, send: Any) -> None:
    body = (await receive())["body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


async def refuse(_: Any, __: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 401, "headers": []})
    await send({"type": "http.response.body", "body": b"no"})


class Wire:
    """One request as a server would hand it on, and what went back."""

    def __init__(self, *parts: bytes, client: str = "10.0.0.1", path: str = "/plan") -> None:
        length = str(sum(len(part) for part in parts)).encode()
        headers = [(b"content-length", length)]
        self.scope = {"type": "http", "path": path, "method": "POST", "client": (client, 1)}
        self.scope["headers"] = headers
        self.messages: list[dict[str, Any]] = [
            {"type": "http.request", "body": part, "more_body": number < len(parts)}
            for number, part in enumerate(parts or [b""], start=1)
        ]
        self.sent: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        return self.messages.pop(0)

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    def through(self, gate: Application) -> "Wire":
        asyncio.run(gate(self.scope, self.receive, self.send))
        return self

    @property
    def status(self) -> int:
        return self.sent[0]["status"]


def make_gate(application: Application = echo, rate_limit: str | None = None) -> Gate:
    return Gate(application, rate_limit=rate_limit, metrics=METRICS)


def test_a_key_is_known_as_it_is_and_by_its_hash():
    hashed = "sha256:" + hashlib.sha256(KEY.encode()).hexdigest()
    for keys in ((KEY,), ("another-key-of-20-characters", hashed)):
        assert ApiKeys(keys).know(KEY)
        assert not ApiKeys(keys).know(KEY + " ")
    assert not ApiKeys(()).know("")
    assert not ApiKeys((hashed,)).know(hashed)


def test_who_asks_too_often_is_told_to_wait_and_nobody_else():
    gate = make_gate(rate_limit="3/hour")
    assert [Wire().through(gate).status for _ in range(5)] == [200, 200, 200, 429, 429]
    assert Wire(client="10.0.0.2").through(gate).status == 200
    assert Wire(path="/healthz").through(gate).status == 200
    assert "error" in json.loads(Wire().through(gate).sent[1]["body"])


def test_a_request_passes_as_it_is():
    passed = Wire(b"12345").through(make_gate())
    assert [message.get("body") for message in passed.sent] == [None, b"12345"]


def test_a_body_that_is_not_wanted_is_dropped_after_the_answer_and_the_connection_ends():
    refused = Wire(b"1" * 1000, b"2" * 1000, b"3").through(make_gate(refuse))
    assert refused.status == 401
    assert (b"connection", b"close") in refused.sent[0]["headers"]
    assert refused.sent[1] == {"type": "http.response.body", "body": b"no", "more_body": True}
    assert refused.messages == []  # or the client, still sending, would never see the answer


def test_a_body_without_end_is_not_dropped_for_ever():
    refused = Wire(*[b"1" * 1_000_000] * 100).through(make_gate(refuse))
    assert refused.status == 401
    assert len(refused.messages) >= 80
    assert not refused.sent[-1].get("more_body", False)
