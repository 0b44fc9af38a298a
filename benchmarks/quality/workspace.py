"""A warehouse of its own for each data set, built by the project's own pipeline."""

import os
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from python_ml.cli import main
from python_ml.engines.marts import read_censored_rows, read_modelled_types, read_training_rows
from python_ml.engines.warehouse import Warehouse
from python_ml.learning.estimator import Models, Trainings, fit_in_sequence
from python_ml.learning.evaluate import Split
from python_ml.lifecycle.material import add_censored, past_trainings
from python_ml.settings import Settings, load_settings


def build_warehouse(
    folder: Path, as_of: str, **variables: str
) -> tuple[Settings, Callable[[str], pd.DataFrame]]:
    """Load raw files and build the features; returns the settings and a way to ask questions."""
    places = {
        "WAREHOUSE_PATH": str(folder / "warehouse.duckdb"),
        "BI_PATH": str(folder / "bi.duckdb"),
        "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db",
        "MLFLOW_ARTIFACT_ROOT": str(folder / "artifacts"),
    }
    # dbt reads METRICS and the like from the environment.
    os.environ.update(places | variables)
    if main(["build", "--as-of", as_of]) != 0:
        raise SystemExit("the features could not be built")
    settings = load_settings()

    def frame(sql: str) -> pd.DataFrame:
        with Warehouse(settings.warehouse_path, read_only=True) as warehouse:
            return warehouse.frame(sql)

    return settings, frame


def read_mornings(settings: Settings, as_of: date) -> pd.DataFrame:
    """Read what a training reads; grain: machine_id, arepa_type, as_of_date.

    Mornings whose label a planned stop took are among them, without a label.
    """
    of_fleet = {"phases": settings.phases, "as_of": as_of}
    with Warehouse(settings.warehouse_path, read_only=True) as warehouse:
        types = read_modelled_types(warehouse)
        return add_censored(
            read_training_rows(warehouse, types, **of_fleet),
            read_censored_rows(warehouse, types, **of_fleet),
        )


def fit_as_in_life(
    fitted: pd.DataFrame, first: pd.Timestamp, columns: Sequence[str], settings: Settings
) -> Models:
    """Fit as `make train` does, on what was known on a morning, going on from trainings before it.

    Args:
        fitted: As of `read_mornings`, with labels that were mature on the morning.
        first: The morning.
        columns: The inputs of models, in their order.
        settings: The horizon, and how models are fitted and how often.
    """
    newest = Split(fitted, pd.DataFrame({"as_of_date": [first]}))
    past = [split.fitted for split in past_trainings(fitted, newest, settings)]
    return fit_in_sequence(
        Trainings([*past, fitted]),
        columns,
        horizon_days=settings.horizon_days,
        training=settings.training,
    )[-1]
