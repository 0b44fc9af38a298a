"""Made-up fleets in which nothing drifts: machines wear and are renewed, gauges wander a little.

Shapes and shares are those of the demo fleet: a day's mean varies by 0.54 of the readings'
deviation, half of it slowly, and two metrics share what wear does (correlation 0.6).
"""

import numpy as np
import pandas as pd

METRICS = ("metric_1", "metric_2")
READINGS = 20
WEAR, OWN, NOISE, WITHIN = 0.42, 0.17, 0.23, 0.8
PERSISTENCE = 0.98


def simulate(*, machines: int, days: int, seed: int) -> pd.DataFrame:
    """Day means in deviations of the readings; grain: machine_id, metric, measured_date."""
    rng = np.random.default_rng(seed)
    wear = _wander(rng, days, machines, WEAR)
    dates = pd.date_range("2025-01-01", periods=days)
    parts = []
    for metric in METRICS:
        level = wear + _wander(rng, days, machines, OWN) + rng.normal(0, NOISE, (days, machines))
        means = pd.DataFrame(
            level + rng.normal(0, WITHIN / READINGS**0.5, level.shape),
            dates.rename("measured_date"),
            pd.Index([f"m{number:02}" for number in range(machines)], name="machine_id"),
        )
        parts.append(means.stack().rename("mean").reset_index().assign(metric=metric))
    return pd.concat(parts).assign(arepa_type="a1", reading_count=READINGS)


def readings_of(means: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Single readings around day means, in one row."""
    return (means[:, None] + rng.normal(0, WITHIN, (len(means), READINGS))).ravel()


def _wander(rng: np.random.Generator, days: int, machines: int, deviation: float) -> np.ndarray:
    steps = rng.normal(0, deviation * (1 - PERSISTENCE**2) ** 0.5, (days, machines))
    level = np.zeros((days, machines))
    level[0] = rng.normal(0, deviation, machines)
    for day in range(1, days):
        level[day] = PERSISTENCE * level[day - 1] + steps[day]
    return level
