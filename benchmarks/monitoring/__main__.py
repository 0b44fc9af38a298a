"""`make bench-monitoring`: drift told where there is none, shifts found, savings, its own cost.

Thresholds are fitted on a year and a half of each made-up fleet and judged on the half year after
it. Beside ours, on days of the same fleets: Evidently's default, where EVIDENTLY_PYTHON names a
Python that has it.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from benchmarks.monitoring.cost import print_cost
from benchmarks.monitoring.fleet import METRICS, simulate
from benchmarks.monitoring.savings import print_savings
from python_ml.decisions.drift import compute_statistics, find_alarms
from python_ml.lifecycle.drift_references import KEYS, fit_references, pool

FLEETS, MACHINES, FITTED_DAYS, JUDGED_DAYS = 50, 20, 548, 182
SHIFTS_PER_FLEET = 4
SAVING_FLEETS = 10
FOUND_WITHIN = 7
BUDGET, LEAST_FOUND = 1.0, 0.9


def main() -> int:
    """Print the tables; 1 where a figure that must be reached is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--first-seed", type=int, default=0, help="of each part's fleets")
    arguments = parser.parse_args()
    parts = arguments.parts.split(",")
    if unknown := set(parts) - PARTS.keys():
        parser.error(f"unknown parts {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return 0 if all([PARTS[part](arguments.first_seed) for part in parts]) else 1


def print_drift(first_seed: int) -> bool:
    """Print what is told of drift; says whether the figures are met."""
    months = FLEETS * JUDGED_DAYS / 30
    starts, found, found_by_days = 0, 0, []
    for seed in range(first_seed, first_seed + FLEETS):
        days = simulate(machines=MACHINES, days=FITTED_DAYS + JUDGED_DAYS, seed=seed)
        judge = _Judge(days)
        starts += judge.count_alarms(days)
        rng = np.random.default_rng(1000 + seed)
        for _ in range(SHIFTS_PER_FLEET):
            delay = judge.find_shift(days, rng)
            found_by_days.append(delay)
            found += delay is not None
    rate = starts / months
    margin = 1.96 * max(starts, 1) ** 0.5 / months
    shifts = FLEETS * SHIFTS_PER_FLEET
    share = found / shifts
    share_margin = 1.96 * (share * (1 - share) / shifts) ** 0.5
    delays = [delay for delay in found_by_days if delay is not None]
    print(f"{FLEETS} fleets of {MACHINES} machines with {len(METRICS)} metrics, nothing drifts\n")
    print(
        f"- false alarms a month and fleet: {rate:.2f}"
        f" ({rate - margin:.2f} to {rate + margin:.2f}),"
        f" allowed {BUDGET:g}: {'met' if rate - margin <= BUDGET else 'MISSED'}"
    )
    print(
        f"- a shift of one deviation of the readings found within {FOUND_WITHIN} days: {share:.0%}"
        f" (± {share_margin:.0%}), after {np.mean(delays):.1f} days on average, to reach"
        f" {LEAST_FOUND:.0%}: {'met' if share >= LEAST_FOUND else 'MISSED'}"
    )
    _print_evidently(first_seed)
    return rate - margin <= BUDGET and share >= LEAST_FOUND


class _Judge:
    """Thresholds of one fleet, fitted on its first year and a half."""

    def __init__(self, days: pd.DataFrame) -> None:
        self._split = days["measured_date"].min() + pd.Timedelta(days=FITTED_DAYS)
        self._references = fit_references(
            days[days["measured_date"] < self._split], alarms_per_month=BUDGET
        )
        gauges = self._references.drop_duplicates(KEYS[::2]).set_index(KEYS[::2])
        self._thresholds, self._weights = gauges["threshold"], gauges["other_weight"]

    def alarms(self, days: pd.DataFrame) -> pd.DataFrame:
        """Whether each gauge alarms on each day after the fitted ones."""
        recent = days[days["measured_date"] >= self._split - pd.Timedelta(days=40)]
        levels, others = pool(recent.merge(self._references, on=KEYS))
        statistics = compute_statistics(levels - self._weights * others.fillna(0.0))
        return find_alarms(statistics, self._thresholds).loc[self._split :]

    def count_alarms(self, days: pd.DataFrame) -> int:
        alarms = self.alarms(days)
        return int((alarms & ~alarms.shift(1, fill_value=False)).to_numpy().sum())

    def find_shift(self, days: pd.DataFrame, rng: np.random.Generator) -> int | None:
        """Plant a shift in one gauge; the day on which it is found, None if in no week."""
        machine = rng.choice(days["machine_id"].unique())
        metric = rng.choice(METRICS)
        begins = self._split + pd.Timedelta(days=int(rng.integers(30, JUDGED_DAYS - 10)))
        is_shifted = (
            (days["machine_id"] == machine)
            & (days["metric"] == metric)
            & (days["measured_date"] >= begins)
        )
        shifted = days.assign(mean=days["mean"] + is_shifted * rng.choice([-1.0, 1.0]))
        of_machine = shifted[shifted["machine_id"] == machine]
        alarms = self.alarms(of_machine)[(machine, metric)].loc[begins:].iloc[:FOUND_WITHIN]
        return int(np.argmax(alarms.to_numpy())) + 1 if alarms.any() else None


def _print_evidently(first_seed: int) -> None:
    """Evidently needs an older pandas than the project, so it has an interpreter of its own."""
    interpreter = os.environ.get("EVIDENTLY_PYTHON")
    if not interpreter:
        print("- Evidently: name a Python that has it (EVIDENTLY_PYTHON=) to see it beside")
        return
    module = "benchmarks.monitoring.evidently_beside"
    command = [interpreter, "-W", "ignore", "-m", module, str(first_seed)]
    print(subprocess.run(command, check=True, capture_output=True, text=True).stdout, end="")


PARTS: Mapping[str, Callable[[int], bool]] = {
    "drift": print_drift,
    "savings": lambda first_seed: print_savings(range(first_seed, first_seed + SAVING_FLEETS)),
    "cost": print_cost,
}

if __name__ == "__main__":
    sys.exit(main())
