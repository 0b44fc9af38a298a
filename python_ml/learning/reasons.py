"""Why a model says what it says, in words that a kitchen worker reads and as data; pure.

What is said is decided here for every language: page, mail, report and the tables' `reasons` tell
the same things in the same order. English stands here, since it is what the tables hold; the other
languages' words stand in `dashboard/languages/`.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from python_ml.learning.columns import (
    MACHINE_WORDS,
    PART_CLOCKS,
    STATISTIC_WORDS,
    WEAR,
    WEAR_WORDS,
    is_type_column,
    split_metric,
)
from python_ml.metric_names import NO_NAMES, MetricName, MetricNames

REASON_COUNT = 3
LEAST_SHARE = 0.05  # what moved a prediction less than that explains nothing
LEAST_CHANGE = 0.05  # what differs less than that is said only where nothing differs more
SIGNIFICANT_DIGITS, MOST_DECIMALS = 3, 12
# The statistics that say the same thing of a metric, so that a reason is not named twice.
SAME_AS = {"last_day_delta_7d": "mean_1d"}
RECENT = ("mean_1d", "mean_1d_before")  # told against the week
NAMED_PART = "days_since_named_part_service"

# The plan cuts the reasons of a stop at the first one that lowers the risk: see
# `rpt_maintenance_plan_daily`.
ENGLISH_PHRASES = {
    "above": "{what} {difference} above usual ({value})",
    "below": "{what} {difference} below usual ({value})",
    "usual": "{what} {value}, usually {reference}",
    "week": "{what} {value}, in the last 7 days {reference}",
    "rises": "{what} rises by {value} a day",
    "falls": "{what} falls by {value} a day",
    "alone": "{what} {value}",
    "unknown": "{what} unknown",
    "lowers": "less risk: {reason}",
    "nothing": "nothing stands out that raises the risk",
    "chart_out": "no model for this type, control chart only: the last day lies out of its usual"
    " spread",
    "chart_within": "no model for this type, control chart only: the last day lies within its usual"
    " spread",
}
ENGLISH_FEATURES = (
    MACHINE_WORDS
    | {WEAR: WEAR_WORDS, NAMED_PART: "days since {part} was serviced"}
    | {statistic: f"{{metric}} {words}" for statistic, words in STATISTIC_WORDS.items()}
)


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
        share: How much of all that moved the probability it is, 0 to 1.
        part: The part that it is about, as the log calls it, where that is known.
    """

    feature: str
    words_key: str
    metric: str | None
    direction: str
    value: float | None
    reference: float | None
    change_ratio: float | None
    risk: str
    share: float = 1.0
    part: str | None = None


@dataclass(frozen=True)
class Wording:
    """How a language says reasons.

    Attributes:
        phrases: As `ENGLISH_PHRASES`.
        features: What a reason is about, by its `words_key`; `{metric}` and `{part}` are put in.
        number: Writes a number with some decimals.
        metrics: What metrics are called, and their units.
    """

    phrases: Mapping[str, str]
    features: Mapping[str, str]
    number: Callable[[float, int], str]
    metrics: MetricNames


def _write_english(number: float, decimals: int) -> str:
    return f"{number:,.{decimals}f}"


def english(metrics: MetricNames = NO_NAMES) -> Wording:
    """Word reasons as the tables hold them, with what the metrics are called."""
    return Wording(ENGLISH_PHRASES, ENGLISH_FEATURES, _write_english, metrics)


def explain(
    estimator: Any,  # noqa: ANN401
    features: pd.DataFrame,
) -> list[list[Reason]]:
    """Name, for each row, what moved the prediction: what raises it, then what lowers it.

    What a feature adds to the log-odds is exact: with what no feature can change, it adds up to
    the prediction. Features that say the same thing are put together. Named are the strongest that
    raise it, and of those that lower it the ones among the strongest of all; what weighs less than
    LEAST_SHARE is not.
    """
    columns = list(features.columns)
    subjects, moves = _compute_moves(estimator, features)
    moved = np.abs(moves).sum(axis=1, keepdims=True)
    shares = np.divide(moves, moved, out=np.zeros_like(moves), where=moved > 0)
    values = features.to_numpy(float)
    usual = np.tile(np.asarray(estimator.usual_values_, float), (len(features), 1))
    # Only what follows wear can tell how much there is; without, the machine's types say nothing.
    wear = getattr(estimator, "wear_", None)
    unknown = np.full(len(features), np.nan)
    seen, expected = (unknown, unknown) if wear is None else wear.compute_health(values)
    values, usual = np.column_stack([values, seen]), np.column_stack([usual, expected])
    position = {column: i for i, column in enumerate([*columns, WEAR])}
    return [
        _choose(
            [
                _reason(subjects[i], values[row], usual[row], position, shares[row, i])
                for i in np.argsort(-np.abs(shares[row]), kind="stable")
                if abs(shares[row, i]) >= LEAST_SHARE
            ]
        )
        for row in range(len(features))
    ]


def measure_influence(
    estimator: Any,  # noqa: ANN401
    features: pd.DataFrame,
) -> dict[str, float]:
    """Measure how far each feature moves the log-odds of these rows from its mean, on the mean.

    Features that say the same thing are put together, as in reasons; what adds the same to all
    rows tells none from another.
    """
    subjects, moves = _compute_moves(estimator, features)
    moved = np.abs(moves - moves.mean(axis=0)).mean(axis=0)
    return dict(zip(subjects, moved.tolist(), strict=True))


def _compute_moves(
    estimator: Any,  # noqa: ANN401
    features: pd.DataFrame,
) -> tuple[list[str], np.ndarray]:
    """What there is to name, and what each adds to the log-odds; shape (rows, subjects)."""
    names = [_subject(column) for column in features.columns]
    subjects = sorted(set(names), key=names.index)
    membership = np.array([[name == subject for name in names] for subject in subjects], float)
    return subjects, estimator.compute_contributions(features)[:, :-1] @ membership.T


def name_parts(reasons: Sequence[Reason], parts: Sequence[str]) -> list[Reason]:
    """Call parts, whose names come in the order of their numbers, as the log does.

    A semicolon within a name would end the reason.
    """
    names = dict(zip(PART_CLOCKS, parts, strict=False))
    return [
        replace(reason, words_key=NAMED_PART, part=names[reason.feature].replace(";", ","))
        if reason.feature in names
        else reason
        for reason in reasons
    ]


def to_text(
    reasons: Sequence[Reason], names: MetricNames = NO_NAMES, *, is_of_chart: bool = False
) -> str:
    """Say reasons in English, as the tables hold them."""
    told = say([vars(reason) for reason in reasons], english(names), is_of_chart=is_of_chart)
    return "; ".join(told)


def to_json(reasons: Sequence[Reason]) -> str:
    """Write reasons down as data: a list of objects."""
    return json.dumps([vars(reason) for reason in reasons])


def say(
    reasons: Sequence[Mapping[str, object]], wording: Wording, *, is_of_chart: bool = False
) -> list[str]:
    """Say reasons in a language, one text each: what raises the risk, then what lowers it.

    Args:
        reasons: As `to_json` writes them.
        wording: The language.
        is_of_chart: Whether a control chart stands in for a model; the first text says so.
    """
    raising = [_sentence(reason, wording) for reason in reasons if reason["risk"] == "up"]
    lowering = [
        wording.phrases["lowers"].format(reason=_sentence(reason, wording))
        for reason in reasons
        if reason["risk"] != "up"
    ]
    if is_of_chart:
        first = [wording.phrases["chart_out" if raising else "chart_within"]]
    else:
        first = [] if raising else [wording.phrases["nothing"]]
    return [*first, *raising, *lowering]


def _choose(reasons: Sequence[Reason]) -> list[Reason]:
    """Choose which reasons to name, those that raise the risk first, the strongest first."""
    raising = [reason for reason in reasons if reason.risk == "up"]
    raising = [reason for reason in raising if _differs(reason)] or raising
    lowering = [reason for reason in reasons[:REASON_COUNT] if reason.risk == "down"]
    return raising[:REASON_COUNT] + lowering


def _differs(reason: Reason) -> bool:
    """Whether a reader sees from the value that something is unusual; a trend is always one."""
    is_told = reason.change_ratio is not None and reason.words_key != "slope_7d"
    return not is_told or abs(reason.change_ratio) >= LEAST_CHANGE


def _subject(column: str) -> str:
    if is_type_column(column):
        return WEAR
    metric, statistic = split_metric(column)
    return f"{metric}_{SAME_AS.get(statistic, statistic)}" if metric else column


def _reason(
    column: str,
    values: np.ndarray,
    usual: np.ndarray,
    position: Mapping[str, int],
    share: float,
) -> Reason:
    metric, statistic = split_metric(column)
    value = float(values[position[column]])
    reference = float(usual[position[column]])
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
        risk="up" if share > 0 else "down",
        share=round(abs(float(share)), 4),
    )


def _known(number: float) -> float | None:
    return float(f"{number:.6g}") if np.isfinite(number) else None


def _sentence(reason: Mapping[str, object], wording: Wording) -> str:
    metric = reason.get("metric")
    words_key, value, reference = (reason[key] for key in ("words_key", "value", "reference"))
    named = MetricName("") if metric is None else wording.metrics[str(metric)]
    what = wording.features[str(words_key)].format(metric=named.name, part=reason.get("part"))
    if not isinstance(value, float | int):
        return wording.phrases["unknown"].format(what=what)
    if words_key == "slope_7d":
        phrase = wording.phrases["rises" if reason["direction"] == "up" else "falls"]
        return phrase.format(what=named.name, value=_write([abs(value)], wording, named.unit)[0])
    if not isinstance(reference, float | int):
        told = _write([value], wording, named.unit)[0]
        return wording.phrases["alone"].format(what=what, value=told)
    written, usual, difference = _write(
        [value, reference, abs(value - reference)], wording, named.unit
    )
    # A difference needs its unit: without one it would be a number behind a number.
    if words_key == "mean_7d" and named.unit and written != usual:
        phrase = wording.phrases["above" if value > reference else "below"]
        return phrase.format(what=named.name, difference=difference, value=written)
    phrase = wording.phrases["week" if words_key in RECENT else "usual"]
    return phrase.format(what=what, value=written, reference=usual)


def _write(numbers: Sequence[float], wording: Wording, unit: str = "") -> list[str]:
    """Write numbers with as many decimals as the largest needs, or as it takes to tell them apart.

    `26.6` and `13.5`, `0.0614` and `0.0585`, `1,234` and `98`; no zeros at the end. A third
    number, the difference of two, takes as many as they do.
    """
    largest = max(map(abs, numbers[:2]))
    magnitude = math.floor(math.log10(largest)) + 1 if largest else SIGNIFICANT_DIGITS
    least = min(max(SIGNIFICANT_DIGITS - magnitude, 0), MOST_DECIMALS)
    decimals = next(
        (
            more
            for more in range(least, least + SIGNIFICANT_DIGITS)
            if len({round(number, more) for number in numbers[:2]}) == len(set(numbers[:2]))
        ),
        least,
    )
    behind = f" {unit}" if unit else ""
    return [
        wording.number(number, _count_decimals(number, decimals)) + behind for number in numbers
    ]


def _count_decimals(number: float, most: int) -> int:
    return len(f"{number:.{most}f}".partition(".")[2].rstrip("0"))
