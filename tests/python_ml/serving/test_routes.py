"""Faults are one line with their status; pages are cuts of the published tables."""

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException

from python_ml.engines.warehouse import published_tables
from python_ml.errors import ArepasError, InputError, PartlyDoneError
from python_ml.serving.routes import PLAN, PREDICTIONS, add_fault_handlers
from tests.published_fleet import TYPES, PublishedFleet, write_published

AS_OF, BEFORE = date(2026, 11, 20), date(2026, 11, 19)
NOTHING = dict.fromkeys(("day", "kitchen", "machine", "arepa_type", "decision"))


def ask(routes: FastAPI, path: str, query: str = "") -> tuple[int, str]:
    """Ask an application without a server; its status and what it says."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": path, "query_string": query.encode(),
        "headers": [], "client": ("10.0.0.1", 1), "server": ("10.0.0.2", 80), "scheme": "http",
    }  # fmt: skip

    async def run() -> None:
        # What is no fault of ours is answered, and raised for the server's log.
        try:
            await routes(scope, receive, send)
        except ZeroDivisionError:
            assert path == "/fails"

    asyncio.run(run())
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]).decode()


@pytest.fixture
def routes() -> FastAPI:
    """An application whose routes fail in every way there is."""
    errors: dict[str, Exception] = {
        "/unusable": InputError("machine_id:\n  is empty"),
        "/not_there": ArepasError("nothing published yet"),
        "/in_part": PartlyDoneError("no model\nfor a2"),
        "/refused": HTTPException(401, "no known key", {"X-Told": "yes"}),
        "/fails": ZeroDivisionError("a secret of our own"),
    }
    routes = FastAPI()
    add_fault_handlers(routes)

    def fail_with(error: Exception) -> Any:
        def fail() -> None:
            raise error

        return fail

    for path, error in errors.items():
        routes.get(path)(fail_with(error))

    @routes.get("/typed")
    def typed(count: int) -> dict[str, int]:
        return {"count": count}

    return routes


@pytest.mark.parametrize(
    ("path", "query", "status", "said"),
    [
        ("/unusable", "", 422, "machine_id: is empty"),
        ("/not_there", "", 503, "nothing published yet"),
        ("/in_part", "", 503, "no model for a2"),
        ("/refused", "", 401, "no known key"),
        ("/nowhere", "", 404, "Not Found"),
        ("/typed", "count=many", 422, "count: Input should be a valid integer"),
        ("/typed", "", 422, "count: Field required"),
        ("/fails", "", 500, "an error of the endpoint's own; its log says more"),
    ],
)
def test_every_fault_is_one_line_with_its_status(
    routes: FastAPI, path: str, query: str, status: int, said: str
):
    answered, body = ask(routes, path, query)
    assert answered == status
    assert "\n" not in body
    error = json.loads(body)["error"]
    assert said in error
    assert "secret" not in error


def test_what_is_no_fault_is_answered(routes: FastAPI):
    assert ask(routes, "/typed", "count=3") == (200, '{"count":3}')


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("published") / "bi.duckdb"
    write_published(path, PublishedFleet(AS_OF, 2, 3, days=4))
    return path


def read(published: Path, sql: str, **cut: Any) -> list[dict[str, Any]]:
    asked = {**NOTHING, "limit": 1000, "offset": 0, **cut}
    with published_tables(published) as tables:
        return tables.records(
            sql, {name: value for name, value in asked.items() if f"${name}" in sql}
        )


def test_a_page_is_of_the_newest_morning_unless_another_is_asked_for(published: Path):
    for sql, count in ((PLAN, 6), (PREDICTIONS, 6 * len(TYPES))):
        assert {str(row["as_of_date"])[:10] for row in read(published, sql)} == {str(AS_OF)}
        assert {str(row["as_of_date"])[:10] for row in read(published, sql, day=BEFORE)} == {
            str(BEFORE)
        }
        assert len(read(published, sql)) == count
        assert read(published, sql, day=date(2020, 1, 1)) == []


def test_a_page_is_cut_by_what_is_asked_for(published: Path):
    plan = read(published, PLAN)
    assert [row["rank"] for row in plan] == [1, 2, 3, 4, 5, 6]
    assert read(published, PLAN, decision="stop") == [r for r in plan if r["decision"] == "stop"]
    assert read(published, PLAN, kitchen="k02") == [r for r in plan if r["kitchen_id"] == "k02"]
    one = read(published, PREDICTIONS, machine="k01-p1-m2", arepa_type="a2")
    assert [(row["machine_id"], row["arepa_type"]) for row in one] == [("k01-p1-m2", "a2")]
    of_kitchen = read(published, PREDICTIONS, kitchen="k01")
    assert {row["kitchen_id"] for row in of_kitchen} == {"k01"}


@pytest.mark.parametrize("sql", [PLAN, PREDICTIONS])
@pytest.mark.parametrize("size", [1, 4, 1000])
def test_pages_after_each_other_are_the_whole(published: Path, sql: str, size: int):
    whole = read(published, sql)
    pages = [
        row
        for offset in range(0, len(whole), size)
        for row in read(published, sql, limit=size, offset=offset)
    ]
    assert pages == whole
