"""Bodies of requests: how much, how long, how many at once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import HTTPException, Request
from starlette.requests import ClientDisconnect

from python_ml.serving import bodies
from python_ml.serving.bodies import LARGE_AT_ONCE_OF_ONE, SMALL_BODY_BYTES, Bodies, BusyError

MAX_BYTES = 4 * SMALL_BODY_BYTES
LARGE = SMALL_BODY_BYTES + 1


def request_of(
    *parts: bytes, told: int | None = None, client: str = "10.0.0.1", is_whole: bool = True
) -> Request:
    """A request whose body comes in parts, and then nothing or the client's end."""
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    if is_whole:
        messages[-1]["more_body"] = False

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    return _request(receive, told, client)


def _request(
    receive: Callable[[], Awaitable[dict[str, Any]]], told: int | None, client: str
) -> Request:
    headers = [] if told is None else [(b"content-length", str(told).encode())]
    scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}
    return Request({**scope, "client": (client, 1)}, receive)


async def read(request: Request, max_bytes: int | None = None) -> bytes:
    async with Bodies(MAX_BYTES).read(request, max_bytes) as body:
        return body


@pytest.mark.parametrize("told", [None, 10])
def test_a_body_is_read_whole(told: int | None):
    assert asyncio.run(read(request_of(b"12345", b"67890", told=told))) == b"1234567890"


@pytest.mark.parametrize(
    ("told", "max_bytes"), [(None, None), (MAX_BYTES + 1, None), (None, 10), (11, 10)]
)
def test_a_body_that_is_too_large_is_refused_whatever_its_header_says(
    told: int | None, max_bytes: int | None
):
    parts = [b"1" * 10] + [b"1" * SMALL_BODY_BYTES] * 4
    with pytest.raises(HTTPException) as refused:
        asyncio.run(read(request_of(*parts, told=told), max_bytes))
    assert refused.value.status_code == 413
    assert f"larger than {max_bytes or MAX_BYTES} bytes" in refused.value.detail


def test_half_a_body_is_no_request():
    with pytest.raises(ClientDisconnect):
        asyncio.run(read(request_of(b'{"machine_id":', told=100, is_whole=False)))


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(bodies, "READ_WITHIN_S", 0.05)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"1", "more_body": True}

    with pytest.raises(HTTPException) as refused:
        asyncio.run(read(_request(receive, 1000, "10.0.0.1")))
    assert refused.value.status_code == 408


async def hold(reader: Bodies, client: str, until: asyncio.Event, held: list[str]) -> None:
    async with reader.read(request_of(b"1" * LARGE, told=LARGE, client=client)):
        held.append(client)
        await until.wait()


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_one_client_with_large_bodies_leaves_places_for_others_and_all_are_served():
    async def run() -> None:
        reader, until, held = Bodies(MAX_BYTES), asyncio.Event(), list[str]()
        greedy = [asyncio.create_task(hold(reader, "greedy", until, held)) for _ in range(20)]
        await settle()
        assert held == ["greedy"] * LARGE_AT_ONCE_OF_ONE
        other = asyncio.create_task(hold(reader, "other", until, held))
        await settle()
        assert held[-1] == "other"
        async with reader.read(request_of(b"1", told=1, client="greedy")) as small:
            assert small == b"1"  # small ones need no place
        until.set()
        await asyncio.gather(*greedy, other)
        assert len(held) == 21
        assert not reader._here
        assert not reader._at_work

    asyncio.run(run())


def test_who_waits_with_too_much_or_for_too_long_is_told_so(monkeypatch):
    monkeypatch.setattr(bodies, "LARGE_WAITING_OF_ONE", LARGE_AT_ONCE_OF_ONE + 1)
    monkeypatch.setattr(bodies, "WAIT_AT_MOST_S", 0.02)

    async def run() -> None:
        reader, until, held = Bodies(MAX_BYTES), asyncio.Event(), list[str]()
        tasks = [
            asyncio.create_task(hold(reader, "greedy", until, held))
            for _ in range(LARGE_AT_ONCE_OF_ONE + 2)
        ]
        await asyncio.wait(tasks[LARGE_AT_ONCE_OF_ONE:])
        until.set()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(result) for result in results[LARGE_AT_ONCE_OF_ONE:]] == [BusyError] * 2
        assert results[:LARGE_AT_ONCE_OF_ONE] == [None] * LARGE_AT_ONCE_OF_ONE

    asyncio.run(run())
