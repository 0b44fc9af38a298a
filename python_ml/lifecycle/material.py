"""What a training is made from, on any engine, and what is said of it; pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from python_ml.errors import one_line
from python_ml.learning.answers import rehearse
from python_ml.learning.blend import BlendedClassifier
from python_ml.learning.columns import LABEL, feature_columns, feature_hash, model_columns
from python_ml.learning.estimator import BLEND, has_enough_history, predict_probability
from python_ml.learning.evaluate import (
    Split,
    compute_metrics,
    compute_naive_metrics,
    first_day,
    last_day,
    split_by_date,
)
from python_ml.run.code_version import code_version
from python_ml.settings import Settings

REHEARSED_ROWS = 20


def input_columns(settings: Settings) -> tuple[str, ...]:
    """Name the inputs of models, in their order: an estimator of one's own looks at one type."""
    is_blend = settings.training.estimator == BLEND
    return model_columns(settings.metrics) if is_blend else feature_columns(settings.metrics)


def split_rows(rows: pd.DataFrame, settings: Settings) -> Split:
    """Cut the newest mornings of the training window off, the same for all types."""
    training = settings.training
    first_morning = last_day(rows) - timedelta(days=training.window_days + training.holdout_days)
    return split_by_date(
        rows[pd.to_datetime(rows["as_of_date"]).dt.date > first_morning],
        holdout_days=training.holdout_days,
        horizon_days=settings.horizon_days,
    )


def rows_of_type(split: Split, arepa_type: str) -> Split:
    """Choose the rows of one type on both sides of the cut."""
    return Split(
        *(rows[rows["arepa_type"] == arepa_type] for rows in (split.fitted, split.holdout))
    )


def split_by_history(
    arepa_types: list[str], split: Split, settings: Settings
) -> tuple[list[str], list[str]]:
    """Tell the types that have enough history from the others, and what those lack."""
    able, problems = [], []
    for arepa_type in arepa_types:
        fitted = rows_of_type(split, arepa_type).fitted
        if has_enough_history(fitted, settings.training):
            able.append(arepa_type)
        else:
            problems.append(f"{arepa_type}: {_describe_shortage(fitted, settings)}")
    return able, problems


def split_by_rehearsal(
    arepa_types: Sequence[str], models: Mapping[str, Any], columns: Sequence[str], split: Split
) -> tuple[list[str], list[str]]:
    """Tell the types whose estimator can do what mornings ask from the others, and why not."""
    able, problems = [], []
    for arepa_type in arepa_types:
        inputs = rows_of_type(split, arepa_type).fitted[list(columns)].tail(REHEARSED_ROWS)
        try:
            if arepa_type not in models:
                raise ValueError("it could not be fitted, the log says why")
            rehearse(models[arepa_type], inputs)
            able.append(arepa_type)
        except Exception as error:  # an estimator may be anybody's
            problems.append(
                f"{arepa_type}: its estimator cannot do what a morning asks of it"
                f" ({one_line(error)}); see docs/estimators.md"
            )
    return able, problems


def compute_holdout_metrics(
    estimator: Any,  # noqa: ANN401
    columns: Sequence[str],
    split: Split,
) -> dict[str, float]:
    """Judge a type's estimator on the mornings that it has not seen, beside naive guesses."""
    if split.holdout.empty:
        return {}
    breakdowns = split.holdout[LABEL].to_numpy(bool)
    inputs = split.holdout[list(columns)].astype(float)
    metrics = {
        **compute_metrics(breakdowns, predict_probability(estimator, inputs)),
        **compute_naive_metrics(split.fitted, split.holdout),
    }
    return {f"holdout_{name}": value for name, value in metrics.items()}


def describe_training(
    split: Split, settings: Settings, columns: Sequence[str], as_of: date
) -> dict[str, str]:
    """Tags that all types of one training share: they see each other's rows."""
    return {
        "fitted_from": first_day(split.fitted).isoformat(),
        "fitted_to": last_day(split.fitted).isoformat(),
        "holdout_from": first_day(split.holdout).isoformat(),
        "holdout_to": last_day(split.holdout).isoformat(),
        "horizon_days": str(settings.horizon_days),
        "seed": str(settings.training.seed),
        "feature_hash": feature_hash(columns),
        "code_version": code_version(),
        "trained_as_of": as_of.isoformat(),
    }


def describe_type(arepa_type: str, split: Split) -> dict[str, str]:
    """Tags of one type's part of a training."""
    return {
        "arepa_type": arepa_type,
        "fitted_rows": str(len(split.fitted)),
        "fitted_breakdowns": str(int(split.fitted[LABEL].sum())),
        "holdout_rows": str(len(split.holdout)),
    }


def describe_experts(estimator: Any) -> dict[str, str]:  # noqa: ANN401
    """Tag that says which experts a blend has; an estimator of one's own has none."""
    if not isinstance(estimator, BlendedClassifier):
        return {}
    return {"experts": "trees, curves" + (", wear" if estimator.wear_ is not None else "")}


def _describe_shortage(rows: pd.DataFrame, settings: Settings) -> str:
    training = settings.training
    if len(rows) < training.minimum_rows:
        return f"{len(rows)} rows to fit on, {training.minimum_rows} needed"
    return (
        f"{int(rows[LABEL].sum())} of {len(rows)} rows end in a breakdown,"
        f" {training.minimum_breakdowns} needed and not all"
    )
