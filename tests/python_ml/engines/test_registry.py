"""MLflow's database is made whole or not at all: what a killed migration leaves is of no use."""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from python_ml.engines.registry import Registry
from tests.conftest import Workspace

OPEN_REGISTRY = """
from python_ml.engines.registry import Registry
from python_ml.settings import load_settings
Registry(load_settings())
"""


def schema_of(database: Path) -> list[tuple[str]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("select sql from sqlite_master order by name").fetchall()


@pytest.mark.slow
def test_the_database_is_whole_from_its_first_moment(workspace: Workspace):
    database = workspace.folder / "mlflow.db"
    with subprocess.Popen(
        [sys.executable, "-c", OPEN_REGISTRY], env=os.environ | workspace.environment
    ) as process:
        while not database.exists() and process.poll() is None:
            time.sleep(0.001)
        process.kill()
    first = schema_of(database)
    assert Registry(workspace.settings()).find_champions() == {}
    assert schema_of(database) == first
    assert len(first) > 50
