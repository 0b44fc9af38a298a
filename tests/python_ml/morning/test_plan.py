"""The printed plan: whom to stop, who would be but for the limits, and the others counted."""

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from python_ml.engines.warehouse import Warehouse
from python_ml.learning.columns import WEAR_WORDS
from python_ml.morning.plan import print_plan
from python_ml.settings import load_settings

AS_OF = date(2026, 11, 20)
HOSTILE = "[red]m9[/red]"
ROWS = [
    ("stop", "m1", 0.999, 1200.4, None, f"{WEAR_WORDS} 1.32, usually 0.71"),
    ("stop", "m2", 0.402, 800.4, None, "trend"),
    ("watch", "m3", 0.4, 700.0, "technician_slots", "level"),
    ("run", HOSTILE, 0.3, 600.0, "last_running_machine", "level"),
    ("watch", "m5", 0.1, -50.0, None, "nothing much"),
    ("blind", "m6", None, None, None, None),
    ("run", "m7", 0.01, -350.0, None, "nothing"),
    ("watch", "m8", 0.4, 650.0, "last_running_machine", "level"),
    ("watch", "m10", 0.4, 640.0, "last_running_machine", "level"),
]
# Beside m10 stands one that is on no plan.
MACHINES = """
create schema core;
create table core.dim_machines as
select machine_id, kitchen_id, phase from bi.rpt_maintenance_plan_daily where as_of_date = ?
union all
select 'on_no_plan', 'k1', 3
"""


@pytest.fixture
def printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    columns = ["decision", "machine_id", "failure_probability", "expected_saving", "blocked_by"]
    plan = pd.DataFrame(ROWS, columns=[*columns, "reasons"]).assign(kitchen_id="k1", phase=1)
    plan.loc[plan["machine_id"] == "m8", "phase"] = 2
    plan.loc[plan["machine_id"] == "m10", "phase"] = 3
    plan["decided_by"] = ["model", "calendar", *["model"] * 7]
    plan["rank"] = plan.index + 1
    plan["as_of_date"] = AS_OF
    yesterday = plan.assign(as_of_date=AS_OF - timedelta(days=1), machine_id="of_yesterday")
    places = {"WAREHOUSE_PATH": str(tmp_path / "warehouse.duckdb"), "PHASES": "1,2,3"}
    settings = load_settings(places)
    with Warehouse(settings.warehouse_path) as warehouse:
        warehouse.execute("create schema bi")
        warehouse._connection.register("plan", pd.concat([yesterday, plan]))
        warehouse.execute("create table bi.rpt_maintenance_plan_daily as select * from plan")
        for statement in MACHINES.split(";"):
            warehouse.execute(statement, [AS_OF] if "?" in statement else None)
    print_plan(settings, AS_OF)
    return capsys.readouterr().out


def test_machines_to_stop_and_those_that_a_limit_keeps_running_are_listed_by_rank(printed: str):
    listed = [line for line in printed.splitlines() if " k1 " in line]
    assert [line.split()[7] for line in listed] == ["m1", "m2", "m3", HOSTILE, "m8", "m10"]
    assert "> 99%" in listed[0], "no risk is said to be certain"
    assert "\nWear of the machine by all its types: 0 serviced, 1 breaking down." in printed
    assert "1,200" in listed[0]
    assert "due by its calendar: trend" in listed[1]
    assert "calendar" not in listed[0]
    assert "no technician left: level" in listed[2]
    assert "last running in its phase: level" in listed[3]
    assert "the only machine of its phase in the kitchen" in listed[4]
    assert "last running in its phase: level" in listed[5]


def test_the_others_are_counted_and_another_morning_is_left_out(printed: str):
    assert "Stop 2 machines (expected saving 2,000 USD), watch 4, run 2, blind 1." in printed
    for name in ("m5", "m6", "m7", "of_yesterday"):
        assert name not in printed
    assert f"the morning of {AS_OF}" in printed
