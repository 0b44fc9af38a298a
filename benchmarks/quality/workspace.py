"""A warehouse of its own for each data set, built by the project's own pipeline."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd

from python_ml.cli import main
from python_ml.engines.marts import read_censored_rows, read_modelled_types, read_training_rows
from python_ml.engines.warehouse import Warehouse
from python_ml.lifecycle.material import add_censored
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
