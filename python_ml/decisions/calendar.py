"""The best calendar that was known: stops at a fixed age or after a fixed work; pure.

A calendar reads one of the features that are clocks, so that the gate and a morning's plan mean the
same by it: a machine is due from the morning on which the clock shows the interval. A machine whose
clock is not known is never due.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from python_ml.decisions.cost_replay import (
    INTERVAL_CANDIDATES,
    Costs,
    costs_of_machines,
    replay_clock,
)
from python_ml.decisions.machine_log import Floats, MachineLog, build_log
from python_ml.learning.columns import CALENDAR_CLOCKS, LABEL

WORK_CANDIDATES = 60


@dataclass(frozen=True)
class Calendar:
    """Stops whenever a clock shows an interval.

    Attributes:
        clock: The feature that it reads; None for the calendar that never stops a machine.
        interval: Days or batches.
        stop_saving: What one of its stops saved on average where it was chosen, in money.
    """

    clock: str | None = None
    interval: float = np.inf
    stop_saving: float = 0.0

    def __str__(self) -> str:
        """Name it as the gate's reasons do."""
        if self.clock is None:
            return "running to failure"
        unit = "days" if self.clock.startswith("days") else "batches"
        return f"a stop every {self.interval:.0f} {unit}"


NEVER_STOPS = Calendar()


def choose_calendars(
    rows: pd.DataFrame, stops: pd.DataFrame, costs: pd.DataFrame, horizon_days: int
) -> dict[int, Calendar]:
    """Choose for each phase the calendar that would have cost least on some labelled mornings.

    Running to failure is among them, and wins where nothing is cheaper.

    Args:
        rows: Columns machine_id, phase, as_of_date, has_breakdown and, where they are known, the
            clocks; grain: machine_id, as_of_date.
        stops: The maintenance log; columns machine_id, kind, started_at, ended_at.
        costs: The seed maintenance_costs; one row per phase.
        horizon_days: How far labels look ahead.
    """
    return {
        int(phase): _choose(rows[rows["phase"] == phase], stops, costs, horizon_days)
        for phase in rows["phase"].unique()
    }


def cost_by_machine(
    calendars: Mapping[int, Calendar], rows: pd.DataFrame, log: MachineLog, costs: Costs
) -> Floats:
    """What the machines' calendars would have cost; shape (M,)."""
    phases = phases_of(rows, log)
    cost = log.breakdown_counts * costs.breakdown
    for phase, calendar in calendars.items():
        if calendar.clock is not None:
            interval = np.array([calendar.interval])
            outcome = replay_clock(log, log.spread(rows, rows[calendar.clock]), interval)
            cost = np.where(phases == phase, outcome.compute_costs(log, costs)[0], cost)
    return cost


def phases_of(rows: pd.DataFrame, log: MachineLog) -> np.ndarray:
    """Each machine's phase; shape (M,)."""
    by_machine = rows.drop_duplicates("machine_id").set_index("machine_id")
    return by_machine.loc[log.machine_ids, "phase"].to_numpy()


def _choose(
    rows: pd.DataFrame, stops: pd.DataFrame, costs: pd.DataFrame, horizon_days: int
) -> Calendar:
    if not rows[LABEL].any():
        return NEVER_STOPS
    log = build_log(rows, stops, horizon_days)
    of_machines = costs_of_machines(rows, costs, log)
    never = float((log.breakdown_counts * of_machines.breakdown).sum())
    best, least = NEVER_STOPS, never
    for clock in (clock for clock in CALENDAR_CLOCKS if clock in rows):
        shown = log.spread(rows, rows[clock])
        # The longest first: of equally cheap calendars the one with the fewest stops.
        intervals = _candidates(clock, shown)[::-1]
        outcome = replay_clock(log, shown, intervals)
        totals = outcome.compute_costs(log, of_machines).sum(axis=1)
        if totals.size and totals.min() < least:
            number = int(np.argmin(totals))
            stop_count = (outcome.prevented + outcome.false_stops)[number].sum()
            least = float(totals[number])
            best = Calendar(clock, float(intervals[number]), (never - least) / float(stop_count))
    return best


def _candidates(clock: str, shown: Floats) -> Floats:
    """Intervals to choose from: whole days, or batches at even shares of the mornings."""
    if clock.startswith("days"):
        return INTERVAL_CANDIDATES.astype(float)
    known = shown[np.isfinite(shown) & (shown > 0)]
    if not known.size:
        return known
    return np.unique(np.round(np.quantile(known, np.linspace(0, 1, WORK_CANDIDATES))))
