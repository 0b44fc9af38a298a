"""What a training is made from, on any engine, and what is said of it; pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from python_ml.engines.model_files import JUDGED, write_phases
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
    keep_labelled,
    last_day,
    split_by_date,
)
from python_ml.learning.experts import Trees, TreesByCause, TreesInRhythm
from python_ml.modelling import ALL_TYPES
from python_ml.run.code_version import code_version
from python_ml.settings import Settings

REHEARSED_ROWS = 20
RESERVED = (
    "means all types together in back-tests, no type is modelled by that name; give it another"
)
MORNING = ["as_of_date", "machine_id"]
HOLDOUT_FIGURES_OF = "its twin, fitted alike without the mornings kept apart and a horizon before"


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


def past_trainings(rows: pd.DataFrame, newest: Split, settings: Settings) -> Iterator[Split]:
    """Cut the rows as the trainings before the newest one would have, oldest first.

    None if nothing judges the newest one: where its judging mornings begin, those before it end.
    """
    if newest.holdout.empty:
        return
    mornings = pd.to_datetime(rows["as_of_date"])
    first = first_day(newest.holdout)
    refit = timedelta(days=settings.backtest.refit_days)
    for number in range(settings.backtest.refit_count, 0, -1):
        origin = pd.Timestamp(first - number * refit)
        is_known = mornings + timedelta(days=settings.horizon_days) <= origin
        is_in_window = mornings > origin - timedelta(days=settings.training.window_days)
        is_next = (mornings >= origin) & (mornings < origin + refit)
        if (is_known & is_in_window).any() and is_next.any():
            yield Split(rows[is_known & is_in_window], keep_labelled(rows[is_next]))


def add_censored(rows: pd.DataFrame, censored: pd.DataFrame) -> pd.DataFrame:
    """Put labelled mornings and those whose label a planned stop took in one order.

    Returns:
        has_breakdown is null where there is no label; grain: machine_id, arepa_type, as_of_date.
    """
    unlabelled = censored[rows.columns].assign(**{LABEL: pd.NA})
    both = [part.astype({LABEL: "boolean"}) for part in (rows, unlabelled)]
    return pd.concat(both).sort_values([*MORNING, "arepa_type"], ignore_index=True)


def rows_to_serve(rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Choose what served models are fitted on: the whole window up to the newest mature morning."""
    first_morning = last_day(rows) - timedelta(days=settings.training.window_days)
    return rows[pd.to_datetime(rows["as_of_date"]).dt.date > first_morning]


def rows_of_type(split: Split, arepa_type: str) -> Split:
    """Choose the rows of one type on both sides of the cut."""
    return Split(
        *(rows[rows["arepa_type"] == arepa_type] for rows in (split.fitted, split.holdout))
    )


def split_by_history(
    arepa_types: list[str], split: Split, settings: Settings
) -> tuple[list[str], list[str]]:
    """Tell the types that can have a model from the others, and what those lack."""
    able, problems = [], []
    for arepa_type in arepa_types:
        fitted = rows_of_type(split, arepa_type).fitted
        if arepa_type == ALL_TYPES:
            problems.append(f"{arepa_type}: {RESERVED}")
        elif has_enough_history(fitted, settings.training):
            able.append(arepa_type)
        else:
            problems.append(f"{arepa_type}: {_describe_shortage(fitted, settings)}")
    return able, problems


def split_by_rehearsal(
    arepa_types: Sequence[str],
    fitted: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    split: Split,
) -> tuple[list[str], list[str]]:
    """Tell the types whose estimators can do what mornings ask from the others, and why not.

    Args:
        arepa_types: The types.
        fitted: Estimators by type, those to be judged and those to be served.
        columns: Their inputs.
        split: The rows.
    """
    able, problems = [], []
    for arepa_type in arepa_types:
        of_type = rows_of_type(split, arepa_type)
        inputs = of_type.fitted[list(columns)].tail(REHEARSED_ROWS)
        unseen = of_type.holdout[list(columns)].astype(float)
        try:
            for models in fitted:
                if arepa_type not in models:
                    raise ValueError("it could not be fitted, the log says why")
                estimator = models[arepa_type]
                rehearse(estimator, inputs)
                # A blend's log-odds are probabilities of any rows, so it is not asked of all twice.
                if len(unseen) and not isinstance(estimator, BlendedClassifier):
                    predict_probability(estimator, unseen)
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
    split: Split, served: pd.DataFrame, settings: Settings, columns: Sequence[str], as_of: date
) -> dict[str, str]:
    """Tags that all types of one training share: they see each other's rows.

    Args:
        split: What the judged twins were fitted on, and what they were judged on.
        served: What the served models were fitted on.
        settings: How far labels look ahead, of which phases the machines are, and the seed.
        columns: The inputs of models.
        as_of: The morning of the training.
    """
    return {
        "fitted_from": first_day(served).isoformat(),
        "fitted_to": last_day(served).isoformat(),
        f"{JUDGED}fitted_from": first_day(split.fitted).isoformat(),
        f"{JUDGED}fitted_to": last_day(split.fitted).isoformat(),
        "holdout_from": first_day(split.holdout).isoformat(),
        "holdout_to": last_day(split.holdout).isoformat(),
        "holdout_figures_of": HOLDOUT_FIGURES_OF,
        "horizon_days": str(settings.horizon_days),
        "phases": write_phases(settings.phases),
        "seed": str(settings.training.seed),
        "feature_hash": feature_hash(columns),
        "code_version": code_version(),
        "trained_as_of": as_of.isoformat(),
    }


def describe_type(arepa_type: str, split: Split, served: pd.DataFrame) -> dict[str, str]:
    """Tags of one type's part of a training; arguments as of `describe_training`."""
    of_twin, own = rows_of_type(split, arepa_type), served[served["arepa_type"] == arepa_type]
    return {
        "arepa_type": arepa_type,
        "fitted_rows": str(own[LABEL].count()),
        "fitted_censored_rows": str(own[LABEL].isna().sum()),
        "fitted_breakdowns": str(int(own[LABEL].sum())),
        f"{JUDGED}fitted_rows": str(of_twin.fitted[LABEL].count()),
        f"{JUDGED}fitted_breakdowns": str(int(of_twin.fitted[LABEL].sum())),
        "holdout_rows": str(len(of_twin.holdout)),
    }


def describe_experts(estimator: Any) -> dict[str, str]:  # noqa: ANN401
    """Tag that says which experts a blend has; an estimator of one's own has none."""
    if not isinstance(estimator, BlendedClassifier):
        return {}
    wear = ["wear"] if estimator.wear_ is not None else []
    return {"experts": ", ".join([_describe_trees(estimator.boosting_), "curves", *wear])}


def _describe_trees(trees: Trees) -> str:
    if isinstance(trees, TreesInRhythm):
        return f"{_describe_trees(trees.trees)} in a rhythm of {trees.rhythm.days} days"
    return "trees by cause" if isinstance(trees, TreesByCause) else "trees"


def _describe_shortage(rows: pd.DataFrame, settings: Settings) -> str:
    training, count = settings.training, rows[LABEL].count()
    if count < training.minimum_rows:
        return f"{count} rows to fit on, {training.minimum_rows} needed"
    return (
        f"{int(rows[LABEL].sum())} of {count} rows end in a breakdown,"
        f" {training.minimum_breakdowns} needed and not all"
    )
