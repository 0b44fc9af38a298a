"""What whole-run tests share: a workspace of their own, and a project that is parsed once."""

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from python_ml.cli import main
from python_ml.settings import load_settings

SHARED_FIXTURES = Path(__file__).parents[2] / "shared" / "fixtures"
RAW_FIXTURES = Path(__file__).parent / "fixtures" / "raw"

# Begun first, so that the two processes of `make test` end at about the same time.
LONGEST_MODULES = ("test_killed_runs", "test_deliveries", "test_serve", "test_backfill")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        name = item.path.stem
        return LONGEST_MODULES.index(name) if name in LONGEST_MODULES else len(LONGEST_MODULES)

    items.sort(key=rank)


@dataclass(frozen=True)
class Workspace:
    """A folder with everything that a run reads and writes, and nothing else."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            "RAW_DATA_DIR": str(self.raw),
            "WAREHOUSE_PATH": str(self.warehouse),
            "BI_PATH": str(self.bi),
            "MLFLOW_TRACKING_URI": f"sqlite:///{self.folder}/mlflow.db",
            "MLFLOW_ARTIFACT_ROOT": str(self.folder / "artifacts"),
            "REPORTS_DIR": str(self.folder / "reports"),
            "PUBLIC_DIR": str(self.folder / "public"),
            "LOG_LEVEL": "INFO",
        }

    @property
    def raw(self) -> Path:
        return self.folder / "raw"

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse.duckdb"

    @property
    def bi(self) -> Path:
        return self.folder / "bi.duckdb"

    def arepas(self, *arguments: str, **variables: str) -> int:
        """Run a verb in this process; returns its exit status."""
        with environment(self.environment | variables):
            return main(arguments)

    def query(self, sql: str, parameters: tuple[Any, ...] = ()) -> pd.DataFrame:
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(sql, parameters).df()

    def rows(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(sql, parameters).fetchall()

    def write(self, name: str, text: str) -> None:
        path = self.raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def copy_raw(self, folder: Path) -> None:
        shutil.copytree(folder, self.raw, dirs_exist_ok=True)

    def settings(self, **variables: str) -> Any:
        return load_settings(self.environment | variables)


@contextmanager
def environment(variables: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="session")
def parsed_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of dbt's parse, which takes several seconds when it is cold."""
    workspace = Workspace(tmp_path_factory.mktemp("parsed"))
    workspace.copy_raw(RAW_FIXTURES)
    assert workspace.arepas("build", "--as-of", "2020-11-05") == 0
    return workspace.settings().state_dir / "target"


@pytest.fixture(scope="session")
def new_workspace(
    parsed_project: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Workspace]:
    def make() -> Workspace:
        workspace = Workspace(tmp_path_factory.mktemp("workspace"))
        target = workspace.settings().state_dir / "target"
        target.mkdir(parents=True)
        shutil.copy(parsed_project / "partial_parse.msgpack", target)
        return workspace

    return make


@pytest.fixture
def workspace(new_workspace: Callable[[], Workspace]) -> Workspace:
    return new_workspace()


@pytest.fixture(scope="session")
def evening(new_workspace: Callable[[], Workspace]) -> Workspace:
    """A small fleet after one morning, with the files of the next one delivered; copy it."""
    from tests.small_fleet import AS_OF, NEXT_DAY, deliver_up_to, run_morning

    workspace = new_workspace()
    deliver_up_to(workspace, AS_OF)
    assert run_morning(workspace, AS_OF) == 0
    deliver_up_to(workspace, NEXT_DAY)
    return workspace


@pytest.fixture
def error_of(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Read the one error line that a failed verb has logged."""

    def read() -> str:
        errors = [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]
        assert len(errors) == 1
        assert "\n" not in errors[0]
        assert "Traceback" not in caplog.text
        return errors[0]

    return read
