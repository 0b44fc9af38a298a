"""Splits and measures of models; pure, no input or output."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, brier_score_loss

from python_ml.learning.columns import LABEL


@dataclass(frozen=True)
class Split:
    """Training rows cut by date.

    Attributes:
        fitted: What is fitted on; mornings whose label a planned stop took among them.
        holdout: Newer mornings that are not, all labelled.
    """

    fitted: pd.DataFrame
    holdout: pd.DataFrame


def split_by_date(rows: pd.DataFrame, *, holdout_days: int, horizon_days: int) -> Split:
    """Keep the newest mornings apart, with a gap of one horizon before them.

    The gap keeps the labels of the fitted rows from looking into the holdout. Of a short history
    the holdout takes a quarter.
    """
    mornings = pd.to_datetime(rows["as_of_date"])
    first, last = mornings.min(), mornings.max()
    days = min(holdout_days, max(1, ((last - first).days + 1) // 4))
    holdout_start = last - timedelta(days=days - 1)
    is_fitted = mornings + timedelta(days=horizon_days) <= holdout_start
    return Split(rows[is_fitted], keep_labelled(rows[mornings >= holdout_start]))


def keep_labelled(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out the mornings whose label a planned stop took."""
    return rows[rows[LABEL].notna()].astype({LABEL: bool})


def compute_metrics(breakdowns: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    """Measure probabilities against what came; both of shape (rows,).

    Returns:
        Row and breakdown counts, Brier score and, where both classes came, average precision.
    """
    metrics = {
        "row_count": float(len(breakdowns)),
        "breakdown_count": float(np.sum(breakdowns)),
        "brier_score": float(brier_score_loss(breakdowns, probabilities)),
    }
    if 0 < metrics["breakdown_count"] < metrics["row_count"]:
        metrics["average_precision"] = float(average_precision_score(breakdowns, probabilities))
    return metrics


def compute_naive_metrics(fitted: pd.DataFrame, holdout: pd.DataFrame) -> dict[str, float]:
    """Measure the naive baseline on the holdout: the share of breakdowns among the fitted rows."""
    share = fitted[LABEL].mean()
    metrics = compute_metrics(holdout[LABEL].to_numpy(bool), np.full(len(holdout), share))
    return {f"naive_{name}": value for name, value in metrics.items() if "count" not in name}


def first_day(rows: pd.DataFrame) -> date:
    """The first morning of some rows."""
    return pd.to_datetime(rows["as_of_date"]).min().date()


def last_day(rows: pd.DataFrame) -> date:
    """The last morning of some rows."""
    return pd.to_datetime(rows["as_of_date"]).max().date()
