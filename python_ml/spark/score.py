"""`arepas spark-score`: the same pure functions, predicting in tasks of executors."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date

import pandas as pd

from python_ml.engines.marts import HELD_KITCHENS, PARTS, list_parts
from python_ml.engines.model_files import Parts, find_misfit, find_unmade
from python_ml.engines.registry import CHAMPION, LoadedModel, RegisteredModel, Registry
from python_ml.errors import ArepasError, InputError, PartlyDoneError, UnreachableRegistryError
from python_ml.metric_names import NO_NAMES, MetricNames, read_metric_names
from python_ml.morning.score import (
    COLUMNS,
    NO_PARTS,
    complete_rows,
    describe_scoring,
    hold_kitchens,
    predict_rows,
)
from python_ml.run.record import Run
from python_ml.settings import Settings
from python_ml.spark.train import check_built
from python_ml.spark.warehouse import SparkWarehouse

logger = logging.getLogger(__name__)

Frames = Iterator[pd.DataFrame]

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


def score(settings: Settings, run: Run) -> None:
    """Open a session and predict a morning in it.

    Raises:
        PartlyDoneError: Machines of some types wait for a model; the others are predicted.
    """
    models = load_live_models(settings, as_of=run.as_of)
    with SparkWarehouse(settings) as spark:
        mornings = (run.as_of, run.as_of)
        without = score_on_spark(settings, spark, models, run_id=run.run_id, mornings=mornings)
    if without:
        raise PartlyDoneError(
            f"no model for {', '.join(without)}; run `make spark-train` when there is enough"
            " history"
        )


def load_live_models(settings: Settings, *, as_of: date) -> dict[str, LoadedModel]:
    """Load each type's champion or, where it has none yet, its newest model; none of later days.

    A type whose model cannot be used is left out, and that is logged.

    Raises:
        InputError: A model looks another horizon ahead or was trained for fewer phases.
        ArepasError: No arepa type has a model, or the registry does not answer.
    """
    registry = Registry(settings)
    versions, foreign = registry.review_versions()
    for problem in foreign:
        logger.error("%s", problem)
    models = {}
    for arepa_type in sorted({version.arepa_type for version in versions}):
        try:
            live = _find_live(registry, arepa_type, as_of)
            if live is not None:
                models[arepa_type] = _load_live(registry, live, settings)
        except (InputError, UnreachableRegistryError):
            raise
        except ArepasError as error:
            logger.error("%s", error)
    if not models:
        raise ArepasError(f"no arepa type has a model of {as_of} or before; run `make spark-train`")
    return models


def _find_live(registry: Registry, arepa_type: str, as_of: date) -> RegisteredModel | None:
    live = registry.find(arepa_type, CHAMPION)
    if live is None or live.tags["trained_as_of"] > as_of.isoformat():
        live = registry.find_newest(arepa_type, as_of)
    return live


def _load_live(registry: Registry, live: RegisteredModel, settings: Settings) -> LoadedModel:
    if (misfit := find_misfit(live, settings)) is not None:
        raise InputError(f"{live} {misfit}; run `make spark-train`")
    logger.info("%s scores with version %s", live.name, live.version)
    loaded = registry.load(live)
    if (unmade := find_unmade(loaded.columns, settings)) is not None:
        raise InputError(f"{live} {unmade}; run `make spark-train`")
    return loaded


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
    check_built(settings, spark)
    first, last = mornings
    spark.execute("create database if not exists ml")
    spark.execute(_create_predictions())
    described = describe_scoring(settings, run_id)
    held = [row[0] for row in spark.rows(HELD_KITCHENS)]
    parts = list_parts(spark.rows(PARTS))
    spark.overwrite_mapped(
        "ml.predictions",
        FEATURE_ROWS.format(first=first, last=last, phases=", ".join(map(str, settings.phases))),
        predict_with(models, described, read_metric_names("en"), held, parts),
        [name for name, _ in _spark_columns()],
    )
    counts = spark.rows(COUNT_STATUSES.format(first=first, last=last))
    logger.info("scored %s", ", ".join(f"{n} {status}" for status, n in counts) or "nothing")
    return [row[0] for row in spark.rows(TYPES_WITHOUT_MODEL.format(first=first, last=last))]


def predict_with(
    models: Mapping[str, LoadedModel],
    described: Mapping[str, object],
    metrics: MetricNames = NO_NAMES,
    held: Collection[str] = (),
    parts: Parts = NO_PARTS,
) -> Callable[[Frames], Frames]:
    """Make the function that turns frames of features into frames of `ml.predictions`."""
    names = [name for name, _ in _spark_columns()]

    def predict(frames: Frames) -> Frames:
        for rows in frames:
            for arepa_type, of_type in hold_kitchens(rows, held).groupby("arepa_type"):
                model = models.get(str(arepa_type))
                predicted = predict_rows(of_type, model, CHAMPION, metrics, parts)
                yield complete_rows([predicted], described)[names]

    return predict


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
