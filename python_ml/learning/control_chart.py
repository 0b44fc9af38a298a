"""A control chart on the machine's own week, for types that no model knows; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from python_ml.learning.columns import LABEL
from python_ml.learning.reasons import Reason, to_json, to_text
from python_ml.metric_names import NO_NAMES, MetricNames

LIMIT = 3.0  # standard errors of a day's mean: beyond, the day is out of control
PULL_ROWS = 100.0  # as many mornings pull either share to that of all mornings


@dataclass(frozen=True)
class ChartShares:
    """How often mornings ended in a breakdown, by whether the day before was out of control."""

    in_control: float
    out_of_control: float


def compute_shares(rows: pd.DataFrame, metrics: Sequence[str]) -> ChartShares | None:
    """Compute the shares of breakdowns among labelled mornings.

    None where no breakdown is known: of what follows a day out of control nothing is known then,
    and 0 % would call it safe.
    """
    if rows.empty or not rows[LABEL].any():
        return None
    is_out = _compute_deviations(rows, metrics).max(axis=1) > LIMIT
    share = rows[LABEL].mean()

    def pulled(breakdowns: pd.Series) -> float:
        return float((breakdowns.sum() + PULL_ROWS * share) / (len(breakdowns) + PULL_ROWS))

    return ChartShares(pulled(rows.loc[~is_out, LABEL]), pulled(rows.loc[is_out, LABEL]))


def judge(
    rows: pd.DataFrame,
    metrics: Sequence[str],
    shares: ChartShares | None,
    names: MetricNames = NO_NAMES,
) -> pd.DataFrame:
    """Judge features by the chart: failure_probability, reasons, reason_details by row.

    The probability is the share of breakdowns after such a day; null where none is known.
    """
    deviations = _compute_deviations(rows, metrics)
    worst = deviations.argmax(axis=1)
    is_out = deviations.max(axis=1) > LIMIT
    found = [
        _describe(row, metrics[position], names, out)
        for (_, row), position, out in zip(rows.iterrows(), worst, is_out, strict=True)
    ]
    probability = (
        np.full(len(rows), np.nan)
        if shares is None
        else np.where(is_out, shares.out_of_control, shares.in_control)
    )
    return pd.DataFrame(
        {
            "failure_probability": probability,
            "reasons": [text for text, _ in found],
            "reason_details": [details for _, details in found],
        },
        index=rows.index,
    )


def _compute_deviations(rows: pd.DataFrame, metrics: Sequence[str]) -> np.ndarray:
    """Compute how many standard errors the last day's means lie off the week; (rows, metrics)."""
    readings_a_day = rows["reading_count_7d"] / rows["day_count_7d"].replace(0, np.nan)
    columns = [
        rows[f"{metric}_last_day_delta_7d"].abs()
        / rows[f"{metric}_std_7d"].replace(0.0, np.nan)
        * np.sqrt(readings_a_day)
        for metric in metrics
    ]
    return np.nan_to_num(np.column_stack(columns).astype(float))


def _describe(row: pd.Series, metric: str, names: MetricNames, is_out: bool) -> tuple[str, str]:
    value, reference = row[f"{metric}_mean_1d"], row[f"{metric}_mean_7d"]
    if pd.isna(value):
        return "no model for this type, and no readings of the last day", "[]"
    reason = Reason(
        feature=f"{metric}_mean_1d",
        words_key="mean_1d",
        metric=metric,
        direction="up" if value > reference else "down",
        value=float(value),
        reference=float(reference),
        change_ratio=float((value - reference) / abs(reference)) if reference else None,
        risk="up" if is_out else "down",
    )
    return to_text([reason], names, is_of_chart=True), to_json([reason])
