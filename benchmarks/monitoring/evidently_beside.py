"""Evidently's default on readings of the same fleets; run by a Python that has it: FIRST_SEED."""

import sys

import numpy as np
import pandas as pd
from evidently import Dataset, Report
from evidently.presets import DataDriftPreset

from benchmarks.monitoring.fleet import METRICS, readings_of, simulate

FLEETS, GAUGES, WEEKS = 2, 5, 4
MACHINES, FITTED_DAYS, JUDGED_DAYS = 20, 548, 182


def main(first_seed: int) -> None:
    """Print how often a week is told as drift, without one and with one of a deviation."""
    rng = np.random.default_rng(7)
    told, told_shifted = [], []
    for seed in range(first_seed, first_seed + FLEETS):
        days = simulate(machines=MACHINES, days=FITTED_DAYS + JUDGED_DAYS, seed=seed)
        for _, gauge in list(days.groupby(["machine_id", "metric"]))[:GAUGES]:
            means = gauge.sort_values("measured_date")["mean"].to_numpy()
            reference = readings_of(means[:FITTED_DAYS], rng)
            for first in FITTED_DAYS + np.arange(WEEKS) * (JUDGED_DAYS // WEEKS):
                week = readings_of(means[first : first + 7], rng)
                told.append(_has_drifted(reference, week))
            told_shifted.append(_has_drifted(reference, week + 1.0))
    monthly = np.mean(told) * MACHINES * len(METRICS) * 30 / 7
    print(
        f"- Evidently's default, once a week on the readings of each gauge: {np.mean(told):.0%} of"
        f" {len(told)} weeks without drift are told as drift, {monthly:.0f} a month and fleet; of"
        f" {len(told_shifted)} shifted weeks {np.mean(told_shifted):.0%}, after 7 days"
    )


def _has_drifted(reference: np.ndarray, week: np.ndarray) -> bool:
    report = Report([DataDriftPreset()]).run(_dataset(week), _dataset(reference))
    return report.dict()["metrics"][0]["value"]["count"] > 0


def _dataset(values: np.ndarray) -> Dataset:
    return Dataset.from_pandas(pd.DataFrame({"value": values}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
