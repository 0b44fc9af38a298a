"""Whom the server believes, and that it ends."""

import asyncio
import signal
import subprocess
import sys
from typing import Any

import pytest

from python_ml.errors import InputError
from python_ml.serving.server import server_settings
from python_ml.settings import load_settings

SERVER_THAT_HANGS = """
import asyncio, threading
from python_ml.serving import server
from python_ml.settings import load_settings
server.FINISH_WITHIN_S, server.END_WITHIN_S = 0, 1

async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        # As a question to MLflow, which its client repeats for minutes.
        threading.Thread(target=threading.Event().wait).start()
        await send({"type": "lifespan.startup.complete"})
        print("up", flush=True)
        await receive()
        await send({"type": "lifespan.shutdown.complete"})

settings = load_settings({"PORT": "1"})
config = server.server_settings(application, settings)
config.port = 0
server.Server(config).run_until_told()
"""


def client_seen_by(application_proxies: str, sender: str, forwarded: str) -> str:
    seen: list[str] = []

    async def application(scope: Any, _: Any, __: Any) -> None:
        seen.append(scope["client"][0])

    config = server_settings(application, load_settings({"TRUSTED_PROXIES": application_proxies}))
    config.load()
    headers = [(b"x-forwarded-for", forwarded.encode())]
    scope = {"type": "http", "client": (sender, 1), "headers": headers, "path": "/"}

    async def nothing(*_: Any) -> dict[str, Any]:
        return {}

    asyncio.run(config.loaded_app(scope, nothing, nothing))
    return seen[0]


@pytest.mark.parametrize(
    ("proxies", "sender", "forwarded", "client"),
    [
        ("", "127.0.0.1", "6.6.6.6", "127.0.0.1"),
        ("10.0.0.0/8", "127.0.0.1", "6.6.6.6", "127.0.0.1"),
        ("10.0.0.0/8", "10.1.2.3", "6.6.6.6", "6.6.6.6"),
        # What the client wrote in front of what the proxy wrote counts for nothing.
        ("10.0.0.0/8, 127.0.0.1", "127.0.0.1", "7.7.7.7, 6.6.6.6, 10.1.2.3", "6.6.6.6"),
    ],
)
def test_a_forwarded_address_counts_only_from_a_trusted_proxy(
    proxies: str, sender: str, forwarded: str, client: str, monkeypatch
):
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")  # uvicorn's own variable has no say
    assert client_seen_by(proxies, sender, forwarded) == client


def test_a_proxy_that_is_no_address_is_named():
    with pytest.raises(InputError, match=r"TRUSTED_PROXIES=proxy\.local: no address"):
        load_settings({"TRUSTED_PROXIES": "10.0.0.7, proxy.local"})


@pytest.mark.slow
def test_it_ends_when_told_to_although_a_thread_hangs():
    with subprocess.Popen(
        [sys.executable, "-c", SERVER_THAT_HANGS],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as it:
        assert it.stdout is not None
        assert it.stdout.readline() == "up\n"
        it.send_signal(signal.SIGTERM)
        _, said = it.communicate(timeout=60)
    assert it.returncode == 1
    assert "not ended within 1 s" in said
