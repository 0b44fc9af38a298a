"""What whole-run tests share: a workspace of their own, and fleets that are built once."""

import fcntl
import logging
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import hypothesis
import pandas as pd
import pytest

from python_ml.cli import main
from python_ml.settings import load_settings

# A busy machine is no fault of what is tested.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")

pytest_plugins = ("tests.engines", "tests.postgres")

SHARED_FIXTURES = Path(__file__).parents[2] / "shared" / "fixtures"
RAW_FIXTURES = Path(__file__).parent / "fixtures" / "raw"

# Begun first, so that the two processes of `make test` end at about the same time.
LONGEST_MODULES = ("test_killed_runs", "test_deliveries", "test_serve", "test_backfill")
# Who asks for one of these runs verbs or makes a store: left out of `make check-fast`.
RUNS = {"new_workspace", "built_once", "empty_store"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if find_spec("pyspark") is None:
        needing = [item for item in items if item.get_closest_marker("spark")]
        config.hook.pytest_deselected(items=needing)
        items[:] = [item for item in items if item not in needing]

    def rank(item: pytest.Item) -> int:
        name = item.path.stem
        return LONGEST_MODULES.index(name) if name in LONGEST_MODULES else len(LONGEST_MODULES)

    items.sort(key=rank)
    for item in items:
        if RUNS.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
        if item.get_closest_marker("spark"):
            item.add_marker(pytest.mark.slow)
            # PySpark and what it starts leave their own warnings and sockets behind.
            item.add_marker(pytest.mark.filterwarnings("ignore"))


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
def new_workspace(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Workspace]:
    return lambda: Workspace(tmp_path_factory.mktemp("workspace"))


@pytest.fixture
def workspace(new_workspace: Callable[[], Workspace]) -> Workspace:
    return new_workspace()


BuiltOnce = Callable[[str, Callable[[Workspace], None]], Workspace]


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> BuiltOnce:
    """Build a workspace once in a run of the suite, whichever of its processes asks first."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent

    def find_or_build(name: str, build: Callable[[Workspace], None]) -> Workspace:
        workspace = Workspace(shared / name)
        with (shared / f"{name}.lock").open("a+") as built:
            fcntl.flock(built, fcntl.LOCK_EX)
            if os.fstat(built.fileno()).st_size == 0:
                workspace.folder.mkdir()
                build(workspace)
                built.write("built")
        return workspace

    return find_or_build


@pytest.fixture(scope="session")
def built_fixtures(built_once: BuiltOnce) -> Workspace:
    """The raw files of `fixtures/`, built up to the features; copy it."""

    def build(workspace: Workspace) -> None:
        workspace.copy_raw(RAW_FIXTURES)
        assert workspace.arepas("build", "--as-of", "2020-11-05") == 0

    return built_once("fixtures", build)


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MLflow's database without a model, made once: its fifty migrations take three seconds."""
    from python_ml.engines.registry import _create_store

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlflow.pyfunc  # noqa: F401  (on this it warns of its own type hints)

    path = tmp_path_factory.mktemp("store") / "mlflow.db"
    _create_store(f"sqlite:///{path}")
    return path


@pytest.fixture
def with_store(empty_store: Path, tmp_path: Path) -> Workspace:
    """A workspace that holds a registry without a model, and nothing else."""
    shutil.copy(empty_store, tmp_path / "mlflow.db")
    return Workspace(tmp_path)


@pytest.fixture(scope="session")
def evening(built_once: BuiltOnce) -> Workspace:
    """A small fleet after one morning, with the files of the next one delivered; copy it."""
    from tests.small_fleet import build_evening

    return built_once("evening", build_evening)


@pytest.fixture(scope="session")
def first_morning(built_once: BuiltOnce) -> Workspace:
    """Four kitchens, all types, after their first morning; copy it to change it."""
    from tests.small_fleet import build_first_morning

    return built_once("first_morning", build_first_morning)


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
