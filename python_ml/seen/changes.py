"""What a plan changed against the one before it; no input or output."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from python_ml.seen.morning import Morning, PlannedMachine, planned_machine
from python_ml.seen.published import Published


@dataclass(frozen=True)
class PlanChanges:
    """What is other than on the morning of the plan before.

    Attributes:
        since: That morning.
        new: Machines to stop that were not to be stopped.
        gone: Machines, as they are planned now, that were to be stopped and are not any more.
        left: Names of machines that were to be stopped and are in no plan now.
        moved: Machines that stand in another kitchen now.
    """

    since: date
    new: tuple[PlannedMachine, ...]
    gone: tuple[PlannedMachine, ...]
    left: tuple[str, ...]
    moved: tuple[PlannedMachine, ...]

    @property
    def is_any(self) -> bool:
        """Whether there is something to tell."""
        return bool(self.new or self.gone or self.left or self.moved)


def plan_changes(published: Published, morning: Morning) -> PlanChanges | None:
    """Compare the newest plan with the one before; None where there is none."""
    plan = published["rpt_maintenance_plan_daily"]
    if morning.plan_date is None or plan.empty:
        return None
    earlier = plan[plan["as_of_date"] < pd.Timestamp(morning.plan_date)]
    if earlier.empty:
        return None
    since = earlier["as_of_date"].max()
    rows = earlier[earlier["as_of_date"] == since].to_dict("records")
    before = {machine.machine_id: machine for machine in map(planned_machine, rows)}
    now = {machine.machine_id: machine for machine in morning.machines}
    were_to_stop = {name for name, machine in before.items() if machine.decision == "stop"}
    return PlanChanges(
        since=since.date(),
        new=tuple(m for m in morning.stops if m.machine_id not in were_to_stop),
        gone=tuple(
            machine
            for name, machine in now.items()
            if name in were_to_stop and machine.decision != "stop"
        ),
        left=tuple(sorted(were_to_stop - now.keys())),
        moved=tuple(
            machine
            for name, machine in now.items()
            if name in before and before[name].kitchen_id != machine.kitchen_id
        ),
    )
