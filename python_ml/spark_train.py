"""Train and score on the Spark target: the same pure functions, in tasks of its executors."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import pandas as pd

from python_ml.blend import BlendedClassifier
from python_ml.columns import KEYS, LABEL, feature_columns
from python_ml.estimator import Fit, fit_models, predict_probability
from python_ml.settings import Settings
from python_ml.spark_warehouse import SparkWarehouse

Models = dict[str, BlendedClassifier]
Frames = Iterator[pd.DataFrame]

TRAINING_ROWS = """
select * from features.train_machine_arepa_daily
where label_mature_date <= date '{as_of}'
"""
MODELLED_TYPES = "select arepa_type from core.dim_arepa_types where is_modelled"
FEATURE_ROWS = """
select * from features.feat_machine_arepa_daily
where as_of_date between date '{first}' and date '{last}'
    and reading_count_7d > 0 and not is_down
"""
CREATE_PROBABILITIES = (
    "create database if not exists ml",
    """
    create table if not exists ml.failure_probabilities (
        machine_id string, arepa_type string, failure_probability double, as_of_date date
    ) using parquet partitioned by (as_of_date)
    """,
)
PROBABILITY_COLUMNS = ("machine_id", "arepa_type", "failure_probability", "as_of_date")


def train_on_spark(settings: Settings, spark: SparkWarehouse, *, as_of: date) -> Models:
    """Fit the models of all modelled types on labels that were mature on a morning.

    The types learn from each other: the two experts that saw all types are one task each, fitted
    once and for all types; the expert of each type is a task of its own. What blends them is a
    handful of numbers and is fitted on the driver.
    """
    rows = spark.frame(TRAINING_ROWS.format(as_of=as_of))
    types = [row[0] for row in spark.rows(MODELLED_TYPES)]
    return fit_models(
        prepare_rows(rows, types, settings.phases),
        feature_columns(settings.metrics),
        horizon_days=settings.horizon_days,
        training=settings.training,
        fit_all=lambda fits: spark.run_all(Fit.run, fits),
    )


def prepare_rows(
    rows: pd.DataFrame, arepa_types: Sequence[str], phases: Sequence[int]
) -> pd.DataFrame:
    """Choose the rows of some types and phases, in the order and types of any engine."""
    chosen = rows[rows["arepa_type"].isin(arepa_types) & rows["phase"].isin(phases)]
    chosen = chosen.assign(as_of_date=pd.to_datetime(chosen["as_of_date"]))
    return chosen.astype({**dict.fromkeys(KEYS[:2], object), LABEL: bool}).sort_values(
        ["as_of_date", "machine_id", "arepa_type"], ignore_index=True
    )


def score_on_spark(
    settings: Settings, spark: SparkWarehouse, models: Models, *, first: date, last: date
) -> None:
    """Predict for some mornings and put them in place of what `ml.failure_probabilities` has."""
    for statement in CREATE_PROBABILITIES:
        spark.execute(statement)
    spark.overwrite_mapped(
        "ml.failure_probabilities",
        FEATURE_ROWS.format(first=first, last=last),
        predict_with(models, feature_columns(settings.metrics)),
        PROBABILITY_COLUMNS,
    )


def predict_with(models: Models, columns: Sequence[str]) -> Callable[[Frames], Frames]:
    """Make the function that predicts frame by frame; types without a model have no rows."""

    def predict(frames: Frames) -> Frames:
        for rows in frames:
            for arepa_type, of_type in rows.groupby("arepa_type"):
                if (model := models.get(str(arepa_type))) is not None:
                    yield _predict(of_type, model, columns)

    return predict


def _predict(rows: pd.DataFrame, model: Any, columns: Sequence[str]) -> pd.DataFrame:  # noqa: ANN401
    inputs = rows[list(columns)].astype(float)
    predicted = rows.assign(failure_probability=predict_probability(model, inputs))
    return predicted[list(PROBABILITY_COLUMNS)]
