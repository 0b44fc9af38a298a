"""`arepas spark-train` and `spark-score`: the same pure functions, in tasks of executors."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import pandas as pd

from python_ml.engines.marts import MODELLED_TYPES
from python_ml.engines.registry import CHAMPION, LoadedModel, RegisteredModel, Registry
from python_ml.errors import ArepasError, InputError, PartlyDoneError
from python_ml.learning.blend import BlendedClassifier
from python_ml.learning.columns import KEYS, LABEL, feature_columns
from python_ml.learning.estimator import Fit, fit_models
from python_ml.lifecycle.material import (
    compute_holdout_metrics,
    describe_training,
    describe_type,
    rows_of_type,
    split_by_history,
    split_rows,
)
from python_ml.morning.score import COLUMNS, complete_rows, describe_scoring, predict_rows
from python_ml.settings import Settings
from python_ml.spark.warehouse import SparkWarehouse

logger = logging.getLogger(__name__)

Frames = Iterator[pd.DataFrame]

TRAINING_ROWS = """
select * from features.train_machine_arepa_daily
where label_mature_date <= date '{as_of}'
"""
FEATURE_ROWS = """
select * from features.feat_machine_arepa_daily
where as_of_date between date '{first}' and date '{last}'
    and phase in ({phases})
    and arepa_type in (select arepa_type from core.dim_arepa_types where is_modelled)
"""
COUNT_STATUSES = """
select status, count(*) from ml.predictions
where as_of_date between date '{first}' and date '{last}'
group by status order by status
"""
TYPES_WITHOUT_MODEL = """
select distinct arepa_type from ml.predictions
where as_of_date between date '{first}' and date '{last}' and status = 'no_model'
order by arepa_type
"""
SPARK_TYPES = {"varchar": "string", "integer": "int"}


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
    split = split_rows(rows, settings)
    able, problems = split_by_history(arepa_types, split, settings)
    models = fit_on_spark(settings, spark, split.fitted) if able else {}
    registry, columns = Registry(settings), feature_columns(settings.metrics)
    shared = {**describe_training(split, settings, columns, as_of), "engine": "spark"}
    registered = []
    for arepa_type in able:
        of_type = rows_of_type(split, arepa_type)
        registered.append(
            registry.register(
                arepa_type,
                models[arepa_type],
                columns=columns,
                metrics=compute_holdout_metrics(models[arepa_type], columns, of_type),
                tags={**shared, **describe_type(arepa_type, of_type)},
            )
        )
        logger.info("trained %s version %s", registered[-1].name, registered[-1].version)
    if problems:
        kind = PartlyDoneError if registered else ArepasError
        raise kind(f"no model for {len(problems)} arepa types: {'; '.join(problems)}")
    return registered


def read_training_rows_on_spark(
    settings: Settings, spark: SparkWarehouse, *, as_of: date
) -> tuple[list[str], pd.DataFrame]:
    """Read the modelled types and their labelled mornings that were mature on a morning."""
    _check_built(settings, spark)
    arepa_types = [row[0] for row in spark.rows(MODELLED_TYPES)]
    rows = spark.frame(TRAINING_ROWS.format(as_of=as_of))
    return arepa_types, prepare_rows(rows, arepa_types, settings.phases)


def fit_on_spark(
    settings: Settings, spark: SparkWarehouse, rows: pd.DataFrame
) -> dict[str, BlendedClassifier]:
    """Fit the models of all types that have enough rows.

    The types learn from each other: the two experts that saw all types are one task each, fitted
    once and for all types; the expert of each type is a task of its own. What blends them is a
    handful of numbers and is fitted on the driver.
    """
    return fit_models(
        rows,
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


def load_live_models(settings: Settings, *, as_of: date) -> dict[str, LoadedModel]:
    """Load each type's champion or, where it has none yet, its newest model; none of later days.

    Raises:
        InputError: A model looks another horizon ahead.
        ArepasError: No arepa type has a model.
    """
    registry = Registry(settings)
    models = {}
    for arepa_type in sorted({version.arepa_type for version in registry.find_versions()}):
        live = registry.find(arepa_type, CHAMPION)
        if live is None or live.tags["trained_as_of"] > as_of.isoformat():
            live = registry.find_newest(arepa_type, as_of)
        if live is None:
            continue
        if live.tags["horizon_days"] != str(settings.horizon_days):
            raise InputError(
                f"{live.name} version {live.version} looks {live.tags['horizon_days']} days ahead,"
                f" HORIZON_DAYS is {settings.horizon_days}; run `make spark-train`"
            )
        models[arepa_type] = registry.load(live)
        logger.info("%s scores with version %s", live.name, live.version)
    if not models:
        raise ArepasError(f"no arepa type has a model of {as_of} or before; run `make spark-train`")
    return models


def score_on_spark(
    settings: Settings,
    spark: SparkWarehouse,
    models: Mapping[str, LoadedModel],
    *,
    run_id: str,
    mornings: tuple[date, date],
) -> list[str]:
    """Predict for some mornings on the executors, in place of what `ml.predictions` has of them.

    Args:
        settings: The horizon and the phases.
        spark: Where the features are.
        models: By arepa type; rows of a type without one get the status `no_model`.
        run_id: The run that the rows carry.
        mornings: The first and the last of them.

    Returns:
        The arepa types of machines that wait for a model.
    """
    _check_built(settings, spark)
    first, last = mornings
    spark.execute("create database if not exists ml")
    spark.execute(_create_predictions())
    described = describe_scoring(settings, run_id)
    spark.overwrite_mapped(
        "ml.predictions",
        FEATURE_ROWS.format(first=first, last=last, phases=", ".join(map(str, settings.phases))),
        predict_with(models, described),
        [name for name, _ in _spark_columns()],
    )
    counts = spark.rows(COUNT_STATUSES.format(first=first, last=last))
    logger.info("scored %s", ", ".join(f"{n} {status}" for status, n in counts) or "nothing")
    return [row[0] for row in spark.rows(TYPES_WITHOUT_MODEL.format(first=first, last=last))]


def predict_with(
    models: Mapping[str, LoadedModel], described: Mapping[str, object]
) -> Callable[[Frames], Frames]:
    """Make the function that turns frames of features into frames of `ml.predictions`."""
    names = [name for name, _ in _spark_columns()]

    def predict(frames: Frames) -> Frames:
        for rows in frames:
            for arepa_type, of_type in rows.groupby("arepa_type"):
                predicted = predict_rows(of_type, models.get(str(arepa_type)), CHAMPION)
                yield complete_rows([predicted], described)[names]

    return predict


def _check_built(settings: Settings, spark: SparkWarehouse) -> None:
    if not spark.has_table("features", "feat_machine_arepa_daily"):
        raise InputError(f"{settings.spark_dir}: no features yet; run `make spark-build` first")


def _create_predictions() -> str:
    columns = ", ".join(f"{name} {kind}" for name, kind in _spark_columns())
    return (
        f"create table if not exists ml.predictions ({columns}) using parquet"
        " partitioned by (as_of_date)"
    )


def _spark_columns() -> list[tuple[str, str]]:
    """The columns of `ml.predictions` with Spark's types; the one that cuts days comes last."""
    columns = [tuple(line.split()[:2]) for line in COLUMNS.replace(",", "").strip().splitlines()]
    typed = [(name, SPARK_TYPES.get(kind, kind)) for name, kind in columns]
    return sorted(typed, key=lambda column: column[0] == "as_of_date")
