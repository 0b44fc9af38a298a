"""`arepas compare-spark`: the same raw files through DuckDB and Spark, and every difference."""

import logging
import shutil
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from python_ml.demo.files import demo_data
from python_ml.engines.registry import LoadedModel, RegisteredModel, model_name
from python_ml.engines.transform import Transformer, duckdb_engine
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import ArepasError
from python_ml.files import holds_files
from python_ml.learning.blend import BlendedClassifier
from python_ml.learning.columns import KEYS
from python_ml.learning.estimator import Trainings, fit_in_sequence
from python_ml.learning.evaluate import keep_labelled
from python_ml.lifecycle.material import input_columns, rows_to_serve, split_rows
from python_ml.morning.score import describe_scoring
from python_ml.raw.load import load
from python_ml.settings import Settings
from python_ml.spark.build import build_on_spark
from python_ml.spark.conf import events_dir
from python_ml.spark.events import count_tasks
from python_ml.spark.score import predict_with, score_on_spark
from python_ml.spark.table_difference import TableDifference, compare_tables
from python_ml.spark.train import (
    fit_on_spark,
    prepare_rows,
    read_training_rows_on_spark,
)
from python_ml.spark.warehouse import SparkWarehouse

logger = logging.getLogger(__name__)

RUN_ID = "compare"
LARGEST_DIFFERENCE = 1e-9
FEATURES = "features.feat_machine_arepa_daily"
TRAINING = "features.train_machine_arepa_daily"
PREDICTIONS = "ml.predictions"
PREDICTED = [*KEYS, "status", "model_name", "failure_probability"]
LARGEST_PROBABILITY_DIFFERENCE = 1e-6
SCORED_MORNINGS = 7
KEYS_OF = {
    FEATURES: KEYS,
    TRAINING: KEYS,
    "features.label_machine_daily": ("machine_id", "as_of_date"),
    "quarantine.row_ledger": ("source_table", "source_file"),
    "quarantine.rejected_rows": ("source_table", "source_file", "source_line"),
    "quarantine.data_checks": ("as_of_date", "check_name", "subject"),
    "core.dim_arepa_types": ("arepa_type",),
    "core.fct_faulty_intervals": ("machine_id", "started_at", "ended_at"),
    "core.fct_kitchen_mornings": ("kitchen_id", "as_of_date"),
    "core.fct_machine_metrics_daily": ("machine_id", "arepa_type", "measured_date"),
    "core.fct_machine_stops": ("machine_id", "kind", "started_at"),
    "seeds.arepa_types": ("arepa_type",),
    "seeds.maintenance_costs": ("phase",),
    "seeds.technician_slots": ("kitchen_id",),
}
# When a run loaded a file is the run's own affair.
READ = "select * from {}"
OF_RUN = ["loaded_at"]
# Of other systems' files DuckDB keeps a plain line as it was written, Spark as one of ours.
OF_LAYOUTS = ["raw_line"]
# The negative control: a week of six days must be noticed.
WEEK = "rows between 6 preceding"
SHORT_WEEK = "rows between 5 preceding"
DEMO_KITCHENS, DEMO_DAYS, DEMO_SEED = 2, 90, 7


def compare(settings: Settings, *, as_of: date) -> None:
    """Build the same raw files with both engines and print how far the tables are apart.

    Where the demo's folder is empty, a small demo fleet is compared. Both sides start from nothing,
    below SPARK_DIR.

    Raises:
        InputError: Spark, Java or the raw files are missing.
        ArepasError: A difference is over its limit, the negative control went unnoticed, or not
            every executor worked.
    """
    folder = settings.spark_dir / "compare"
    shutil.rmtree(folder, ignore_errors=True)
    settings = _with_raw_files(settings, folder, as_of)
    on_spark = settings.replace(spark_dir=folder / "spark")
    with SparkWarehouse(on_spark) as spark:
        on_duckdb = settings.replace(warehouse_path=folder / "warehouse.duckdb")
        here = build_on_duckdb(on_duckdb, as_of)
        transformer = build_on_spark(on_spark, spark, run_id=RUN_ID, as_of=as_of)
        left_out = OF_RUN if settings.raw_layouts_file is None else OF_RUN + OF_LAYOUTS
        differences = find_differences(here, read_on_spark(spark), left_out)
        sys.stdout.writelines(f"{difference}\n" for difference in differences)
        problems = [str(found) for found in differences if found.exceeds(LARGEST_DIFFERENCE)]
        control = transformer.compile_model(FEATURES.partition(".")[2])
        problems += _check_control(here[FEATURES], spark, control)
        problems += _compare_predictions(here, spark, settings, as_of)
        application_id = spark.application_id
    problems += _check_executors(events_dir(on_spark) / application_id, settings.spark_master)
    if problems:
        raise ArepasError(*problems)


def _with_raw_files(settings: Settings, folder: Path, as_of: date) -> Settings:
    if not settings.is_demo or holds_files(settings.raw_data_dir):
        return settings
    settings = settings.replace(raw_data_dir=folder / "raw")
    demo_data(settings, as_of=as_of, kitchens=DEMO_KITCHENS, days=DEMO_DAYS, seed=DEMO_SEED)
    return settings


def build_on_duckdb(settings: Settings, as_of: date) -> dict[str, pd.DataFrame]:
    """Load and build on this machine; returns the tables that are compared, by name."""
    load(settings, run_id=RUN_ID, as_of=as_of)
    Transformer(settings, duckdb_engine(settings)).build_features()
    with Warehouse(settings.warehouse_path) as warehouse:
        return {name: warehouse.frame(READ.format(name)) for name in KEYS_OF}


def read_on_spark(spark: SparkWarehouse) -> dict[str, pd.DataFrame]:
    """Read the tables that are compared, by name."""
    return {name: spark.frame(READ.format(name)) for name in KEYS_OF}


def find_differences(
    here: dict[str, pd.DataFrame],
    there: dict[str, pd.DataFrame],
    left_out: Sequence[str] = OF_RUN,
) -> list[TableDifference]:
    """Compare the tables of both engines, but for some columns."""
    return [
        _difference(name, here[name], there[name], keys, left_out) for name, keys in KEYS_OF.items()
    ]


def _difference(
    name: str,
    here: pd.DataFrame,
    there: pd.DataFrame,
    keys: tuple[str, ...],
    left_out: Sequence[str] = OF_RUN,
) -> TableDifference:
    return compare_tables(
        name,
        here.drop(columns=list(left_out), errors="ignore"),
        there.drop(columns=list(left_out), errors="ignore"),
        keys,
    )


def _compare_predictions(
    here: dict[str, pd.DataFrame], spark: SparkWarehouse, settings: Settings, as_of: date
) -> list[str]:
    """Fit and predict on each side from its own features, unregistered."""
    first = as_of - timedelta(days=SCORED_MORNINGS - 1)
    _, rows = read_training_rows_on_spark(settings, spark, as_of=as_of)
    _, fitted = fit_on_spark(settings, spark, _cut(keep_labelled(rows), settings))
    models = _name(fitted, settings)
    if not models:
        sys.stdout.write("predictions: not compared, no arepa type has enough history\n")
        return []
    score_on_spark(settings, spark, models, run_id=RUN_ID, mornings=(first, as_of))
    there = spark.frame(READ.format(PREDICTIONS))
    predicted = _predict_here(here, settings, first, as_of)
    difference = compare_tables(PREDICTIONS, predicted[PREDICTED], there[PREDICTED], KEYS)
    sys.stdout.write(f"{difference}\n")
    return [str(difference)] if difference.exceeds(LARGEST_PROBABILITY_DIFFERENCE) else []


def _predict_here(
    here: dict[str, pd.DataFrame], settings: Settings, first: date, as_of: date
) -> pd.DataFrame:
    """Do on this machine what `fit_on_spark` and `score_on_spark` do on the executors."""
    types = here["core.dim_arepa_types"].query("is_modelled")["arepa_type"]
    labelled = here[TRAINING]
    is_mature = labelled["label_mature_date"] <= pd.Timestamp(as_of)
    rows = prepare_rows(labelled[is_mature], list(types), settings.phases)
    _, models = fit_in_sequence(
        _cut(rows, settings),
        input_columns(settings),
        horizon_days=settings.horizon_days,
        training=settings.training,
    )
    features = here[FEATURES]
    is_asked = (
        features["as_of_date"].between(pd.Timestamp(first), pd.Timestamp(as_of))
        & features["arepa_type"].isin(types)
        & features["phase"].isin(settings.phases)
    )
    predict = predict_with(_name(models, settings), describe_scoring(settings, RUN_ID))
    return pd.concat(predict(iter([features[is_asked]])))


def _cut(rows: pd.DataFrame, settings: Settings) -> Trainings:
    """Cut what twins and what served models are fitted on, without trainings of the past."""
    return Trainings([split_rows(rows, settings).fitted], rows_to_serve(rows, settings))


def _name(models: dict[str, BlendedClassifier], settings: Settings) -> dict[str, LoadedModel]:
    columns = input_columns(settings)
    return {
        arepa_type: LoadedModel(
            RegisteredModel(arepa_type, model_name(arepa_type), RUN_ID, {}), estimator, columns
        )
        for arepa_type, estimator in models.items()
    }


def _check_control(features: pd.DataFrame, spark: SparkWarehouse, sql: str) -> list[str]:
    """Shorten the week on one side; a comparison that does not see it is worth nothing."""
    shortened = spark.frame(sql.replace(WEEK, SHORT_WEEK))
    difference = _difference("negative control", features, shortened, KEYS_OF[FEATURES])
    sys.stdout.write(f"{difference}\n")
    if difference.exceeds(LARGEST_DIFFERENCE):
        return []
    return ["negative control: a week of six days on one side went unnoticed"]


def _check_executors(event_log: Path, master: str) -> list[str]:
    tasks = count_tasks(event_log)
    told = ", ".join(f"{executor}: {count}" for executor, count in sorted(tasks.items()))
    sys.stdout.write(f"tasks by executor on {master}: {told}\n")
    if "driver" in tasks or len(tasks) < 2:
        return [f"not the work of two executors ({told})"]
    return []
