"""The page on which a kitchen answers: three languages, one stop, nothing that cannot have been."""

import asyncio
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI

from python_ml.raw.answer_links import LINK_DAYS, answer_link
from python_ml.raw.feedback import FINDINGS
from python_ml.seen.languages import CODES, load_language
from python_ml.serving.answer_page import add_answer_page
from python_ml.serving.answers import Answers
from python_ml.serving.bodies import Bodies
from python_ml.settings import Settings, load_settings
from tests.published_fleet import HOSTILE_KITCHEN, HOSTILE_MACHINE, PublishedFleet, write_published

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12)
MACHINE = "k01-p1-m1"
GIVEN = {
    "finding": "fault_found",
    "start_time": "2026-11-20T07:00",
    "end_time": "2026-11-20T09:30",
    "component": "belt",
}


@dataclass
class House:
    """A published fleet and the page that answers it, at a time of our choice."""

    settings: Settings
    routes: FastAPI
    now: datetime = NOON

    def token(self, machine: str = MACHINE, day: date = DAY) -> str:
        link = answer_link(self.settings, "en", machine, day)
        assert link is not None
        return link.rpartition("/")[2].partition("?")[0]

    def ask(
        self, token: str, given: dict[str, str] | None = None, language: str = "en"
    ) -> tuple[int, str, dict[str, str]]:
        """Open the page or send its form; returns status, page and headers."""
        body = urlencode(given or {}).encode()
        messages = [{"type": "http.request", "body": body, "more_body": False}]
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return messages.pop() if messages else await asyncio.Future()

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST" if given else "GET",
            "path": f"/answer/{token}",
            "query_string": f"language={language}".encode(),
            "headers": [(b"content-length", str(len(body)).encode())],
            "client": ("127.0.0.1", 1),
        }
        asyncio.run(self.routes(scope, receive, send))
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], sent[1]["body"].decode(), headers

    def log(self) -> list[str]:
        path = self.settings.raw_data_dir / "maintenance_events_answers_2026-11.csv"
        return path.read_text().splitlines()[1:] if path.exists() else []


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("answers") / "bi.duckdb"
    write_published(path, PublishedFleet(DAY, 1, 3, days=3, is_hostile=True))
    return path


@pytest.fixture
def house(published: Path, tmp_path: Path) -> House:
    variables = {"ANSWERS_KEY": "k" * 32, "ANSWERS_URL": "https://arepas.example.org"}
    places = {"BI_PATH": str(published), "RAW_DATA_DIR": str(tmp_path)}
    settings = load_settings(variables | places)
    house = House(settings, FastAPI())
    add_answer_page(house.routes, Answers(settings, lambda: house.now), Bodies(1000))
    return house


@pytest.mark.parametrize("code", CODES)
def test_the_page_asks_in_the_reader_s_language_and_writes_the_answer_down(house: House, code: str):
    words = load_language(code)
    status, page, headers = house.ask(house.token(), language=code)
    assert (status, f'<html lang="{code}">' in page) == (200, True)
    assert [finding for finding in FINDINGS if words.text(f"finding.{finding}") in page] == list(
        FINDINGS
    )
    assert 'value="2026-11-20T07:00"' in page
    assert "default-src 'none'" in headers["content-security-policy"]
    assert (headers["referrer-policy"], headers["cache-control"]) == ("no-referrer", "no-store")
    status, page, _ = house.ask(house.token(), GIVEN, language=code)
    assert (status, words.text("answer_page.thanks") in page) == (200, True)
    assert re.findall("(?:src|href)=[^ >]*//", page) == []
    assert house.log() == [
        "k01-p1-m1;2026-11-20T07:00:00;2026-11-20T09:30:00;planned;fault_found;belt"
    ]


def test_a_link_answers_its_own_machine_whatever_the_form_says(house: House):
    house.ask(house.token(), GIVEN | {"machine_id": "k01-p1-m2"})
    assert [line.partition(";")[0] for line in house.log()] == [MACHINE]


def test_a_corrected_answer_takes_the_place_of_the_first(house: House):
    house.ask(house.token(), GIVEN | {"finding": "postponed", "component": ""})
    _, page, _ = house.ask(house.token(), GIVEN | {"start_time": "2026-11-20T08:15"})
    assert house.log() == [
        "k01-p1-m1;2026-11-20T08:15:00;2026-11-20T09:30:00;planned;fault_found;belt"
    ]
    assert page.count("20 Nov 2026, 08:15 – 09:30") == 1


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"end_time": "2026-11-20T12:01"}, "end_in_future"),
        ({"end_time": "9999-12-31T00:00"}, "too_long"),
        ({"start_time": "2026-11-19T23:59"}, "not_on_day"),
        ({"end_time": "2026-11-20T06:59"}, "end_before_start"),
        ({"finding": "maybe"}, "no_finding"),
        ({"end_time": ""}, "bad_time"),
        ({"component": "a\nb"}, "bad_name"),
    ],
)
@pytest.mark.parametrize("code", CODES)
def test_what_cannot_have_been_is_said_and_what_was_typed_stays(
    house: House, code: str, changed: dict[str, str], fault: str
):
    words = load_language(code)
    said = words.text(f"answer_fault.{fault}", first=words.short_date(DAY), days=31)
    status, page, _ = house.ask(house.token(), {**GIVEN, "component": "wheel"} | changed, code)
    assert (status, said in page) == (422, True)
    assert 'value="wheel"' in page or "component" in changed
    assert house.log() == []


def test_the_times_that_are_suggested_are_over(house: House):
    house.now = datetime(2026, 11, 20, 6, 30)
    _, page, _ = house.ask(house.token())
    assert page.count('value="2026-11-20T06:30"') == 2


def test_a_link_is_good_for_some_days(house: House):
    for day, status in ((LINK_DAYS, 200), (LINK_DAYS + 1, 410)):
        house.now = NOON + timedelta(days=day)
        assert house.ask(house.token())[0] == status
        assert house.ask(house.token(), GIVEN)[0] == status
    _, page, _ = house.ask(house.token(), language="es")
    assert f"durante {LINK_DAYS} días" in page


@pytest.mark.parametrize("given", [None, GIVEN])
def test_a_link_that_opens_nothing_says_so_and_writes_nothing(
    house: House, given: dict[str, str] | None
):
    assert house.ask(house.token()[:-3], given)[0] == 403
    assert house.ask("nonsense", given, language="xx")[0] == 403
    assert house.ask(house.token("k09-p1-m1"), given)[0] == 404
    assert house.ask(house.token(day=DAY - timedelta(days=9)), given)[0] == 404
    assert house.log() == []


def test_hostile_names_are_text(house: House):
    _, page, _ = house.ask(
        house.token(HOSTILE_MACHINE), GIVEN | {"component": '"><script>x</script>', "finding": ""}
    )
    assert "&lt;img src=x" in page
    assert "<img src=x" not in page
    assert "<script>" not in page
    assert HOSTILE_KITCHEN not in page


def test_an_answer_that_cannot_be_written_is_not_thanked_for(house: House):
    house.settings.raw_data_dir.rmdir()
    status, page, _ = house.ask(house.token(), GIVEN)
    assert status == 503
    assert load_language("en").text("answer_fault.not_written") in page
