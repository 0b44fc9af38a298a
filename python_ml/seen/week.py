"""The coming days as people see them: what is to be stopped when, and why then; no input."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class PlannedStop:
    """A machine's stop in the coming days, or one that was promised and is not any more.

    Attributes:
        planned_on: None where it is not within these days any more.
        promised_on: The day that the morning before had promised; None if it had not.
        why: The name of the text that says why then.
        page: The file name of the machine's page.
    """

    machine_id: str
    kitchen_id: str
    planned_on: date | None
    promised_on: date | None
    why: str
    page: str

    @property
    def is_changed(self) -> bool:
        """Whether it is not as the morning before promised."""
        return self.promised_on is not None and self.promised_on != self.planned_on


@dataclass(frozen=True)
class Week:
    """What is planned for the days after a morning, and what is booked for the morning itself.

    Attributes:
        stops: By day, then by machine.
        dropped: What was promised and is not planned any more.
    """

    stops: tuple[PlannedStop, ...] = ()
    dropped: tuple[PlannedStop, ...] = ()

    @property
    def days(self) -> list[tuple[date, list[PlannedStop]]]:
        """The days that have stops, each with its own."""
        by_day: dict[date, list[PlannedStop]] = {}
        for stop in self.stops:
            if stop.planned_on is not None:
                by_day.setdefault(stop.planned_on, []).append(stop)
        return list(by_day.items())

    def of_machines(self, machine_ids: Iterable[str]) -> "Week":
        """The same week of some machines alone."""
        names = set(machine_ids)
        return Week(
            tuple(stop for stop in self.stops if stop.machine_id in names),
            tuple(stop for stop in self.dropped if stop.machine_id in names),
        )


def read_week(rows: pd.DataFrame, plan_date: date | None, pages: dict[str, str]) -> Week:
    """Read the week of a morning.

    Args:
        rows: Of rpt_week_plan; grain: machine_id, as_of_date.
        plan_date: The morning.
        pages: The file name of each machine's page.
    """
    if rows.empty or plan_date is None:
        return Week()
    of_day = rows[rows["as_of_date"] == pd.Timestamp(plan_date)]
    # Today's own stops are the plan; what is booked for today stands nowhere else.
    is_today = of_day["planned_date"] == pd.Timestamp(plan_date)
    coming = of_day[~is_today | (of_day["why_then"] == "booked")]
    stops = [_read_stop(row, pages) for row in coming.to_dict("records")]
    later = [stop for stop in stops if stop.planned_on is not None]
    dropped = [stop for stop in stops if stop.planned_on is None and stop.promised_on is not None]
    later.sort(key=lambda stop: (str(stop.planned_on), stop.machine_id))
    return Week(tuple(later), tuple(dropped))


def _read_stop(row: dict[Any, Any], pages: dict[str, str]) -> PlannedStop:
    return PlannedStop(
        machine_id=str(row["machine_id"]),
        kitchen_id=str(row["kitchen_id"]),
        planned_on=_day(row["planned_date"]),
        promised_on=_day(row["promised_date"]),
        why=f"week_why.{row['why_then']}",
        page=pages.get(str(row["machine_id"]), ""),
    )


def _day(value: object) -> date | None:
    return value.date() if isinstance(value, datetime) and not pd.isna(value) else None
