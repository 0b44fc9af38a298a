"""Alarms of the published file, and what recipients are still to be told of them; no output."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from python_ml.seen.morning import PlannedMachine, page_name
from python_ml.seen.notify import SentLog
from python_ml.seen.pages import records
from python_ml.seen.published import Published

ALARM, RESOLVED = "alarm", "resolved"
# Who could not be reached for a week need not hear that an alarm is over.
TELL_END_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Alarm:
    """Mornings of stop or watch that follow each other, of one machine.

    Attributes:
        closed_on: When it ended; None while it is open.
        ended_by: `stopped`, `broke_down` or `calmed_down`; None while it is open, and where the
            machine left the plan.
        page: The file name of the machine's page.
    """

    machine_id: str
    kitchen_id: str
    opened_on: date
    closed_on: date | None
    ended_by: str | None
    page: str


def read_alarms(published: Published) -> list[Alarm]:
    """All alarms that were open in the last ninety days."""
    return [
        Alarm(
            machine_id=str(row["machine_id"]),
            kitchen_id=str(row["kitchen_id"]),
            opened_on=row["opened_on"].date(),
            closed_on=None if row["closed_on"] is None else row["closed_on"].date(),
            ended_by=row["ended_by"],
            page=page_name(str(row["machine_id"])),
        )
        for row in records(published["rpt_alarm_episodes"])
    ]


def first_mornings(published: Published, limit: float) -> dict[str, date]:
    """By machine at or above a limit now, the first of its mornings there that follow each other.

    An alert of a machine that no alarm is open for goes by it.
    """
    plan = published["rpt_maintenance_plan_daily"].sort_values("as_of_date")
    is_above = plan["failure_probability"].fillna(0.0) >= limit
    run = (~is_above).groupby(plan["machine_id"]).cumsum()
    first = plan[is_above].groupby([plan["machine_id"], run])["as_of_date"].min()
    return {str(machine): day.date() for (machine, _), day in first.items()}


def cause_of(machine: PlannedMachine) -> str:
    """Name what endangers a machine most: the first reason that raises its risk, without numbers.

    Empty where there are no such reasons.
    """
    reasons = json.loads(machine.reason_details) if machine.reason_details else []
    raising = (reason for reason in reasons if reason.get("risk") == "up")
    first = next(raising, {})
    return " ".join(str(first[key]) for key in ("metric", "part", "words_key") if first.get(key))


class AlarmsTold:
    """What one recipient was told of alarms: each once, again only for another cause, and its end.

    An alarm goes by its first morning. Late data may move that back, so whatever was told since
    then counts.
    """

    def __init__(self, log: SentLog, recipient: str) -> None:
        self._log = log
        self._recipient = recipient

    def is_due(self, machine: PlannedMachine, opened_on: date) -> bool:
        """Whether an alert about a machine says something new."""
        told = self._told(machine.machine_id, opened_on)
        return told is None or cause_of(machine) not in told

    def end_is_due(self, alarm: Alarm, as_of: date) -> bool:
        """Whether the recipient was told of an alarm and not yet that it is over."""
        if alarm.closed_on is None:
            return False
        # What was told after it closed was told of the machine's next alarm.
        until = max(alarm.closed_on, alarm.opened_on + timedelta(days=1))
        return (
            alarm.closed_on > as_of - TELL_END_FOR
            and self._told(alarm.machine_id, alarm.opened_on, until=until) is not None
            and self._log.state(RESOLVED, alarm.opened_on, alarm.machine_id, self._recipient)
            is None
        )

    def write_down(self, machine: PlannedMachine, opened_on: date) -> None:
        """Write down that an alert was sent."""
        causes = {*(self._told(machine.machine_id, opened_on) or ()), cause_of(machine)}
        state = json.dumps(sorted(causes))
        self._log.record(ALARM, opened_on, machine.machine_id, self._recipient, state)

    def write_down_end(self, alarm: Alarm) -> None:
        """Write down that it was told that an alarm is over."""
        self._log.record(
            RESOLVED, alarm.opened_on, alarm.machine_id, self._recipient, alarm.ended_by or "gone"
        )

    def _told(
        self, machine_id: str, since: date, *, until: date = date.max
    ) -> Sequence[str] | None:
        """The causes told since a day and before another; None if nothing was."""
        states = self._log.states_since(ALARM, since, machine_id, self._recipient, until=until)
        return [cause for state in states for cause in json.loads(state)] if states else None
