"""Answers of kitchens: what is taken from whom, and where it is checked against the plan."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from python_ml.engines.warehouse import published_tables
from python_ml.errors import InputError
from python_ml.raw.answer_links import PlannedStop, read_answer_link
from python_ml.raw.feedback import Answer, append_answer, check_time_of_answer, read_answers
from python_ml.settings import Settings

PLANNED_DAYS = """
select min(as_of_date) as first_day, max(as_of_date) as last_day
from bi.rpt_maintenance_plan_daily where machine_id = $machine
"""
PLANNED_STOP = """
select * from bi.rpt_maintenance_plan_daily where machine_id = $machine and as_of_date = $day
"""
# A plan stands until the next one is published.
PLAN_STANDS = timedelta(days=1)


class LinkError(InputError):
    """A link that opens no stop.

    Attributes:
        status: The HTTP status that says so.
        fault: The text of the languages' table `answer_page`.
        stop: The stop that it was for, where that can be read.
    """

    def __init__(self, status: int, fault: str, stop: PlannedStop | None = None) -> None:
        super().__init__(fault)
        self.status = status
        self.fault = fault
        self.stop = stop


@dataclass(frozen=True)
class OpenStop:
    """A stop that can be answered.

    Attributes:
        plan: Its row of the published plan.
        answers: What was answered so far.
        now: The kitchens' local time.
    """

    stop: PlannedStop
    plan: dict[str, Any]
    answers: list[Answer]
    now: datetime


class Answers:
    """Takes answers from those who have a key, and from those who have a link."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._now = now

    def write(self, answer: Answer) -> str:
        """Write the answer of somebody with a key; returns the file's name.

        Raises:
            InputError: The machine is in no published plan, or the stop cannot have been.
        """
        with published_tables(self._settings.bi_path) as published:
            days = published.records(PLANNED_DAYS, {"machine": answer.machine_id})[0]
        if days["first_day"] is None:
            raise InputError(
                f"machine_id={answer.machine_id!r} is in no published plan; GET /plan lists them"
            )
        first, last = _day(days["first_day"]), _day(days["last_day"])
        check_time_of_answer(answer, (first, last + PLAN_STANDS), now=self._now())
        return append_answer(self._settings, answer)

    def open(self, token: str) -> OpenStop:
        """Find the stop that a link is for.

        Raises:
            LinkError: The link is none of ours, too old, or its stop is not published any more.
        """
        try:
            stop = read_answer_link(self._settings, token)
        except InputError as error:
            raise LinkError(403, "bad_link") from error
        now = self._now()
        if now.date() > stop.answerable_until:
            raise LinkError(410, "expired", stop)
        with published_tables(self._settings.bi_path) as published:
            named = {"machine": stop.machine_id, "day": stop.planned_on}
            rows = published.records(PLANNED_STOP, named)
        if not rows:
            raise LinkError(404, "not_planned", stop)
        answers = read_answers(self._settings, stop.machine_id, stop.planned_on)
        return OpenStop(stop, rows[0], answers, now)

    def write_for(self, open_stop: OpenStop, answer: Answer) -> None:
        """Write the answer of somebody with a link: to that stop, begun on its day.

        Raises:
            InputError: The stop cannot have been, or its answer cannot be written.
        """
        day = open_stop.stop.planned_on
        check_time_of_answer(answer, (day, day), now=open_stop.now)
        append_answer(self._settings, answer)


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value
