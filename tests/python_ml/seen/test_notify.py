"""Recipients, what they are sent, and that each is sent it once."""

import asyncio
import json
import socket
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from aiosmtpd.controller import Controller
from apprise.plugins.email.base import NotifyEmail
from hypothesis import given
from hypothesis import strategies as st

from python_ml.errors import InputError
from python_ml.seen.notify import (
    Recipient,
    Sender,
    SentLog,
    find_unusable_address,
    one_line,
    read_recipients,
    send,
)
from python_ml.settings import Settings, load_settings

AS_OF = date(2026, 11, 20)
CHAT = Recipient("k01", "chat", "es")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"WAREHOUSE_PATH": str(tmp_path / "warehouse.duckdb")})


def with_urls(settings: Settings, text: str) -> Settings:
    return settings.replace(notify_urls=load_settings({"NOTIFY_URLS": text}).notify_urls)


@pytest.fixture
def service() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A chat service on loopback: its address, and what it was told."""
    heard: list[dict[str, str]] = []

    class Service(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Service) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"json://127.0.0.1:{server.server_port}/", heard
        server.shutdown()


def test_recipients_are_read_in_their_order_blanks_and_byte_order_mark_apart(tmp_path: Path):
    path = tmp_path / "recipients.csv"
    path.write_text(
        "kitchen_id,recipient,language\nall, a@example.org ,en\nk01,chat,es\n", "utf-8-sig"
    )
    assert read_recipients(path) == [Recipient("all", "a@example.org", "en"), CHAT]


@pytest.mark.parametrize(
    "line", ["k01,a@example.org,de", "k01,,en", ",a@example.org,en", "k01,a@example.org"]
)
def test_a_wrong_line_of_recipients_is_named(tmp_path: Path, line: str):
    path = tmp_path / "recipients.csv"
    path.write_text(f"kitchen_id,recipient,language\n{line}\n")
    with pytest.raises(InputError, match="line 2"):
        read_recipients(path)


def test_a_list_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(InputError, match=r"recipients\.csv: cannot be read"):
        read_recipients(tmp_path / "recipients.csv")


def test_a_message_reaches_the_entry_of_its_recipient(
    settings: Settings, service: tuple[str, list[dict[str, str]]]
):
    address, heard = service
    settings = with_urls(settings, f"mail=json://127.0.0.1:9/ chat={address}")
    send(settings, CHAT, subject="Pare 2\r\nmáquinas", html="<p>k01-p1-m1</p>")
    assert [message["title"] for message in heard] == ["Pare 2 máquinas"]
    assert "k01-p1-m1" in heard[0]["message"]


@pytest.mark.parametrize(
    ("urls", "error", "said"),
    [
        ("", InputError, "recipient chat: NOTIFY_URLS has no entry 'chat'"),
        ("chat=nothing://x", InputError, "the entry 'chat' is no URL that Apprise knows"),
        ("chat=json://127.0.0.1:9/", ConnectionError, "recipient chat: chat did not take"),
    ],
)
def test_who_cannot_be_reached_is_named_with_the_reason(
    settings: Settings, urls: str, error: type[Exception], said: str
):
    with pytest.raises(error, match=said):
        send(with_urls(settings, urls), CHAT, subject="s", html="<p>t</p>")


@pytest.mark.parametrize("text", ["a:;@example.org", f"{'a' * 65}@[(", "ana@", "<", "a@b, c@d"])
def test_what_no_mail_server_takes_is_said_whatever_the_parser_makes_of_it(text: str):
    unusable = find_unusable_address(Recipient("all", text, "en"))
    assert unusable == "is not one mail address; write one address a line, as cocina@example.org"


def test_a_service_that_would_take_an_address_for_another_is_not_asked(
    settings: Settings, service: tuple[str, list[dict[str, str]]]
):
    address, heard = service
    settings = with_urls(settings, f"mail={address}?to={{address}}")
    send(settings, Recipient("k01", "ana@cocina-ñandú.example", "es"), subject="s", html="<p>t</p>")
    said = "d'angelo@example.org: the service of the entry 'mail' would take it for another"
    with pytest.raises(InputError, match=said):
        send(settings, Recipient("k01", "d'angelo@example.org", "it"), subject="s", html="<p>t</p>")
    assert len(heard) == 1


def test_who_cannot_be_reached_twice_is_not_tried_again_and_the_others_are(
    settings: Settings, service: tuple[str, list[dict[str, str]]]
):
    address, heard = service
    sender = Sender(with_urls(settings, f"mail=json://127.0.0.1:9/ chat={address}"))
    for said in ("mail did not take", "mail did not take", "not tried, since mail could not be"):
        with pytest.raises(ConnectionError, match=f"recipient a@example.org: {said}"):
            sender.send(Recipient("k01", "a@example.org", "es"), subject="s", html="<p>t</p>")
        sender.send(CHAT, subject="s", html="<p>t</p>")
    assert len(heard) == 3


def test_a_mail_server_that_falls_silent_twice_is_not_tried_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(NotifyEmail, "socket_connect_timeout", 0.2)

    class Silent:
        async def handle_DATA(self, *_: object) -> str:
            await asyncio.sleep(1)
            return "250 OK"

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(Silent(), hostname="127.0.0.1", port=port)
    server.start()
    try:
        url = f"mailto://127.0.0.1:{port}?mode=insecure&from=arepas@example.org&to={{address}}"
        sender = Sender(with_urls(settings, f"mail={url}"))
        for said in ("timed out", "timed out", "not tried, since mail could not be reached"):
            with pytest.raises(ConnectionError, match=said):
                sender.send(Recipient("k01", "a@example.org", "es"), subject="s", html="<p>t</p>")
    finally:
        server.stop()


def test_who_refuses_a_message_is_tried_with_the_next(settings: Settings):
    class Refusing(BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_error(500)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        sender = Sender(with_urls(settings, f"chat=json://127.0.0.1:{server.server_port}/"))
        for _ in range(4):
            with pytest.raises(ConnectionError, match=r"chat did not take it .*error=500"):
                sender.send(CHAT, subject="s", html="<p>t</p>")
        server.shutdown()


def test_a_message_that_is_too_long_for_a_chat_arrives_in_pieces(settings: Settings):
    heard: list[str] = []

    class Short(BaseHTTPRequestHandler):
        def do_POST(self):
            text = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"]
            is_taken = len(text) <= 4000
            heard.extend([text] * is_taken)
            self.send_response(200 if is_taken else 400)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    machines = [f"k{number:03d}-p1-m1" for number in range(600)]
    html = "".join(f"<p>{machine}</p>" for machine in machines)
    with HTTPServer(("127.0.0.1", 0), Short) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"mmost://127.0.0.1:{server.server_port}/3ccdd113474722377935511fc85d3dd4"
        settings = with_urls(settings, f"chat={address}")
        send(settings, CHAT, subject="s", html="<p>short</p>")
        assert len(heard) == 1
        send(settings, CHAT, subject="s", html=html)
        server.shutdown()
    assert len(heard) > 2
    assert all(any(machine in text for text in heard) for machine in machines)


def test_what_was_sent_is_known_to_the_next_process(settings: Settings):
    what = ("digest", AS_OF, "k01", "a@example.org")
    assert SentLog(settings).state(*what) is None
    SentLog(settings).record(*what, "failed")
    SentLog(settings).record(*what, "plan")
    assert SentLog(settings).state(*what) == "plan"
    others = [
        ("alert", AS_OF, "k01", "a@example.org"),
        ("digest", AS_OF + timedelta(days=1), "k01", "a@example.org"),
        ("digest", AS_OF, "k02", "a@example.org"),
        ("digest", AS_OF, "k01", "b@example.org"),
    ]
    assert [SentLog(settings).state(*other) for other in others] == [None] * 4


@given(st.text())
def test_a_header_is_one_printable_line_whatever_it_says(text: str):
    line = one_line(text)
    assert line == line.strip()
    assert line.isprintable()
    assert one_line(line) == line
    assert [c for c in line if not c.isspace()] == [
        c for c in text if c.isprintable() and not c.isspace()
    ]
