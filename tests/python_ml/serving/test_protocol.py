"""Slow and greedy connections against a real server, on loopback and in small numbers."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
import uvicorn

from python_ml.serving import protocol, server
from python_ml.serving.server import server_settings
from python_ml.settings import load_settings

pytestmark = pytest.mark.slow

ANSWER = b"a" * 20_000_000
MOST_CONNECTIONS = 24
TIMEOUT_S = 60
# Far more than what lies in buffers on the way to who does not read it.
SENT_BYTES = 60_000_000


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    if scope["method"] == "POST":
        while (await receive()).get("more_body"):
            pass
    if scope["path"] == "/wait":
        await asyncio.sleep(TIMEOUT_S)
    body = ANSWER if scope["path"] == "/large" else b"ok"
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def port(monkeypatch) -> Iterator[int]:
    monkeypatch.setattr(protocol, "HEADERS_WITHIN_S", 0.3)
    monkeypatch.setattr(protocol, "ANSWER_READ_WITHIN_S", 0.3)
    monkeypatch.setattr(protocol, "MAKE_ROOM_FROM", MOST_CONNECTIONS // 2)
    monkeypatch.setattr(server, "MOST_CONNECTIONS", MOST_CONNECTIONS)
    monkeypatch.setattr(server, "FINISH_WITHIN_S", 0)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = uvicorn.Server(server_settings(application, load_settings({})))
        thread = threading.Thread(target=running.run, args=([listening],))
        thread.start()
        yield listening.getsockname()[1]
        running.should_exit = True
        thread.join()


def connect(port: int, *sent: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
    for part in sent:
        connection.sendall(part)
    return connection


def ask(port: int, path: bytes = b"/") -> bytes:
    with connect(port, b"GET " + path + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") as it:
        return it.recv(1000).split(b"\r\n")[0]


def wait_for_the_end_of(connection: socket.socket) -> None:
    """Read until the other side ends it; one that stays open ends the test by its timeout."""
    with suppress(ConnectionError):
        while connection.recv(1_000_000):
            pass


SLOW = {
    "nothing at all": [],
    "headers without end": [b"GET / HTTP/1.1\r\nHost: a\r\nX-A: "],
    "line ends, for ever": [b"\r\n"],
}


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW)
def test_headers_that_do_not_come_end_the_connection(port: int, sent: list[bytes]):
    with connect(port, *sent) as slow:
        wait_for_the_end_of(slow)
    assert ask(port) == b"HTTP/1.1 200 OK"


def test_between_two_requests_the_same_holds(port: int):
    with connect(port, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") as slow:
        assert slow.recv(1000).startswith(b"HTTP/1.1 200 OK")
        slow.sendall(b"GET / HT")
        wait_for_the_end_of(slow)


def test_headers_that_are_too_long_end_the_connection(port: int, monkeypatch):
    monkeypatch.setattr(protocol, "HEADERS_WITHIN_S", TIMEOUT_S)
    with connect(port, b"GET / HTTP/1.1\r\nX-A: ") as greedy, pytest.raises(ConnectionError):
        for _ in range(SENT_BYTES // 10_000):
            greedy.sendall(b"a" * 10_000)


def test_chunks_that_carry_next_to_nothing_end_the_connection(port: int):
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    with connect(port, head) as greedy:
        chunk = b"1;" + b"x" * 10_000 + b"\r\na\r\n"
        with pytest.raises(ConnectionError):
            for _ in range(SENT_BYTES // len(chunk * 20)):
                greedy.sendall(chunk * 20)


def test_an_answer_that_nobody_reads_is_not_kept(port: int):
    with connect(port, b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n") as lazy:
        time.sleep(0.5)
        received = 0
        while part := lazy.recv(1_000_000):
            received += len(part)
        assert received < len(ANSWER)


@pytest.mark.parametrize(
    "sent",
    [b"GET / HTTP/1.1\r\nX-A: ", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1"],
    ids=["slow headers", "slow bodies"],
)
def test_many_slow_clients_keep_nobody_out(port: int, monkeypatch, sent: bytes):
    monkeypatch.setattr(protocol, "HEADERS_WITHIN_S", TIMEOUT_S)
    with ExitStack() as opened:
        slow = [opened.enter_context(connect(port, sent)) for _ in range(3 * MOST_CONNECTIONS)]
        assert [ask(port) for _ in range(3)] == [b"HTTP/1.1 200 OK"] * 3
        wait_for_the_end_of(slow[0])


def test_where_all_connections_are_at_work_the_probe_is_answered_all_the_same(port: int):
    head = b"GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"
    with ExitStack() as opened:
        for _ in range(MOST_CONNECTIONS):
            opened.enter_context(connect(port, head))
        give_up_at = time.monotonic() + TIMEOUT_S
        while ask(port) != b"HTTP/1.1 503 Service Unavailable":
            assert time.monotonic() < give_up_at
        assert ask(port, b"/healthz") == b"HTTP/1.1 200 OK"
