"""Thresholds of drift keep to their budget of false alarms, and a gauge's own shift stands out."""

import numpy as np
import pandas as pd
import pytest

from python_ml.decisions.drift import (
    BLOCK_DAYS,
    FEWEST_DAYS,
    choose_thresholds,
    compute_statistics,
    compute_weights,
    find_alarms,
)


def wandering(days: int, gauges: int, seed: int) -> pd.DataFrame:
    """Levels that depend on the day before, as those of machines do."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 1, (days, gauges))
    levels = np.zeros_like(noise)
    for day in range(1, days):
        levels[day] = 0.7 * levels[day - 1] + noise[day]
    return pd.DataFrame(levels, pd.date_range("2025-01-01", periods=days))


def test_another_two_years_without_drift_keep_to_the_budget():
    thresholds = choose_thresholds(compute_statistics(wandering(730, 60, 1)), alarms_per_month=2.0)
    later = find_alarms(compute_statistics(wandering(730, 60, 2)), thresholds)
    starts = (later & ~later.shift(1, fill_value=False)).to_numpy().sum()
    assert 0.5 < starts / (730 / BLOCK_DAYS) < 3.0


def test_each_gauge_has_a_threshold_by_its_own_deviation():
    levels = wandering(400, 2, 3)
    statistics = compute_statistics(levels * [1.0, 10.0])
    small, large = choose_thresholds(statistics, alarms_per_month=0.5)
    assert large / small == pytest.approx(
        10 * compute_statistics(levels)[1].std() / compute_statistics(levels)[0].std()
    )


def test_a_gauge_with_too_little_history_or_none_that_moves_gets_no_threshold():
    levels = wandering(400, 3, 4)
    levels.iloc[: -FEWEST_DAYS + 1, 1] = np.nan
    levels[2] = 5.0
    thresholds = choose_thresholds(compute_statistics(levels), alarms_per_month=1.0)
    assert list(thresholds.index) == [0]
    assert choose_thresholds(compute_statistics(levels[[2]]), alarms_per_month=1.0).empty


def test_what_other_metrics_explain_is_taken_away():
    common, own = wandering(500, 1, 5), wandering(500, 1, 6)
    weights = compute_weights(2 * common + 0.1 * own, common)
    assert weights[0] == pytest.approx(2, abs=0.1)
    alone = compute_weights(common, common * np.nan)
    assert alone[0] == 0


def test_the_statistic_is_the_newest_days_against_those_before():
    levels = pd.DataFrame({"g": [0.0] * 21 + [1.0] * 6}, pd.date_range("2025-01-01", periods=27))
    statistic = compute_statistics(levels)["g"]
    assert statistic.iloc[-1] == pytest.approx(1.0)
    assert statistic.iloc[20] == pytest.approx(0.0)
    assert statistic.iloc[:15].isna().all()


def test_an_alarm_lasts_until_it_is_well_below_its_threshold():
    heights = [0.9, 1.1, 0.8, -1.2, 0.7, 0.9, 1.1, float("nan"), 0.8]
    alarms = find_alarms(pd.DataFrame({"g": heights}) * 3, pd.Series({"g": 3.0}))
    assert list(alarms["g"]) == [False, True, True, True, False, False, True, False, False]
    assert not find_alarms(pd.DataFrame({"g": heights}), pd.Series(dtype=float)).any(axis=None)
