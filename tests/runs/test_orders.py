"""A morning with a maintenance system: its numbers are on the plan, the page and in the mail."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Workspace
from tests.order_server import maintenance_system
from tests.small_fleet import NEXT_DAY, copy_of, run_morning

PLANNED = """
select machine_id, order_number from rpt_maintenance_plan_daily
where as_of_date = ? and decision = 'stop' order by all
"""
OPEN_ALARMS = """
select machine_id, order_number from rpt_alarm_episodes where order_number is not null order by all
"""


class OnTheDay(date):
    """The day on which the morning is."""

    @classmethod
    def today(cls) -> date:
        return NEXT_DAY


def test_the_morning_s_stops_have_the_numbers_of_their_orders(
    evening: Workspace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    workspace = copy_of(evening, tmp_path / "copy")
    with maintenance_system() as system:
        variables = {"ORDERS_URL": system.url, "ORDERS_DIR": str(tmp_path / "orders")}
        assert run_morning(workspace, NEXT_DAY, **variables) == 0
        assert f"the morning of {NEXT_DAY} is past, so no orders are made" in caplog.text
        assert system.orders == []
        monkeypatch.setattr("python_ml.morning.daily.date", OnTheDay)
        assert run_morning(workspace, NEXT_DAY, **variables) == 0
        assert run_morning(workspace, NEXT_DAY, **variables) == 0
        numbers = sorted((order["machine_id"], order["id"]) for order in system.orders)
    assert numbers
    with duckdb.connect(str(workspace.bi), read_only=True) as published:
        published.execute("use bi.bi")
        assert published.execute(PLANNED, [NEXT_DAY]).fetchall() == numbers
        assert published.execute(OPEN_ALARMS).fetchall() == numbers
    page = (workspace.folder / "public" / "index.html").read_text()
    [digest] = (workspace.folder / "reports" / str(NEXT_DAY)).glob("digest*all*en*.html")
    for _, number in numbers:
        assert f"Work order {number}" in page
        assert f"Work order {number}" in digest.read_text()
