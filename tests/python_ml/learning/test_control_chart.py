"""Where no model knows a type, the machine's own week judges its last day."""

import numpy as np
import pandas as pd

from python_ml.learning.columns import LABEL
from python_ml.learning.control_chart import compute_shares, judge

METRICS = ("metric_1", "metric_2")


def make_rows(deltas: list[float]) -> pd.DataFrame:
    """Mornings with nine readings a day and a spread of 0.3: a standard error of 0.1."""
    rows = pd.DataFrame({"metric_2_last_day_delta_7d": deltas}).astype(float)
    rows = rows.assign(reading_count_7d=63, day_count_7d=7, metric_1_last_day_delta_7d=0.0)
    for metric in METRICS:
        rows[f"{metric}_std_7d"] = 0.3
        rows[f"{metric}_mean_7d"] = 2.0
        rows[f"{metric}_mean_1d"] = 2 + rows[f"{metric}_last_day_delta_7d"]
    return rows


def test_a_day_beyond_three_standard_errors_is_out_of_control_and_says_so():
    history = make_rows([0.0] * 900 + [0.5] * 100)
    history[LABEL] = [False] * 900 + [True] * 50 + [False] * 50
    shares = compute_shares(history, METRICS)
    calm, out = judge(make_rows([0.29, -0.4]), METRICS, shares).itertuples()
    assert calm.failure_probability < 0.05 < 0.2 < out.failure_probability < 0.5
    assert "within its usual spread" in calm.reasons
    assert (
        "out of its usual spread; metric_2 level of the last day 1.6, in the last 7 days 2"
        in out.reasons
    )


def test_without_a_maintenance_log_there_is_no_probability_but_a_reason():
    judged = judge(make_rows([0.4]), METRICS, compute_shares(make_rows([]), METRICS))
    assert judged["failure_probability"].isna().all()
    assert "control chart only" in judged["reasons"].iloc[0]


def test_before_the_first_known_breakdown_no_day_is_called_safe():
    history = make_rows([0.0] * 90 + [0.5] * 10)
    history[LABEL] = False
    judged = judge(make_rows([0.29, 0.4]), METRICS, compute_shares(history, METRICS))
    assert judged["failure_probability"].isna().all()
    assert "out of its usual spread" in judged["reasons"].iloc[1]
    history.loc[0, LABEL] = True
    known = judge(make_rows([0.29, 0.4]), METRICS, compute_shares(history, METRICS))
    assert (known["failure_probability"] > 0).all()


def test_a_silent_last_day_is_survived():
    rows = make_rows([np.nan])
    rows["metric_1_mean_1d"] = rows["metric_1_last_day_delta_7d"] = np.nan
    judged = judge(rows, METRICS, None)
    assert "no readings of the last day" in judged["reasons"].iloc[0]
