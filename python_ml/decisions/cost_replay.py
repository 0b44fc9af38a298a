"""What decisions would have cost: policies replayed over labelled mornings; pure.

The rules of the replay, here and nowhere else:

- Machines are judged on their labelled mornings. On all others (down, silent, the label censored
  by a planned stop or not yet mature) no policy can stop a machine.
- A breakdown counts if it starts within the horizon of a labelled morning.
- A stop renews the machine. Its *credit* is the time for which nine of ten machines ran after a
  stop of the log without breaking down (Kaplan-Meier), but at least one horizon.
- A stop *prevents* the machine's next breakdown if that starts within the credit and before any
  planned stop of the log. It costs a planned stop and the breakdown costs nothing; further alarms
  up to the day on which the breakdown would have come mean the same one.
- Any other stop is false: it costs a false stop, and the machine is not stopped again while the
  credit lasts.
- Every breakdown that counts and was not prevented costs a breakdown.
- Planned stops of the log are the same under every policy and cost nothing extra; each machine
  decides for itself, the technicians' slots do not matter.

Shapes: M machines, D days, K policies that are replayed side by side, B bootstrap samples.
Times are days since 00:00 of the log's first day; infinite where nothing comes.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from python_ml.decisions.machine_log import Flags, Floats, MachineLog

COST_COLUMNS = ("breakdown_cost", "planned_stop_cost", "false_stop_cost")
NEVER = float(np.nextafter(1.0, 2.0))  # a threshold that no probability reaches
THRESHOLD_CANDIDATES = 60
INTERVAL_CANDIDATES = np.arange(3, 181)
BOOTSTRAP_SAMPLES = 400
INTERVAL_PERCENTS = (5, 95)


@dataclass(frozen=True)
class Costs:
    """What maintenance costs for each machine; shape (M,), or () where it is the same for all.

    Raises:
        ValueError: Preventing a breakdown would not pay, or a false stop would cost nothing: with
            such costs no policy makes sense.
    """

    breakdown: Floats
    planned_stop: Floats
    false_stop: Floats

    def __post_init__(self) -> None:
        """Refuse costs that make no sense."""
        parts = (self.breakdown, self.planned_stop, self.false_stop)
        if not all(np.all(np.isfinite(part)) for part in parts):
            raise ValueError("costs that are no numbers")
        if np.any(self.planned_stop < 0) or np.any(self.breakdown <= self.planned_stop):
            raise ValueError("a breakdown must cost more than a planned stop")
        if np.any(self.false_stop <= 0):
            raise ValueError("a false stop must cost something")

    @property
    def break_even(self) -> Floats:
        """The probability at which a stop saves as much as it costs."""
        gain = self.breakdown - self.planned_stop
        return self.false_stop / (gain + self.false_stop)


@dataclass(frozen=True)
class Outcome:
    """What came of policies; each of shape (K, M)."""

    prevented: Floats
    false_stops: Floats
    warning_days: Floats

    def compute_costs(self, log: MachineLog, costs: Costs) -> Floats:
        """Add up what each policy cost for each machine; shape (K, M)."""
        missed = log.breakdown_counts - self.prevented
        return (
            missed * costs.breakdown
            + self.prevented * costs.planned_stop
            + self.false_stops * costs.false_stop
        )


def costs_of_machines(rows: pd.DataFrame, costs: pd.DataFrame, log: MachineLog) -> Costs:
    """Look up what maintenance costs for each machine of a log, by its phase.

    Raises:
        ValueError: A phase has no costs, or they make no sense.
    """
    by_machine = rows.drop_duplicates("machine_id").set_index("machine_id")
    phases = by_machine.loc[log.machine_ids, "phase"].to_numpy()
    by_phase = costs.set_index("phase")
    if not set(phases) <= set(by_phase.index):
        raise ValueError("seeds/maintenance_costs.csv lacks a phase")
    return Costs(*(by_phase.loc[phases, column].to_numpy(float) for column in COST_COLUMNS))


def replay_stops(log: MachineLog, wants: Flags) -> Outcome:
    """Replay policies that say for each machine and morning whether they would stop it.

    Args:
        log: What happened.
        wants: Shape (K, M, D).
    """
    return _replay(log, len(wants), lambda day, _: wants[:, :, day])


def replay_thresholds(log: MachineLog, probabilities: Floats, thresholds: Floats) -> Outcome:
    """Replay stops wherever the probability, (M, D), is at least a threshold, for each; (K,)."""
    by_day = np.ascontiguousarray(probabilities.T)
    return _replay(log, len(thresholds), lambda day, _: by_day[day] >= thresholds[:, None])


def replay_calendar(log: MachineLog, intervals: NDArray[np.int64]) -> Outcome:
    """Replay stops at a fixed age, for each of some ages in days; shape (K,)."""
    ages = intervals.astype(float)[:, None]

    def is_due(day: int, last_stop: Floats) -> Flags:
        return day - np.maximum(log.renewed_at[:, day], last_stop) >= ages

    return _replay(log, len(intervals), is_due)


def replay_clock(log: MachineLog, clock: Floats, intervals: Floats) -> Outcome:
    """Replay stops whenever a clock shows at least an interval, for each of some intervals.

    Args:
        log: What happened.
        clock: What the clock showed on each morning, shape (M, D); NaN where that is not known. A
            stop of the log took it back to zero, and a stop of the replay does so, too.
        intervals: Shape (K,).
    """
    machines = np.arange(len(log.machine_ids))

    def is_due(day: int, last_stop: Floats) -> Flags:
        is_newest = last_stop >= log.renewed_at[:, day]
        stopped_on = np.where(is_newest, last_stop, 0).astype(int)
        shown_then = np.where(is_newest, clock[machines, stopped_on], 0)
        return clock[:, day] - shown_then >= intervals[:, None]

    return _replay(log, len(intervals), is_due)


def choose_threshold(log: MachineLog, probabilities: Floats, costs: Costs) -> float:
    """Choose the threshold that would have cost least: from break-even up to never stopping.

    Args:
        log: What happened.
        probabilities: Shape (M, D), NaN where nothing was predicted.
        costs: What maintenance costs.

    Returns:
        The lowest of the cheapest thresholds; `NEVER` where not stopping costs least.
    """
    floor = float(np.min(costs.break_even))
    useful = probabilities[log.is_judged & (probabilities >= floor)]
    quantiles = np.quantile(useful, np.linspace(0, 1, THRESHOLD_CANDIDATES)) if useful.size else []
    candidates = np.unique([floor, *quantiles, NEVER])
    outcome = replay_thresholds(log, probabilities, candidates)
    total = outcome.compute_costs(log, costs).sum(axis=1)
    return float(candidates[int(np.argmin(total))])


def compute_cost_curve(
    log: MachineLog, probabilities: Floats, costs: Costs, thresholds: Floats
) -> Floats:
    """What a machine-day would have cost with each of some thresholds; shape (K,)."""
    outcome = replay_thresholds(log, probabilities, thresholds)
    return outcome.compute_costs(log, costs).sum(axis=1) / log.machine_days.sum()


def sample_machines(machine_count: int, seed: int) -> Floats:
    """Draw bootstrap samples of machines: how often each machine is in each; shape (B, M)."""
    rng = np.random.default_rng(seed)
    shares = np.full(machine_count, 1 / machine_count)
    return rng.multinomial(machine_count, shares, BOOTSTRAP_SAMPLES).astype(float)


def compute_ratio(parts: Floats, wholes: Floats, samples: Floats) -> tuple[float, float, float]:
    """Divide sums over machines, with the bootstrap interval; NaN where the whole is zero.

    Args:
        parts: Shape (M,).
        wholes: Shape (M,).
        samples: Shape (B, M).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(parts.sum() / wholes.sum()) if wholes.sum() else float("nan")
        drawn = (samples @ parts) / (samples @ wholes)
    drawn = drawn[np.isfinite(drawn)]
    if not len(drawn):
        return value, float("nan"), float("nan")
    low, high = np.percentile(drawn, INTERVAL_PERCENTS)
    return value, float(low), float(high)


def _replay(log: MachineLog, policy_count: int, is_due: Callable[[int, Floats], Flags]) -> Outcome:
    shape = (policy_count, len(log.machine_ids))
    prevented, false_stops, warning = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    last_stop, free_from = np.full(shape, -np.inf), np.full(shape, -np.inf)
    for day in range(log.is_judged.shape[1]):
        stops = is_due(day, last_stop) & log.is_judged[:, day] & (free_from <= day)
        # Few stop on any one morning: only they are looked at.
        stopped = np.nonzero(stops)
        breakdown_at = log.breakdown_at[stopped[1], day]
        hits = breakdown_at < day + log.credit_days
        prevented[stopped] += hits
        false_stops[stopped] += ~hits
        warning[stopped] += np.where(hits, breakdown_at - day, 0)
        last_stop[stopped] = day
        free_from[stopped] = np.where(hits, np.floor(breakdown_at) + 1, day + log.credit_days)
    return Outcome(prevented, false_stops, warning)
