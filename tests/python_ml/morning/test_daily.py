"""The order of a morning: what fails stops the plan and never the telling of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from python_ml.demo.files import DEMO_DAYS, DEMO_KITCHENS, DemoFleet, demo_data
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import InputError
from python_ml.morning.daily import (
    DEMO_PAST_DAYS,
    _demo_fleet_of,
    _first_morning,
    _lacks_days,
    backfill,
)
from python_ml.run.record import start_run
from python_ml.settings import DEMO_PLACES
from tests.conftest import Workspace
from tests.published_fleet import PublishedFleet, write_published

AS_OF = date(2026, 11, 20)
NEXT_DAY = AS_OF + timedelta(days=1)


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def test_where_there_is_no_new_plan_people_are_told_and_the_old_one_stays(
    place: Workspace, error_of: Callable[[], str]
):
    write_published(place.bi, PublishedFleet(AS_OF, 1, 3, days=3))
    before = place.bi.read_bytes()
    place.write("machines.csv", "machine_id;kitchen_id;phase\n")
    with Warehouse(place.warehouse):
        pass
    assert place.arepas("daily", "--as-of", NEXT_DAY.isoformat()) == 2
    assert "no batch_registry" in error_of()
    assert place.bi.read_bytes() == before
    page = (place.folder / "public" / "index.html").read_text()
    assert "The run of 21 Nov 2026 failed." in page
    assert "no batch_registry" in page
    digests = list((place.folder / "reports" / NEXT_DAY.isoformat()).glob("digest*.html"))
    assert digests
    assert all("no batch_registry" in digest.read_text() for digest in digests)
    steps = place.rows("select step, status from ml.runs order by started_at")
    assert steps == [("load", "failed"), ("site", "done"), ("digest", "done")]


@pytest.fixture
def demo_place(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace whose raw folder is the demo's own."""
    monkeypatch.setitem(DEMO_PLACES, "RAW_DATA_DIR", str(place.raw))
    return place


def test_the_demos_own_folder_gets_the_demo_fleet_before_anything_was_loaded(
    demo_place: Workspace,
):
    place = demo_place
    started_on = AS_OF - timedelta(days=DEMO_DAYS)
    fleet = _demo_fleet_of(place.settings(), AS_OF)
    assert fleet == DemoFleet(DEMO_KITCHENS, 7, ("metric_1", "metric_2"), started_on)
    place.raw.mkdir()
    assert _demo_fleet_of(place.settings(), AS_OF) == fleet


@pytest.mark.parametrize("folder", ["mistyped", "not_mounted"])
def test_no_fleet_is_invented_for_a_folder_that_was_named(
    place: Workspace, caplog: pytest.LogCaptureFixture, folder: str
):
    if folder == "not_mounted":
        place.raw.mkdir()
    assert place.arepas("daily", "--as-of", str(AS_OF)) == 2
    told = {"mistyped": f"{place.raw}: no such folder; set RAW_DATA_DIR", "not_mounted": "add the"}
    assert told[folder] in caplog.records[-1].getMessage()
    assert not place.warehouse.exists()
    assert not place.bi.exists()
    assert not list(place.raw.glob("*"))


def test_a_demos_folder_that_lost_its_files_gets_none(demo_place: Workspace):
    place = demo_place
    with Warehouse(place.warehouse) as warehouse:
        warehouse.execute("create schema raw; create table raw.files as select 1 as file_id")
    assert _demo_fleet_of(place.settings(), AS_OF) is None


def test_a_demo_fleet_lives_on_and_files_of_others_are_none(place: Workspace):
    settings = place.settings()
    demo_data(settings, as_of=AS_OF, kitchens=1, days=2, seed=3)
    fleet = _demo_fleet_of(settings, NEXT_DAY)
    assert fleet is not None
    assert (fleet.kitchens, fleet.started_on, fleet.written_to) == (
        1,
        AS_OF - timedelta(days=2),
        AS_OF,
    )
    other = Workspace(place.folder / "other")
    other.write("machines.csv", "machine_id;kitchen_id;phase\n")
    assert _demo_fleet_of(other.settings(), AS_OF) is None


def test_a_morning_writes_the_days_that_lack_in_the_demos_own_folder(demo_place: Workspace):
    settings = demo_place.settings()
    fleet = DemoFleet(1, 7, ("metric_1", "metric_2"), AS_OF - timedelta(days=2), AS_OF)
    assert _lacks_days(settings, fleet, NEXT_DAY)
    assert not _lacks_days(settings, fleet, AS_OF)


def test_a_morning_writes_nothing_where_somebody_asked_for_a_fleet(place: Workspace):
    fleet = ("--kitchens", "1", "--days", "2", "--seed", "3")
    assert place.arepas("demo-data", "--as-of", str(AS_OF), *fleet) == 0
    machines = place.raw / "machines.csv"
    edited = machines.read_text().replace("k01-p3-m2;k01;3", "k01-p3-m2;k01;2")
    assert edited != machines.read_text()
    machines.write_text(edited)
    before = {path: path.stat().st_mtime_ns for path in place.raw.rglob("*")}
    with (
        patch("python_ml.morning.daily.build", side_effect=InputError("built no more here")),
        patch("python_ml.morning.daily._tell"),
    ):
        assert place.arepas("daily", "--as-of", str(NEXT_DAY)) == 2
    assert {path: path.stat().st_mtime_ns for path in place.raw.rglob("*")} == before
    assert machines.read_text() == edited


def test_a_fleet_that_was_not_written_whole_is(place: Workspace):
    fleet = DemoFleet(1, 7, ("metric_1", "metric_2"), AS_OF - timedelta(days=2))
    assert _lacks_days(place.settings(), fleet, AS_OF)


def test_a_demo_is_scored_from_a_past_morning_on_until_it_was_published(place: Workspace):
    fleet = DemoFleet(1, 7, ("metric_1",), AS_OF - timedelta(days=DEMO_DAYS))
    young = replace(fleet, started_on=fleet.started_on + timedelta(days=1))
    assert _first_morning(place.settings(), fleet, AS_OF) == AS_OF - timedelta(days=DEMO_PAST_DAYS)
    assert _first_morning(place.settings(), young, AS_OF) == AS_OF
    place.bi.write_bytes(b"")
    assert _first_morning(place.settings(), fleet, AS_OF) == AS_OF


def test_a_back_fill_goes_forward(place: Workspace):
    with (
        start_run(place.settings(), AS_OF) as run,
        pytest.raises(InputError, match="TO=2026-11-20 lies before FROM=2026-11-21; swap them"),
    ):
        backfill(place.settings(), run, first=NEXT_DAY)
    assert not place.warehouse.exists()
