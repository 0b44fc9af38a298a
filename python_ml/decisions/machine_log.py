"""What happened to machines: labelled mornings and the maintenance log as grids; pure.

Shapes: M machines, D days. Times are days since 00:00 of the log's first day; infinite where
nothing comes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

SAFE_SHARE = 0.9  # of machines that run through a stop's credit


@dataclass(frozen=True)
class MachineLog:
    """What happened to some machines on some days.

    Attributes:
        machine_ids: The machines, sorted; shape (M,).
        first_day: The log's first morning.
        is_judged: Whether the machine has a labelled morning; shape (M, D).
        breakdown_at: When the next breakdown that counts starts; shape (M, D).
        renewed_at: When the machine's last stop ended, or its first morning; shape (M, D).
        horizon_days: How far labels look ahead.
        credit_days: For how long a stop keeps a machine from breaking down.
    """

    machine_ids: NDArray[np.object_]
    first_day: pd.Timestamp
    is_judged: Flags
    breakdown_at: Floats
    renewed_at: Floats
    horizon_days: int
    credit_days: int

    @property
    def machine_days(self) -> Floats:
        """Judged mornings of each machine; shape (M,)."""
        return self.is_judged.sum(axis=1).astype(float)

    @property
    def is_before_breakdown(self) -> Flags:
        """Whether a breakdown starts within the horizon of a judged morning; shape (M, D)."""
        days = np.arange(self.is_judged.shape[1])
        return self.is_judged & (self.breakdown_at < days + self.horizon_days)

    @property
    def breakdown_counts(self) -> Floats:
        """Breakdowns of each machine that count; shape (M,)."""
        pairs = zip(self.breakdown_at, self.is_before_breakdown, strict=True)
        return np.array([float(len(np.unique(at[is_before]))) for at, is_before in pairs])

    def spread(self, rows: pd.DataFrame, values: pd.Series) -> Floats:
        """Lay one value per row out over machines and days; NaN where no row is; shape (M, D)."""
        grid = np.full(self.is_judged.shape, np.nan)
        grid[_places(rows, self.machine_ids, self.first_day)] = values.to_numpy(float)
        return grid


def build_log(rows: pd.DataFrame, stops: pd.DataFrame, horizon_days: int) -> MachineLog:
    """Put labelled mornings and the maintenance log together.

    Args:
        rows: Columns machine_id, as_of_date, has_breakdown; grain: machine_id, as_of_date.
        stops: Columns machine_id, kind, started_at, ended_at; grain: machine_id, kind, started_at.
        horizon_days: How far labels look ahead.

    Raises:
        ValueError: Labels and maintenance log contradict each other.
    """
    mornings = pd.to_datetime(rows["as_of_date"])
    first_day = mornings.min()
    machine_ids = np.sort(rows["machine_id"].unique()).astype(object)
    day_count = (mornings.max() - first_day).days + 1
    places = _places(rows, machine_ids, first_day)
    is_judged = np.zeros((len(machine_ids), day_count), bool)
    is_judged[places] = True
    labels = np.zeros_like(is_judged)
    labels[places] = rows["has_breakdown"].to_numpy(bool)
    breakdown_at = np.full(is_judged.shape, np.inf)
    renewed_at = np.zeros(is_judged.shape)
    for number, times in enumerate(_stop_times(stops, machine_ids, first_day)):
        breakdown_at[number] = _next_counted(*times[:2], is_judged[number], horizon_days)
        renewed_at[number] = _last_renewed(times[2], is_judged[number])
    log = MachineLog(
        machine_ids=machine_ids,
        first_day=first_day,
        is_judged=is_judged,
        breakdown_at=breakdown_at,
        renewed_at=renewed_at,
        horizon_days=horizon_days,
        credit_days=max(horizon_days, estimate_safe_days(stops)),
    )
    if np.any(log.is_before_breakdown != labels):
        raise ValueError("labels and maintenance log contradict each other")
    return log


def estimate_safe_days(stops: pd.DataFrame) -> int:
    """Estimate for how many whole days nine of ten machines run after a stop: Kaplan-Meier.

    Lives that end in a planned stop, or not yet, count as long as they lasted; 0 where the log
    knows of no breakdown after a stop.
    """
    ordered = stops.sort_values(["machine_id", "started_at"])
    of_machine = ordered.groupby("machine_id")
    known_to = pd.concat([stops["started_at"], stops["ended_at"]]).max()
    next_kind = of_machine["kind"].shift(-1)
    next_start = of_machine["started_at"].shift(-1).fillna(known_to)
    days = ((next_start - ordered["ended_at"]) / pd.Timedelta(days=1)).to_numpy(float)
    is_life = np.isfinite(days) & (days > 0)
    ages, ends_broken = days[is_life], (next_kind == "breakdown").to_numpy(bool)[is_life]
    surviving = 1.0
    broken_ages, broken_counts = np.unique(ages[ends_broken], return_counts=True)
    reached_counts = len(ages) - np.searchsorted(np.sort(ages), broken_ages)
    for age, broken, reached in zip(broken_ages, broken_counts, reached_counts, strict=True):
        surviving *= 1 - broken / reached
        if surviving < SAFE_SHARE:
            return int(age)
    return 0


def _places(
    rows: pd.DataFrame, machine_ids: NDArray[np.object_], first_day: pd.Timestamp
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    days = (pd.to_datetime(rows["as_of_date"]) - first_day).dt.days.to_numpy()
    return np.searchsorted(machine_ids, rows["machine_id"].to_numpy(object)), days


def _stop_times(
    stops: pd.DataFrame, machine_ids: NDArray[np.object_], first_day: pd.Timestamp
) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Sorted starts of breakdowns, starts of planned stops, ends of both, in days, by machine."""
    started, ended = (
        ((stops[name] - first_day) / pd.Timedelta(days=1)).to_numpy(float)
        for name in ("started_at", "ended_at")
    )
    is_breakdown = (stops["kind"] == "breakdown").to_numpy(bool)
    numbers = pd.Index(machine_ids).get_indexer(stops["machine_id"].to_numpy(object))
    order = np.argsort(numbers, kind="stable")
    bounds = np.searchsorted(numbers[order], np.arange(len(machine_ids) + 1))
    for rows in (order[slice(*pair)] for pair in pairwise(bounds)):
        of_machine, broke, ends = started[rows], is_breakdown[rows], ended[rows]
        yield np.sort(of_machine[broke]), np.sort(of_machine[~broke]), _sorted_known(ends)


def _sorted_known(times: Floats) -> Floats:
    return np.sort(times[np.isfinite(times)])


def _next_counted(
    breakdowns: Floats, planned: Floats, is_judged: Flags, horizon_days: int
) -> Floats:
    """When the next breakdown comes that some judged morning can see; shape (D,)."""
    days = np.arange(len(is_judged))
    next_planned = _next(planned, days)
    upcoming = _next(breakdowns, days)
    is_seen = is_judged & (upcoming <= next_planned) & (upcoming < days + horizon_days)
    counted = _next(np.unique(upcoming[is_seen]), days)
    return np.where(counted <= next_planned, counted, np.inf)


def _next(times: Floats, days: NDArray[np.int64]) -> Floats:
    return np.append(times, np.inf)[np.searchsorted(times, days)]


def _last_renewed(ended: Floats, is_judged: Flags) -> Floats:
    """When the machine last ran again; before its first stop, its first judged morning."""
    days = np.arange(len(is_judged))
    times = np.concatenate([[float(np.argmax(is_judged))], ended])
    times.sort()
    return times[np.maximum(np.searchsorted(times, days, side="right") - 1, 0)]
