"""Why a model says what it says, in words that a kitchen worker reads and as data; pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from python_ml.learning.columns import METRIC_WORDS, describe_feature, split_metric

REASON_COUNT = 3
# The statistics that say the same thing of a metric, so that a reason is not named twice.
SAME_AS = {"last_day_delta_7d": "mean_1d"}
RECENT = {"mean_1d": "", "mean_1d_before": " on the day before the last"}  # told against the week


@dataclass(frozen=True)
class Reason:
    """One thing that moved a prediction.

    Attributes:
        feature: The column that says it.
        words_key: What it is about, the same for every metric: what pages translate.
        metric: The metric that it is about, if it is about one.
        direction: Whether the value lies above (`up`) or below (`down`) the reference.
        value: What was measured; None where nothing was.
        reference: The week's mean for what is recent, otherwise what is usual for the type.
        change_ratio: By how much the value differs, as a share of the reference.
        risk: Whether it moved the probability `up` or `down`.
    """

    feature: str
    words_key: str
    metric: str | None
    direction: str
    value: float | None
    reference: float | None
    change_ratio: float | None
    risk: str


def explain(
    estimator: Any,  # noqa: ANN401
    features: pd.DataFrame,
) -> list[list[Reason]]:
    """Name, for each row, what moved the prediction most, the strongest first.

    What a feature adds to the log-odds is exact: with what no feature can change, it adds up to
    the prediction. Features that say the same thing are put together.
    """
    columns = list(features.columns)
    names = [_subject(column) for column in columns]
    subjects = sorted(set(names), key=names.index)
    membership = np.array([[name == subject for name in names] for subject in subjects], float)
    moves = estimator.compute_contributions(features)[:, :-1] @ membership.T
    strongest = np.argsort(-np.abs(moves), axis=1, kind="stable")[:, :REASON_COUNT]
    position = {column: i for i, column in enumerate(columns)}
    usual = dict(zip(columns, estimator.usual_values_, strict=True))
    values = features.to_numpy(float)
    return [
        [_reason(subjects[i], values[row], position, usual, moves[row, i]) for i in strongest[row]]
        for row in range(len(features))
    ]


def to_text(reasons: Sequence[Reason]) -> str:
    """Say reasons in words, the strongest first."""
    return "; ".join(_sentence(reason) for reason in reasons)


def to_json(reasons: Sequence[Reason]) -> str:
    """Write reasons down as data: a list of objects."""
    return json.dumps([vars(reason) for reason in reasons])


def _subject(column: str) -> str:
    metric, statistic = split_metric(column)
    return f"{metric}_{SAME_AS.get(statistic, statistic)}" if metric else column


def _reason(
    column: str,
    values: np.ndarray,
    position: Mapping[str, int],
    usual: Mapping[str, float],
    move: float,
) -> Reason:
    metric, statistic = split_metric(column)
    value = float(values[position[column]])
    reference = float(usual[column])
    if metric and statistic in RECENT:
        reference = float(values[position[f"{metric}_mean_7d"]])
    ratio = (value - reference) / abs(reference) if reference else np.nan
    if statistic == "slope_7d":
        reference = 0.0
        mean = float(values[position[f"{metric}_mean_7d"]])
        ratio = value / abs(mean) if mean else np.nan
    return Reason(
        feature=column,
        words_key=statistic,
        metric=metric,
        direction="up" if value > reference else "down",
        value=_known(value),
        reference=_known(reference),
        change_ratio=_known(ratio),
        risk="up" if move > 0 else "down",
    )


def _known(number: float) -> float | None:
    return float(f"{number:.6g}") if np.isfinite(number) else None


def _sentence(reason: Reason) -> str:
    return f"{_finding(reason)} (risk {reason.risk})"


def _finding(reason: Reason) -> str:
    words = describe_feature(reason.feature)
    if reason.value is None:
        return f"{words} unknown"
    if reason.metric is None or reason.change_ratio is None:
        usually = "" if reason.reference is None else f", usually {reason.reference:.3g}"
        return f"{words} {reason.value:.3g}{usually}"
    share = abs(reason.change_ratio)
    amount = f"{share:.0%}" if share >= 0.01 else f"{share:.1%}"
    amount = amount.replace("%", " %")
    about = METRIC_WORDS.format(reason.metric.partition("_")[2])
    is_up = reason.direction == "up"
    if reason.words_key in RECENT:
        moved = "rose" if is_up else "fell"
        return f"{about} {moved} {amount} against the last 7 days{RECENT[reason.words_key]}"
    if reason.words_key == "slope_7d":
        return f"{about} {'rises' if is_up else 'falls'} by {amount} a day"
    return f"{words} {amount} {'above' if is_up else 'below'} usual"
