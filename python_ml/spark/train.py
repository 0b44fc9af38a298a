"""`arepas spark-train`: the same pure functions, fitted in tasks of executors."""

import logging
from collections.abc import Sequence
from datetime import date

import pandas as pd

from python_ml.engines.marts import (
    CENSORED_ROWS,
    MODELLED_TYPES,
    PARTS,
    PARTS_WITHOUT_CLOCK,
    list_parts,
    tell_parts_without_clock,
)
from python_ml.engines.model_files import write_parts
from python_ml.engines.registry import RegisteredModel, Registry
from python_ml.errors import ArepasError, InputError, PartlyDoneError, counted
from python_ml.learning.columns import KEYS, LABEL
from python_ml.learning.estimator import Models, Trainings, fit_in_sequence, run_fit
from python_ml.lifecycle.material import (
    add_censored,
    compute_holdout_metrics,
    describe_experts,
    describe_training,
    describe_type,
    input_columns,
    past_trainings,
    rows_of_type,
    rows_to_serve,
    split_by_history,
    split_by_rehearsal,
    split_rows,
)
from python_ml.run.record import Run
from python_ml.settings import Settings
from python_ml.spark.warehouse import SparkWarehouse

logger = logging.getLogger(__name__)

TRAINING_ROWS = """
select * from features.train_machine_arepa_daily
where label_mature_date <= {as_of}
"""


def train(settings: Settings, run: Run) -> None:
    """Open a session, fit in it and register challengers."""
    with SparkWarehouse(settings) as spark:
        train_on_spark(settings, spark, as_of=run.as_of)


def train_on_spark(
    settings: Settings, spark: SparkWarehouse, *, as_of: date
) -> list[RegisteredModel]:
    """Fit the models of all modelled types on the executors and register them as challengers.

    Only labels that were mature on `as_of` are seen. The driver logs to MLflow.

    Raises:
        InputError: There are no features yet, or no labelled rows.
        PartlyDoneError: Some types have too little history; the others are registered.
        ArepasError: No type could be trained.
    """
    arepa_types, rows = read_training_rows_on_spark(settings, spark, as_of=as_of)
    if rows.empty:
        raise InputError("no labelled rows on Spark; is there a maintenance log, and long enough?")
    for told in tell_parts_without_clock(spark.rows(PARTS_WITHOUT_CLOCK), settings.phases):
        logger.warning("%s", told)
    split = split_rows(rows, settings)
    able, problems = split_by_history(arepa_types, split, settings)
    served = rows_to_serve(rows, settings)
    registry, columns = Registry(settings), input_columns(settings)
    registry.check_experiment()
    past = [each.fitted for each in past_trainings(rows, split, settings)]
    trainings = Trainings([*past, split.fitted], served)
    *_, twins, models = fit_on_spark(settings, spark, trainings) if able else ({}, {})
    able, refused = split_by_rehearsal(able, (twins, models), columns, split)
    problems += refused
    shared = {
        **describe_training(split, served, settings, columns, as_of),
        "parts": write_parts(list_parts(spark.rows(PARTS))),
        "engine": "spark",
    }
    registered = []
    for arepa_type in able:
        of_type = rows_of_type(split, arepa_type)
        registered.append(
            registry.register(
                arepa_type,
                models[arepa_type],
                columns=columns,
                metrics=compute_holdout_metrics(twins[arepa_type], columns, of_type),
                tags={
                    **shared,
                    **describe_type(arepa_type, split, served),
                    **describe_experts(models[arepa_type]),
                    **registry.log_twin(arepa_type, twins[arepa_type], columns=columns),
                },
            )
        )
        logger.info("trained %s version %s", registered[-1].name, registered[-1].version)
    if problems:
        kind = PartlyDoneError if registered else ArepasError
        raise kind(f"no model for {counted(len(problems), 'arepa type')}: {'; '.join(problems)}")
    return registered


def read_training_rows_on_spark(
    settings: Settings, spark: SparkWarehouse, *, as_of: date
) -> tuple[list[str], pd.DataFrame]:
    """Read the modelled types and their labelled mornings that were mature on a morning."""
    check_built(settings, spark)
    arepa_types = [row[0] for row in spark.rows(MODELLED_TYPES)]
    labelled, censored = (
        spark.frame(rows.format(as_of=f"date '{as_of}'")) for rows in (TRAINING_ROWS, CENSORED_ROWS)
    )
    rows = add_censored(labelled, censored)
    return arepa_types, prepare_rows(rows, arepa_types, settings.phases)


def fit_on_spark(settings: Settings, spark: SparkWarehouse, trainings: Trainings) -> list[Models]:
    """Fit the models of all types that have enough rows, as of `fit_in_sequence`.

    The types learn from each other: the experts that saw all types are one task each, fitted
    once and for all types; the expert of each type is a task of its own. What blends them is a
    handful of numbers and is fitted on the driver.
    """
    return fit_in_sequence(
        trainings,
        input_columns(settings),
        horizon_days=settings.horizon_days,
        training=settings.training,
        fit_all=lambda fits: spark.run_all(run_fit, fits),
    )


def prepare_rows(
    rows: pd.DataFrame, arepa_types: Sequence[str], phases: Sequence[int]
) -> pd.DataFrame:
    """Choose the rows of some types and phases, in the order and types of any engine."""
    chosen = rows[rows["arepa_type"].isin(arepa_types) & rows["phase"].isin(phases)]
    chosen = chosen.assign(as_of_date=pd.to_datetime(chosen["as_of_date"]))
    return chosen.astype({**dict.fromkeys(KEYS[:2], object), LABEL: "boolean"}).sort_values(
        ["as_of_date", "machine_id", "arepa_type"], ignore_index=True
    )


def check_built(settings: Settings, spark: SparkWarehouse) -> None:
    """Refuse to go on before the first build.

    Raises:
        InputError: There are no features yet.
    """
    if not spark.has_table("features", "feat_machine_arepa_daily"):
        raise InputError(f"{settings.spark_dir}: no features yet; run `make spark-build` first")
