"""`arepas replay`: predict and decide a past morning again, and say whether it is the same."""

import sys
from datetime import date

from python_ml.engines.warehouse import Warehouse
from python_ml.lifecycle.provenance import find_inputs, read_inputs
from python_ml.lifecycle.replay import replay
from python_ml.morning.week_plan import plan_morning
from python_ml.settings import Settings

DECIDED = "select planned_date, why_then from ml.week_plan where machine_id = ? and as_of_date = ?"
# Whose week is planned together with that of a machine.
OF_ONE_KITCHEN = """
select machine_id from bi.rpt_machine_risks_daily
where as_of_date = $day and kitchen_id = (
    select kitchen_id from bi.rpt_machine_risks_daily
    where as_of_date = $day and machine_id = $machine
)
order by machine_id
"""


def print_replays(settings: Settings, *, machine: str, as_of: date) -> int:
    """Replay a machine's past morning: a line for each arepa type, and one for the decision.

    Returns:
        How many lines were printed.

    Raises:
        InputError: Nothing was predicted of the machine on that morning, or not what from.
    """
    lines = [str(replayed) for replayed in replay(settings, machine_id=machine, as_of=as_of)]
    lines.append(f"decision: {replay_decision(settings, machine_id=machine, as_of=as_of)}")
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return len(lines)


def replay_decision(settings: Settings, *, machine_id: str, as_of: date) -> str:
    """Plan a past morning's week again, from its own predictions and terms, by the code of now.

    Returns:
        What was and would be decided of the machine: equal, or what changed.
    """
    with Warehouse(settings.warehouse_path) as warehouse:
        decided = warehouse.rows(DECIDED, [machine_id, as_of])
        now = [
            _tell(promise.planned_date, promise.why_then)
            for promise in plan_morning(warehouse, as_of)
            if promise.machine_id == machine_id
        ]
        if not decided or not now:
            return "none was made of that morning"
        then = _tell(*decided[0])
        if [then] == now:
            return f"{then} then, {now[0]} now: equal"
        return f"{then} then, {now[0]} now: {_find_cause(warehouse, machine_id, as_of)}"


def _tell(planned_date: date | None, why_then: str) -> str:
    return f"{planned_date or 'no stop'} ({why_then})"


def _find_cause(warehouse: Warehouse, machine_id: str, as_of: date) -> str:
    """Say which log has changed; predictions and terms are kept as they were."""
    asked = {"day": as_of, "machine": machine_id}
    changed = [
        name
        for (name,) in warehouse.rows(OF_ONE_KITCHEN, asked)
        if _has_another_log(warehouse, name, as_of)
    ]
    if changed:
        return f"late data: the maintenance log of {', '.join(changed)}"
    return (
        "code, the seed of slots, what was booked or had broken down by then, or what the morning"
        " before had promised"
    )


def _has_another_log(warehouse: Warehouse, machine_id: str, as_of: date) -> bool:
    then = {each.maintenance_hash for each in read_inputs(warehouse, machine_id, as_of).values()}
    now = {each.maintenance_hash for each in find_inputs(warehouse, machine_id, as_of).values()}
    return bool(then) and then != now
