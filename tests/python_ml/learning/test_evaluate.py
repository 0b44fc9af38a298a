"""Splits keep the future out."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from python_ml.learning.evaluate import compute_metrics, compute_naive_metrics, split_by_date


def make_rows(days: int) -> pd.DataFrame:
    mornings = [date(2026, 1, 1) + timedelta(days=day) for day in range(days)]
    return pd.DataFrame({"as_of_date": pd.to_datetime(mornings), "has_breakdown": False})


@given(days=st.integers(2, 200), holdout=st.integers(1, 90), horizon=st.integers(1, 30))
def test_no_fitted_label_looks_into_the_holdout(days: int, holdout: int, horizon: int):
    split = split_by_date(make_rows(days), holdout_days=holdout, horizon_days=horizon)
    assert len(split.holdout) > 0
    if len(split.fitted):
        last_label_day = split.fitted["as_of_date"].max() + timedelta(days=horizon)
        assert last_label_day <= split.holdout["as_of_date"].min()


def test_the_holdout_is_the_newest_days_and_a_quarter_at_most():
    rows = make_rows(100)
    assert len(split_by_date(rows, holdout_days=10, horizon_days=7).holdout) == 10
    assert len(split_by_date(rows, holdout_days=60, horizon_days=7).holdout) == 25


def test_metrics_by_hand():
    breakdowns = np.array([True, False, False, True])
    metrics = compute_metrics(breakdowns, np.array([0.9, 0.2, 0.4, 0.3]))
    assert metrics["brier_score"] == np.mean([0.01, 0.04, 0.16, 0.49])
    assert metrics["average_precision"] == (1 / 1 + 2 / 3) / 2
    assert "average_precision" not in compute_metrics(breakdowns[1:3], np.array([0.1, 0.2]))


def test_the_naive_baseline_is_the_share_among_the_fitted():
    fitted = pd.DataFrame({"has_breakdown": [True, False, False, False]})
    holdout = pd.DataFrame({"has_breakdown": [True, False]})
    metrics = compute_naive_metrics(fitted, holdout)
    assert metrics["naive_brier_score"] == (0.75**2 + 0.25**2) / 2
