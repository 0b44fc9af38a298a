"""A morning as people see it: the plan of the published file, grouped and counted; no input."""

import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from python_ml.seen.published import Published
from python_ml.seen.week import Week, read_week

DECISIONS = ("stop", "watch", "blind", "run")
NONE_SEEN = "none_seen"  # of a plan without stops: no machine has a probability
SAFE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True)
class PlannedMachine:
    """One machine on one morning.

    Attributes:
        decision: `stop`, `watch`, `blind` or `run`.
        blocked_by: What alone keeps a machine worth stopping running; None otherwise.
        probability: Of a breakdown within the horizon; None for a blind machine.
        probability_lower: It lies between this and `probability_upper` four times in five; None
            where that is not known.
        probability_upper: See `probability_lower`.
        saving: What stopping saves on average against running on; None for a blind machine.
        saving_of_waiting: What waiting for the next morning saves against stopping now.
        days_on_plan: The how-manieth plan in a row that stops it; 0 if it is not to be stopped.
        decided_by: `model`, or `calendar` where the model's stops do not save against it.
        calendar_clock: The feature that the calendar reads; None where it never stops a machine.
        calendar_clock_value: Days or batches since the last stop; None if unknown.
        calendar_interval: From which value on a stop is due.
        order_number: Its work order in the maintenance system; None where it has none there.
        next_slot_saving: What one more slot in its kitchen would save that day; None if unknown.
        page: The file name of the machine's page.
        is_cooking: Whether it has usable readings of the week before, of whatever type.
    """

    machine_id: str
    kitchen_id: str
    zone: str
    phase: int
    status: str
    decision: str
    blocked_by: str | None
    probability: float | None
    probability_lower: float | None
    probability_upper: float | None
    threshold: float | None
    saving: float | None
    saving_of_waiting: float | None
    days_on_plan: int
    decided_by: str
    calendar_clock: str | None
    calendar_clock_value: float | None
    calendar_interval: float | None
    order_number: str | None
    next_slot_saving: float | None
    rank: int
    reasons: str | None
    reason_details: str | None
    page: str
    is_cooking: bool = False

    @property
    def status_text(self) -> str:
        """The name of the text that says what became of its prediction."""
        is_of_other_types = self.status == "no_data" and self.is_cooking
        return "status.other_types" if is_of_other_types else f"status.{self.status}"

    @property
    def calendar_text(self) -> str | None:
        """The name of the text that says how the calendar decides; None where the model does."""
        if self.decided_by != "calendar":
            return None
        if self.calendar_clock is None:
            return "calendar.never"
        if self.calendar_clock_value is None:
            return "calendar.unknown"
        return "calendar.days" if self.calendar_clock.startswith("days") else "calendar.batches"

    @property
    def is_worth_stopping(self) -> bool:
        """Whether it is at its threshold, or due by its calendar, as far as the file tells."""
        if self.decided_by == "calendar":
            value, limit = self.calendar_clock_value, self.calendar_interval
        else:
            value, limit = self.probability, self.threshold
        return value is not None and limit is not None and value >= limit

    @property
    def timing_text(self) -> str | None:
        """The name of the text that says why the week's plan stops it early, or not yet."""
        if self.decision == "stop":
            return None if self.is_worth_stopping or self.threshold is None else "machine.early"
        is_left = self.blocked_by is None and (self.saving or 0) > 0 and self.is_worth_stopping
        return "machine.not_yet" if is_left else None

    @property
    def is_better_later(self) -> bool:
        """Whether a stop would save something, and waiting for the next morning saves more."""
        is_worth = self.decision == "watch" and (self.saving or 0) > 0
        return is_worth and (self.saving_of_waiting or 0) > 0


@dataclass(frozen=True)
class DoubtfulGauge:
    """A gauge that cannot be trusted wholly on a morning.

    Attributes:
        grade: `medium` or `low`.
        reason: As in rpt_sensor_health_daily.
        since: The first morning in a row with this reason.
    """

    machine_id: str
    kitchen_id: str
    metric: str
    grade: str
    reason: str
    since: date


@dataclass(frozen=True)
class Morning:
    """The newest plan, and how far it can be trusted.

    Attributes:
        as_of: The morning that was asked for.
        plan_date: The morning that the plan is of; None without any plan.
        published_at: When that plan was published, UTC; None if the file does not say.
        measured_until: The latest reading that any kitchen delivered; None if unknown.
        failure: What stopped today's run, one line; None if nothing did.
        problems: What the data checks say of the plan's morning, one line each.
        not_done: What the run that made the plan left undone before it, one line a step.
        unlisted_types: Arepa types that cook but are on no list, so have no model.
        unmodelled_types: Arepa types that are to have a model and had none that morning.
        gauges: Those that cannot be trusted wholly, of the plan's machines.
        week: What is planned for the days after, and booked for the plan's own.
        newer_plan_date: The newest published plan's morning where that is a later one; else None.
    """

    as_of: date
    plan_date: date | None
    published_at: datetime | None
    measured_until: datetime | None
    failure: str | None
    horizon_days: int | None
    machines: tuple[PlannedMachine, ...]
    problems: tuple[str, ...]
    not_done: tuple[str, ...]
    unlisted_types: tuple[str, ...]
    unmodelled_types: tuple[str, ...]
    gauges: tuple[DoubtfulGauge, ...] = ()
    week: Week = field(default_factory=Week)
    newer_plan_date: date | None = None

    @property
    def is_stale(self) -> bool:
        """Whether the plan is not of the morning that was asked for."""
        return self.plan_date != self.as_of

    @property
    def words(self) -> str:
        """The texts that tell of the plan's day: `today`, or `then` where that is over."""
        return "then" if self.is_stale or self.newer_plan_date else "today"

    @property
    def trust(self) -> str:
        """`good`, `remarks` where a check or the run itself has one, `doubt` about an old plan."""
        if self.is_stale or self.failure or not self.machines:
            return "doubt"
        return "remarks" if self.remarks else "good"

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the run left undone, then what the data checks say."""
        return (*self.not_done, *self.problems)

    @property
    def stops(self) -> tuple[PlannedMachine, ...]:
        """Machines to stop, the most valuable stop first."""
        return self._of(lambda machine: machine.decision == "stop")

    @property
    def blocked(self) -> tuple[PlannedMachine, ...]:
        """Machines worth stopping that a limit keeps running."""
        return self._of(lambda machine: machine.blocked_by is not None)

    @property
    def blind(self) -> tuple[PlannedMachine, ...]:
        """Machines without a probability."""
        return self._of(lambda machine: machine.decision == "blind")

    @property
    def why_no_stop(self) -> str:
        """The name of the headline where nothing is to be stopped: no room, nothing seen, no need.

        That none of the machines can be judged must not sound as if all were well.
        """
        if self.blocked:
            return "no_room"
        return NONE_SEEN if len(self.blind) == len(self.machines) else "no_stop"

    @property
    def bad_gauges(self) -> tuple[DoubtfulGauge, ...]:
        """Gauges of a low grade."""
        return tuple(gauge for gauge in self.gauges if gauge.grade == "low")

    def gauges_of(self, machine_id: str) -> tuple[DoubtfulGauge, ...]:
        """One machine's gauges that cannot be trusted wholly."""
        return tuple(gauge for gauge in self.gauges if gauge.machine_id == machine_id)

    @property
    def saving(self) -> float:
        """What today's stops save together on average: the sum of what is told of each."""
        return math.fsum(round(machine.saving or 0) for machine in self.stops)

    @property
    def stops_before(self) -> tuple[PlannedMachine, ...]:
        """Machines to stop that were on the plan of the morning before already."""
        return self._of(lambda machine: machine.days_on_plan > 1)

    @property
    def by_calendar(self) -> tuple[PlannedMachine, ...]:
        """Machines for which a calendar decides, and not the model."""
        return self._of(lambda machine: machine.decided_by == "calendar")

    @property
    def kitchens(self) -> tuple[str, ...]:
        """All kitchens of the plan, `k2` before `k10`."""
        return sort_names(machine.kitchen_id for machine in self.machines)

    @property
    def stop_kitchens(self) -> tuple[str, ...]:
        """The kitchens that have something to stop."""
        return sort_names(machine.kitchen_id for machine in self.stops)

    @property
    def zones(self) -> tuple[str, ...]:
        """All zones of the plan, as far as they are known."""
        return sort_names(machine.zone for machine in self.machines if machine.zone)

    def count(self, decision: str) -> int:
        """Machines with a decision."""
        return sum(machine.decision == decision for machine in self.machines)

    def next_slots(self) -> list[tuple[str, float]]:
        """Kitchens where one more slot would save something, and how much; the most first."""
        savings = {
            machine.kitchen_id: machine.next_slot_saving
            for machine in self.machines
            if machine.next_slot_saving
        }
        place = {kitchen: number for number, kitchen in enumerate(self.kitchens)}
        return sorted(savings.items(), key=lambda item: (-item[1], place[item[0]]))

    def for_kitchen(self, kitchen_id: str) -> "Morning":
        """The same morning with the machines of one kitchen alone."""
        return self._with(tuple(m for m in self.machines if m.kitchen_id == kitchen_id))

    def places(self) -> Iterator[tuple[str, str, "Morning"]]:
        """The morning as each choice of kitchen and zone shows it: both names, empty for every.

        A kitchen that lies in one zone whole is the same with it as without, and is told once.
        """
        of_kitchen, of_zone, of_both = (defaultdict[Any, list[PlannedMachine]](list) for _ in "kzb")
        for machine in self.machines:
            of_kitchen[machine.kitchen_id].append(machine)
            if machine.zone:
                of_zone[machine.zone].append(machine)
                of_both[machine.kitchen_id, machine.zone].append(machine)
        for kitchen_id, machines in of_kitchen.items():
            yield kitchen_id, "", self._with(machines)
        for zone, machines in of_zone.items():
            yield "", zone, self._with(machines)
        for (kitchen_id, zone), machines in of_both.items():
            if len(machines) < len(of_kitchen[kitchen_id]):
                yield kitchen_id, zone, self._with(machines)

    def _with(self, machines: Sequence[PlannedMachine]) -> "Morning":
        names = {machine.machine_id for machine in machines}
        gauges = tuple(gauge for gauge in self.gauges if gauge.machine_id in names)
        week = self.week.of_machines(names)
        return replace(self, machines=tuple(machines), gauges=gauges, week=week)

    def _of(self, is_meant: Callable[[PlannedMachine], bool]) -> tuple[PlannedMachine, ...]:
        return tuple(machine for machine in self.machines if is_meant(machine))


def read_morning(published: Published, *, failure: str | None = None) -> Morning:
    """Put the newest plan of the published tables together."""
    plan = published["rpt_maintenance_plan_daily"]
    newest, published_last = published.plan_date, published.newest_as_of
    today = plan if newest is None else plan[plan["as_of_date"] == pd.Timestamp(newest)]
    publication = published["publication"]
    freshness = published["rpt_kitchen_freshness_daily"]
    types = published["rpt_arepa_types"]
    unlisted = types if types.empty else types[~types["is_listed"] & (types["batch_count"] > 0)]
    cooking = _cooking(published, newest)
    machines = tuple(
        replace(planned_machine(row), is_cooking=row["machine_id"] in cooking)
        for row in today.to_dict("records")
    )
    return Morning(
        as_of=published.as_of,
        plan_date=newest,
        published_at=None if publication.empty else _moment(publication["published_at"].max()),
        measured_until=None if freshness.empty else _moment(freshness["last_measured_at"].max()),
        failure=failure,
        horizon_days=None if today.empty else int(today["horizon_days"].iloc[0]),
        machines=machines,
        problems=tuple(_problems(published, newest)),
        not_done=_not_done(published, newest),
        unlisted_types=() if unlisted.empty else tuple(unlisted["arepa_type"]),
        unmodelled_types=_unmodelled_types(published, newest),
        gauges=_gauges(published, newest, {machine.machine_id for machine in machines}),
        week=read_week(
            published["rpt_week_plan"],
            newest,
            {machine.machine_id: machine.page for machine in machines},
        ),
        newer_plan_date=(
            published_last if published_last and published_last > published.as_of else None
        ),
    )


def planned_machine(row: dict[Any, Any]) -> PlannedMachine:
    """Read one row of the plan; columns that an older file lacks are None."""
    machine_id = str(row["machine_id"])
    return PlannedMachine(
        machine_id=machine_id,
        kitchen_id=str(row["kitchen_id"]),
        zone=_known(row.get("zone")) or "",
        phase=int(row["phase"]),
        status=str(row["status"]),
        decision=str(row["decision"]),
        blocked_by=_known(row["blocked_by"]),
        probability=_known(row["failure_probability"]),
        probability_lower=_known(row.get("probability_lower")),
        probability_upper=_known(row.get("probability_upper")),
        threshold=_known(row.get("stop_threshold_probability")),
        saving=_known(row["expected_saving"]),
        saving_of_waiting=_known(row.get("saving_of_waiting")),
        days_on_plan=int(_known(row.get("days_on_plan")) or 0),
        decided_by=_known(row.get("decided_by")) or "model",
        calendar_clock=_known(row.get("calendar_clock")),
        calendar_clock_value=_known(row.get("calendar_clock_value")),
        calendar_interval=_known(row.get("calendar_interval")),
        order_number=_known(row.get("order_number")),
        next_slot_saving=_known(row.get("next_slot_saving")),
        rank=int(row["rank"]),
        reasons=_known(row["reasons"]),
        reason_details=_known(row.get("reason_details")),
        page=page_name(machine_id),
    )


def page_name(machine_id: str) -> str:
    """Name a machine's page: its own name where that is a safe file name, else with a hash.

    Upper case counts as unsafe, since some file systems do not tell `M1` from `m1`.
    """
    if SAFE_NAME.fullmatch(machine_id):
        return f"{machine_id}.html"
    readable = re.sub(r"[^a-z0-9]+", "-", machine_id.lower()).strip("-")[:40]
    fingerprint = hashlib.sha256(machine_id.encode()).hexdigest()[:10]
    return f"{readable}.{fingerprint}.html".lstrip(".")


def sort_names(names: Iterable[str]) -> tuple[str, ...]:
    """Sort names as people do, each once: `k2` before `k10`."""

    def key(name: str) -> list[tuple[bool, int, str]]:
        parts = re.split(r"([0-9]+)", name)
        return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]

    return tuple(sorted(set(names), key=key))


def days_before(day: date, count: int) -> Sequence[date]:
    """The `count` days that end with `day`, the oldest first."""
    return [day - timedelta(days=back) for back in range(count - 1, -1, -1)]


def _problems(published: Published, plan_date: date | None) -> list[str]:
    checks = published["rpt_data_checks_daily"]
    if checks.empty or plan_date is None:
        return []
    of_today = checks[checks["as_of_date"] == pd.Timestamp(plan_date)]
    return [
        f"{row['subject']}: {row['message']}" if _known(row["subject"]) else str(row["message"])
        for row in of_today.to_dict("records")
    ]


def _not_done(published: Published, plan_date: date | None) -> tuple[str, ...]:
    """What the published run's steps of the plan's morning say that were only partly done.

    A run that filled in past mornings has no say on this one.
    """
    runs, publication = published["rpt_runs"], published["publication"]
    if runs.empty or publication.empty or plan_date is None:
        return ()
    is_meant = (
        (runs["run_id"] == publication["run_id"].iloc[0])
        & (runs["as_of_date"] == pd.Timestamp(plan_date))
        & (runs["status"] == "partly_done")
    )
    return tuple(runs.loc[is_meant, "message"].dropna())


def _unmodelled_types(published: Published, plan_date: date | None) -> tuple[str, ...]:
    predictions = published["rpt_predictions"]
    if predictions.empty or plan_date is None:
        return ()
    is_meant = (predictions["as_of_date"] == pd.Timestamp(plan_date)) & (
        predictions["status"] == "no_model"
    )
    return tuple(sorted(predictions.loc[is_meant, "arepa_type"].unique()))


def _cooking(published: Published, plan_date: date | None) -> set[str]:
    """The machines with usable readings in the week before, of types on a list or not."""
    days = published["rpt_machine_metrics_daily"]
    if days.empty or plan_date is None:
        return set()
    morning = pd.Timestamp(plan_date)
    is_meant = (
        (days["measured_date"] >= morning - timedelta(days=7))
        & (days["measured_date"] < morning)
        & (days["reading_count"] > 0)
    )
    return set(days.loc[is_meant, "machine_id"])


def _gauges(
    published: Published, plan_date: date | None, machine_ids: set[str]
) -> tuple[DoubtfulGauge, ...]:
    gauges = published["rpt_sensor_health_daily"]
    if gauges.empty or plan_date is None:
        return ()
    of_today = gauges[
        (gauges["as_of_date"] == pd.Timestamp(plan_date)) & gauges["machine_id"].isin(machine_ids)
    ]
    return tuple(
        DoubtfulGauge(
            machine_id=str(row["machine_id"]),
            kitchen_id=str(row["kitchen_id"]),
            metric=str(row["metric"]),
            grade=str(row["grade"]),
            reason=str(row["reason"]),
            since=row["since"].date(),
        )
        for row in of_today.to_dict("records")
    )


def _known(value: Any) -> Any:  # noqa: ANN401  (a cell of a data frame)
    return None if value is None or pd.isna(value) else value


def _moment(value: Any) -> datetime | None:  # noqa: ANN401
    return None if pd.isna(value) else value.to_pydatetime()
