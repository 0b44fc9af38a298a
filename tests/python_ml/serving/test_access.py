"""Keys, rates and sizes, before any route."""

import asyncio
import hashlib
import json
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from python_ml.serving.access import ApiKeys, Gate, RequestMetrics

KEY = "0123456789abcdef0123"


async def echo(_: Any, receive: Any, send: Any) -> None:
    body = (await receive())["body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def ask(
    gate: Gate, *parts: bytes, client: str = "10.0.0.1", path: str = "/plan"
) -> tuple[int, bytes]:
    sent: list[dict[str, Any]] = []
    messages = [
        {"type": "http.request", "body": part, "more_body": number < len(parts)}
        for number, part in enumerate(parts, start=1)
    ]

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "path": path, "method": "POST", "client": (client, 1)}
    asyncio.run(gate(scope, receive, send))
    return sent[0]["status"], sent[1]["body"]


def make_gate(rate_limit: str | None) -> Gate:
    metrics = RequestMetrics(CollectorRegistry())
    return Gate(echo, rate_limit=rate_limit, max_request_bytes=10, metrics=metrics)


def test_a_key_is_known_as_it_is_and_by_its_hash():
    hashed = "sha256:" + hashlib.sha256(KEY.encode()).hexdigest()
    for keys in ((KEY,), ("another-key-of-20-characters", hashed)):
        assert ApiKeys(keys).know(KEY)
        assert not ApiKeys(keys).know(KEY + " ")
    assert not ApiKeys(()).know("")
    assert not ApiKeys((hashed,)).know(hashed)


def test_who_asks_too_often_is_told_to_wait_and_nobody_else():
    gate = make_gate("3/hour")
    assert [ask(gate, b"")[0] for _ in range(5)] == [200, 200, 200, 429, 429]
    assert ask(gate, b"", client="10.0.0.2")[0] == 200
    assert ask(gate, b"", path="/healthz")[0] == 200
    assert "error" in json.loads(ask(gate, b"")[1])


@pytest.mark.parametrize(
    ("parts", "status"), [((b"12345", b"67890"), 200), ((b"12345", b"678901"), 413)]
)
def test_a_body_is_measured_as_it_comes(parts: tuple[bytes, ...], status: int):
    said, body = ask(make_gate(None), *parts)
    assert said == status
    assert body == b"".join(parts) or status == 413
