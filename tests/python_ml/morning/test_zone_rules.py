"""Rules of time zones that the machine and DuckDB do not share are told with their first day."""

import shutil
import zoneinfo
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from python_ml.morning.zone_rules import find_difference
from tests.conftest import Workspace

TODAY = date(2021, 4, 1)
LAYOUT = """
[plc]
table = "cooking_metrics"
files = "plc*"
columns.timestamp = {from = "t", zone = "ZONE"}
columns.machine_id = "m"
columns.batch_id = "b"
columns.metric_1 = "x"
columns.metric_2 = "y"
"""


@pytest.fixture
def rome_never_sets_its_clocks(tmp_path: Path) -> Iterator[None]:
    """A machine that takes Algiers' rules for Rome's, as after a change of law."""
    rules_of = {
        "Europe/Rome": "Africa/Algiers", "Europe/Oslo": "Europe/Oslo", "localtime": "Asia/Tokyo"
    }  # fmt: skip
    known = next(Path(place) for place in zoneinfo.TZPATH if Path(place, "Africa/Algiers").exists())
    for name, rules in rules_of.items():
        path = tmp_path / "zoneinfo" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(known / rules, path)
    zoneinfo.reset_tzpath([tmp_path / "zoneinfo"])
    zoneinfo.ZoneInfo.clear_cache()
    yield
    zoneinfo.reset_tzpath()
    zoneinfo.ZoneInfo.clear_cache()


@pytest.mark.usefixtures("rome_never_sets_its_clocks")
def test_the_first_hour_that_two_sets_of_rules_show_differently_is_found():
    assert find_difference("Europe/Oslo", TODAY) is None
    # The summer time of the past year, before the one that has begun.
    assert str(find_difference("Europe/Rome", TODAY)).startswith(
        "Europe/Rome: DuckDB's time is 60 minutes ahead of the machine's from 2020-03-31 on, "
    )
    ahead = find_difference("Europe/Rome", date(2019, 11, 1))
    assert ahead is not None
    assert ahead.day == date(2019, 3, 31)
    assert find_difference("localtime", TODAY) is None, "no zone of DuckDB's"


@pytest.mark.usefixtures("rome_never_sets_its_clocks")
@pytest.mark.parametrize(
    ("zone", "begins"),
    [(None, "ok    Europe/Rome: "), ("Europe/Oslo", "FAULT Europe/Rome: "), ("Europe/Rome", "ok")],
)
def test_the_doctor_calls_it_a_fault_where_times_are_converted_by_such_rules(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], zone: str | None, begins: str
):
    layouts = workspace.folder / "layouts.toml"
    layouts.write_text(LAYOUT.replace("ZONE", zone or ""))
    places = {"RAW_LAYOUTS": str(layouts)} if zone else {}
    workspace.arepas("doctor", "--as-of", str(TODAY), TZ="Europe/Rome", **places)
    (told,) = [line for line in capsys.readouterr().out.splitlines() if "DuckDB's time" in line]
    assert told.startswith(begins)
