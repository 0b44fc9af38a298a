"""The engines behind one fixture: what they promise alike is tested once, on each that is there.

`make test` runs them on DuckDB and, where there is Java, on Spark (`make test-spark`).
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from python_ml.engines.transform import Transformer, duckdb_engine
from python_ml.engines.warehouse import Warehouse
from python_ml.raw.load import load
from python_ml.settings import Settings, load_settings
from tests.conftest import Workspace, environment

SPARK_LIGHT = Path(__file__).with_name("spark_light.conf")


@dataclass(frozen=True)
class Engine:
    """One engine over one folder of raw files.

    Attributes:
        workspace: Where the raw files, and DuckDB's tables, are.
        spark: The session that has the tables, where the engine is Spark.
    """

    workspace: Workspace
    spark: Any = None

    def settings(self, **variables: str) -> Settings:
        return self.workspace.settings(**self._places, **variables)

    def open(self) -> AbstractContextManager[Any]:
        """Open the door to its tables."""
        if self.spark is not None:
            return nullcontext(self.spark)
        return Warehouse(self.workspace.warehouse)

    def load(self, as_of: date, **variables: str) -> int:
        """Load the raw files; returns the number of lines."""
        settings = self.settings(**variables)
        if self.spark is None:
            return load(settings, run_id="test", as_of=as_of)
        from python_ml.spark.load import load_on_spark

        return load_on_spark(settings, self.spark, run_id="test", as_of=as_of)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.open() as door:
            return door.rows(sql)

    def dbt(self, *arguments: str) -> Any:
        """Run a command of dbt on it; returns dbt's results."""
        settings = self.settings()
        with environment(self.workspace.environment | self._places):
            if self.spark is None:
                return Transformer(settings, duckdb_engine(settings))._run(arguments)
            from python_ml.spark.build import spark_engine

            return Transformer(settings, spark_engine(settings, self.spark))._run(arguments)

    @property
    def _places(self) -> dict[str, str]:
        folder = self.workspace.folder
        layouts = folder / "layouts.toml"
        places = {"SPARK_DIR": str(folder / "spark")}
        return places | (
            {"RAW_LAYOUTS": str(layouts), "TZ": "Europe/Rome"} if layouts.exists() else {}
        )


@pytest.fixture(scope="session")
def spark_places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables that say where the session has its tables."""
    return {
        "SPARK_DIR": str(tmp_path_factory.mktemp("spark")),
        "SPARK_MASTER": "local[2]",
        "SPARK_SETTINGS_FILE": str(SPARK_LIGHT),
    }


@pytest.fixture(scope="session")
def spark_session(spark_places: dict[str, str]) -> Iterator[Any]:
    """The one session of this process: Java reads its settings once, Derby lets one in."""
    from pyspark.sql import SparkSession

    from python_ml.spark.warehouse import SparkWarehouse

    query = SparkSession.sql

    def query_as_tests(session: SparkSession, *arguments: Any, **named: Any) -> Any:
        # A thread that does not say who asks has Spark look through its stack at every copy of a
        # plan's row of constants, of which unit tests have thousands: a third of all their time.
        for form in ("callSite.short", "callSite.long"):
            session.sparkContext.setLocalProperty(form, "tests")
        return query(session, *arguments, **named)

    with (
        pytest.MonkeyPatch.context() as patch,
        SparkWarehouse(load_settings(spark_places)) as spark,
    ):
        patch.setattr(SparkSession, "sql", query_as_tests)
        yield spark


@pytest.fixture
def empty_spark(spark_session: Any) -> Any:
    """The session without a table of an earlier test."""
    drop_tables(spark_session)
    return spark_session


def drop_tables(spark: Any) -> None:
    """Drop every table that the session knows."""
    for (schema,) in spark.rows("show databases"):
        if schema != "default":
            spark.execute(f"drop database {schema} cascade")


@pytest.fixture(scope="module", params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine without a table of an earlier module, and a folder for its raw files."""
    workspace = Workspace(tmp_path_factory.mktemp("engine"))
    if request.param == "duckdb":
        return Engine(workspace)
    spark = request.getfixturevalue("spark_session")
    drop_tables(spark)
    return Engine(workspace, spark)
