"""A maintenance system in small: takes orders, finds them by key, misbehaves when told to."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit


class MaintenanceSystem(ThreadingHTTPServer):
    """The system and what it has.

    Attributes:
        orders: What was created, in its order; a well-behaved client never doubles a key.
        misbehaves: What it does at the next creations, one after another: `loses_answer` (creates,
            then closes the connection), `fails_after` (creates, then says 500), `fails_before`
            (says 503), `refuses` (says 422), `is_busy` (429), `says_nothing` (201 without a body),
            `is_slow` (creates, says nothing for a second).
        is_searchable: Whether it answers questions by key; with False it says 500.
        knows_question: Whether it knows what is asked for; with False it answers with all it has.
        is_moved: Whether it sends everybody to another address.
        asked: What was asked of it, in its order.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.orders: list[dict[str, Any]] = []
        self.misbehaves: list[str] = []
        self.is_searchable = True
        self.knows_question = True
        self.is_moved = False
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/orders"

    def numbers(self) -> dict[str, str]:
        return {order["key"]: order["id"] for order in self.orders}


class Handler(BaseHTTPRequestHandler):
    server: MaintenanceSystem
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        order = json.loads(self.rfile.read(length))
        self.server.asked.append("create")
        if self.server.is_moved:
            self._answer(308, None)
            return
        how = self.server.misbehaves.pop(0) if self.server.misbehaves else "creates"
        statuses = {"fails_before": 503, "refuses": 422, "is_busy": 429}
        if how in statuses:
            self._answer(statuses[how], {"error": "no such machine"})
            return
        order["id"] = f"WO-{len(self.server.orders) + 1}"
        order["authorization"] = self.headers.get("Authorization")
        self.server.orders.append(order)
        if how == "loses_answer":
            self.close_connection = True
        elif how == "is_slow":
            time.sleep(1)
            self.close_connection = True
        elif how == "fails_after":
            self._answer(500, {"error": "database"})
        else:
            self._answer(201, None if how == "says_nothing" else {"id": order["id"]})

    def do_GET(self) -> None:
        self.server.asked.append("find")
        if self.server.is_moved:
            self._answer(308, None)
            return
        if not self.server.is_searchable:
            self._answer(500, {})
            return
        orders = self.server.orders
        if self.server.knows_question:
            key = parse_qs(urlsplit(self.path).query)["key"][0]
            orders = [order for order in orders if order["key"] == key]
        self._answer(200, {"items": orders})

    def _answer(self, status: int, body: object) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        if self.server.is_moved:
            self.send_header("Location", "https://elsewhere.example/orders")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def maintenance_system() -> Iterator[MaintenanceSystem]:
    with MaintenanceSystem() as system:
        thread = Thread(target=system.serve_forever)
        thread.start()
        yield system
        system.shutdown()
        thread.join()
