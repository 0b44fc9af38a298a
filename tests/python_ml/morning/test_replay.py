"""A past morning's decision made again: equal, or what changed."""

from pathlib import Path

import pytest

from python_ml.engines.warehouse import Warehouse
from python_ml.morning.replay import replay_decision
from tests.conftest import Workspace
from tests.small_fleet import AS_OF, copy_of

pytestmark = pytest.mark.slow

MACHINES = """
select machine_id from ml.week_plan where as_of_date = ? and why_then <> 'blind' order by 1
"""


def test_a_decision_is_made_again_and_what_changed_is_told(evening: Workspace, tmp_path: Path):
    morning = copy_of(evening, tmp_path / "morning")
    machines = [row[0] for row in morning.rows(MACHINES, (AS_OF,))]
    assert len(machines) > 1

    def replayed(machine: str) -> str:
        return replay_decision(morning.settings(), machine_id=machine, as_of=AS_OF)

    assert all(replayed(machine).endswith("now: equal") for machine in machines)
    assert replayed("nobody") == "none was made of that morning"
    with Warehouse(morning.warehouse) as warehouse:
        changed = "update ml.week_plan set planned_date = date '2026-01-01', why_then = 'booked'"
        warehouse.execute(f"{changed} where machine_id = ?", [machines[0]])
    told = replayed(machines[0])
    assert told.startswith("2026-01-01 (booked) then, ")
    assert "what was booked or had broken down by then" in told
    assert "late data" not in told
    with Warehouse(morning.warehouse) as warehouse:
        warehouse.execute(
            "update ml.prediction_inputs set maintenance_hash = 'other' where machine_id = ?",
            [machines[0]],
        )
    assert replayed(machines[0]).endswith(f"late data: the maintenance log of {machines[0]}")
