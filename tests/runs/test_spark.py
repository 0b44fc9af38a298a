"""The Spark target gives what DuckDB gives; runs where `make setup-spark` has been run."""

import contextlib
import gzip
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

import pandas as pd
import pytest

from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.transform import Transformer
from python_ml.engines.warehouse import Warehouse
from python_ml.learning.columns import KEYS
from python_ml.morning.publish import create_publications
from python_ml.morning.score import describe_scoring
from python_ml.run.record import CREATE_RUNS
from python_ml.settings import PROJECT_DIR, Settings
from python_ml.spark.build import build_on_spark, spark_engine
from python_ml.spark.compare import (
    FEATURES,
    PREDICTED,
    build_on_duckdb,
    find_differences,
    read_on_spark,
)
from python_ml.spark.events import count_tasks
from python_ml.spark.score import load_live_models, predict_with
from python_ml.spark.table_difference import compare_tables
from python_ml.spark.warehouse import SparkWarehouse
from tests import small_fleet
from tests.conftest import Workspace, environment
from tests.dirty_fleet import (
    Readings,
    assert_every_line_is_accounted_for,
    read_independently,
    write_dirty_files,
)
from tests.engines import SPARK_LIGHT, drop_tables

pytestmark = pytest.mark.spark

AS_OF, NEXT_DAY = date(2026, 3, 13), date(2026, 3, 14)
DIRTIEST = 11
HEADER = "timestamp;machine_id;batch_id;metric_1;metric_2"
THRIFT = "org.apache.spark.sql.hive.thriftserver"
LONE_DAY = "2026-02-20"
LONE_READINGS = [f"{LONE_DAY}T10:00:0{second};m1;own;1,5;2,5" for second in range(3)]
OWN_READINGS = [
    "2026-03-02T10:00:00.5;m1;own;0,125;-3",
    "2026-03-02T10:00:00.500001;m2;own;1e-7;+.5",
    "2026-03-02T23:59:59.999999;m3;own;123456,789012;7.",
    '2026-03-02T12:00:00;"m""4";own;1e300;1',
    '2026-03-02T12:00:00;"m;5";own;1e400;1',
    f'2026-03-02T12:00:00;"{"y" * 50_000}""{"z" * 50_000}";own;1;1',
    f'2026-03-02T12:00:00;"{"y" * 100_000};own;1;1',
    "2026-03-02T12:00:00;m1;own;9007199254740993;1",
    "2026-03-02T12:00:00;m1;own;0,1234567890123;0,98765432109876",
    "1970-01-01T00:00:00;m1;own;1;1",
    '2026-03-02T12:00:00;"' + 4000 * 'a""' + '";own;1;1',
]
TIMES = (("2026-03-03T00:00:00.25", "2026-03-03T09:00:00.75"), ("2026-03-05T23:59:59.999999", ""))
NEW_READINGS = [f"2026-03-13T08:00:0{second};m2;own;1,25;2,75" for second in range(3)]
COLUMNS_OF_ML = """
select table_name, string_agg(column_name || ' ' || replace(lower(data_type), 'varchar', 'string'))
from information_schema.columns where table_schema = 'ml' group by all
"""
SEED = (
    "arepa_type,arepa_type_name,is_modelled\n"
    'a1,"Arepa d\'abuela ""doble"" \\ con todo",true\n'
    "a2,,false\n"
)


@dataclass(frozen=True)
class Engines:
    """Both engines over the same raw files.

    Attributes:
        dirty: What an independent reader makes of the random ones of them.
    """

    raw: Path
    settings: Settings
    spark: SparkWarehouse
    dirty: Readings

    def differences(self, as_of: date) -> list[str]:
        """Build on both sides; returns what is not the same to the limit of `compare-spark`."""
        here = build_on_duckdb(self.settings, as_of)
        build_on_spark(self.settings, self.spark, run_id="test", as_of=as_of)
        found = find_differences(here, read_on_spark(self.spark))
        assert sum(difference.row_count for difference in found) > 100
        return [str(difference) for difference in found if difference.exceeds(1e-9)]


@pytest.fixture(scope="module")
def engines(
    spark_session: SparkWarehouse,
    spark_places: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Engines]:
    drop_tables(spark_session)
    workspace = Workspace(tmp_path_factory.mktemp("engines"))
    project = workspace.folder / "project"
    for name in ("macros", "models", "seeds", "tests/dbt", "docs"):
        shutil.copytree(PROJECT_DIR / name, project / name)
    for name in ("dbt_project.yml", "profiles.yml", "selectors.yml"):
        shutil.copy(PROJECT_DIR / name, project / name)
    (project / "seeds" / "arepa_types.csv").write_text(SEED)
    # The fleet is dirty on purpose.
    variables = workspace.environment | spark_places | {"QUARANTINE_LIMIT": "1"}
    with pytest.MonkeyPatch.context() as patch, environment(variables):
        patch.setattr("python_ml.engines.transform.PROJECT_DIR", project)
        write_dirty_files(Random(DIRTIEST), workspace.raw)
        dirty = read_independently(workspace.raw)
        write_own_files(workspace.raw)
        yield Engines(workspace.raw, workspace.settings(**variables), spark_session, dirty)


@pytest.fixture(scope="module")
def differences_at_first(engines: Engines) -> list[str]:
    """Of the first build on both sides, whose tables all tests find."""
    return engines.differences(AS_OF)


def write_own_files(raw: Path) -> None:
    write(raw / "own/cooking_metrics.csv", [HEADER, *OWN_READINGS])
    write(raw / "lone/Cooking_Metrics.CSV", [HEADER, *LONE_READINGS, *OWN_READINGS[:1]])
    write(raw / "own/batch_registry.csv", ["batch_id;arepa_type", "own;a1"])
    write(raw / "own/maintenance_events.csv", ["machine_id;start_time;end_time;kind;component"])
    with (raw / "own/maintenance_events.csv").open("a") as file:
        for machine in ("m1", "m2", "m3"):
            for kind in ("planned", "breakdown"):
                file.writelines(f"{machine};{start};{end};{kind};pump\n" for start, end in TIMES)
    write(raw / "own/faulty_intervals.csv", ["machine_id;start_time;end_time"])
    write(raw / "own/cooking_metrics_none.csv", [])
    (raw / "own/cooking_metrics_cut.CSV.gz").write_bytes(
        gzip.compress("\n".join([HEADER, *OWN_READINGS]).encode())[:-20]
    )
    (raw / "own/cooking_metrics_bytes.csv").write_bytes(
        HEADER.encode()
        + b"\r\n2026-03-02T10:00:00;m\xff1;own;1;1\r\n\r\n2026-03-02T10:00:00;m1;own;1;1"
    )


def write(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))


def count(engines: Engines, table: str, condition: str) -> int:
    return engines.spark.value(f"select count(*) from {table} where {condition}")


def test_both_engines_read_dirty_files_seeds_and_later_deliveries_alike(
    engines: Engines, differences_at_first: list[str]
):
    assert differences_at_first == []
    assert_every_line_is_accounted_for(
        engines.spark.rows, engines.raw, engines.dirty, others=("own/", "lone/")
    )
    assert count(engines, "quarantine.rejected_rows", "reason = 'unreadable_file'") == 2
    assert count(engines, "quarantine.rejected_rows", "reason = 'bad_encoding'") >= 1
    assert count(engines, "seeds.arepa_types", "arepa_type_name is null") == 1
    of_lone_day = ("intermediate.int_machine_days", f"measured_date = date '{LONE_DAY}'")
    assert count(engines, *of_lone_day) == 1

    # The next morning: a file corrected so that a day becomes empty, a new one, and one gone.
    write(engines.raw / "lone/Cooking_Metrics.CSV", [HEADER, *OWN_READINGS[:1]])
    write(engines.raw / "own/cooking_metrics_2.csv", [HEADER, *NEW_READINGS])
    (engines.raw / "own/faulty_intervals.csv").unlink()
    # As a run leaves it that was killed before the metastore knew the table.
    half_written = engines.settings.spark_dir / "warehouse/core.db/dim_arepa_types"
    engines.spark.execute("drop table core.dim_arepa_types")
    write(half_written / "part-00000.parquet", ["half"])
    not_ours = half_written.with_name("not_ours") / "part-00000.parquet"
    write(not_ours, ["whole"])
    days_before = count(engines, "intermediate.int_machine_days", "true")
    assert engines.differences(NEXT_DAY) == []
    assert count(engines, *of_lone_day) == 0
    assert count(engines, "intermediate.int_machine_days", "true") == days_before
    assert count(engines, "raw.files", "replaced_load_id is not null") == 1
    assert count(engines, "raw.files", "not is_present") == 1
    assert not_ours.exists()


@pytest.mark.usefixtures("differences_at_first")
def test_every_dbt_unit_test_passes_and_reports_build_on_spark(engines: Engines):
    # The tables that scoring writes, as DuckDB has them, and empty.
    engines.spark.execute("create database if not exists ml")
    with Warehouse(engines.raw.parent / "scored.duckdb") as warehouse:
        create_ml_tables(warehouse)
        create_publications(warehouse)
        warehouse.execute(CREATE_RUNS)
        for table, columns in warehouse.rows(COLUMNS_OF_ML):
            engines.spark.execute(f"create table ml.{table} ({columns}) using parquet")
    transformer = Transformer(engines.settings, spark_engine(engines.settings, engines.spark))
    transformer.build_risks()
    transformer.build_reports()
    done = transformer._run(["test", "--select", "test_type:unit"])
    assert len(done.results) > 25


@dataclass(frozen=True)
class LostExecutor:
    """A fleet that was built on two executors, of which one was killed in the middle."""

    settings: Settings
    environment: dict[str, str]
    events: Path
    here: dict[str, pd.DataFrame]

    def arepas(self, verb: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "python_ml.cli", verb, "--as-of", small_fleet.AS_OF.isoformat()],
            env=os.environ | self.environment | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    def read(self, schema: str, table: str) -> pd.DataFrame:
        folder = self.settings.spark_dir / "warehouse" / f"{schema}.db" / table
        return pd.read_parquet(folder).astype({"as_of_date": str})

    def has_the_same_features(self) -> bool:
        features = self.here[FEATURES]
        on_spark = self.read("features", "feat_machine_arepa_daily")
        assert len(features) > 0
        return not compare_tables("features", features, on_spark, KEYS).exceeds(1e-9)


@pytest.fixture(scope="module")
def lost_executor(tmp_path_factory: pytest.TempPathFactory) -> LostExecutor:
    folder = tmp_path_factory.mktemp("lost")
    workspace = Workspace(folder)
    small_fleet.deliver_up_to(workspace, small_fleet.AS_OF)
    variables = workspace.environment | {"SPARK_DIR": str(folder / "spark")}
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "python_ml.cli", "spark-build"),
            *("--as-of", small_fleet.AS_OF.isoformat()),
        ],
        # Spark's own settings, whatever the session beside it was opened with.
        env=os.environ
        | variables
        | {"SPARK_MASTER": "local-cluster[2,1,1024]", "SPARK_SETTINGS_FILE": ""},
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        events = folder / "spark" / "events"
        while run.poll() is None and tasks_so_far(events) < 100:
            time.sleep(0.2)
        executors = find_executors(run.pid)
        assert len(executors) == 2, run.communicate()[1]
        os.kill(executors[0], signal.SIGKILL)
        _, said = run.communicate()
    assert run.returncode == 0, said
    settings = workspace.settings(**variables)
    here = build_on_duckdb(settings, small_fleet.AS_OF)
    light = {"SPARK_MASTER": "local[2]", "SPARK_SETTINGS_FILE": str(SPARK_LIGHT)}
    return LostExecutor(settings, variables | light, events, here)


def test_an_executor_lost_in_the_middle_costs_time_alone(lost_executor: LostExecutor):
    (log,) = lost_executor.events.iterdir()
    assert set(count_tasks(log)) == {"0", "1", "2"}
    assert lost_executor.has_the_same_features()


def test_executors_fit_what_the_driver_registers_and_predict_with_it(lost_executor: LostExecutor):
    trained = lost_executor.arepas("spark-train")
    # Two of the listed types are cooked nowhere here: they lack no model.
    assert trained.returncode == 0, trained.stderr
    assert "no model for" not in trained.stderr
    scored = lost_executor.arepas("spark-score")
    assert scored.returncode == 0, scored.stderr
    assert "scored 32 scored" in scored.stderr
    settings = lost_executor.settings
    models = load_live_models(settings, as_of=small_fleet.AS_OF)
    assert len(models) >= 2
    for model in models.values():
        assert model.registered.tags["engine"] == "spark"
        assert int(model.registered.tags["fitted_rows"]) > 100
    features = lost_executor.here[FEATURES]
    of_today = features[
        (features["as_of_date"] == pd.Timestamp(small_fleet.AS_OF))
        & features["phase"].isin(settings.phases)
    ]
    predict = predict_with(models, describe_scoring(settings, "here"))
    here = pd.concat(predict(iter([of_today])))
    assert "scored" in set(here["status"])
    on_spark = lost_executor.read("ml", "predictions")
    difference = compare_tables("predictions", here[PREDICTED], on_spark[PREDICTED], KEYS)
    assert not difference.exceeds(1e-6), difference


@contextlib.contextmanager
def thrift_server(spark_dir: Path) -> Iterator[int]:
    """A Thrift server over a session's tables; gives its port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    import pyspark

    home = Path(pyspark.__file__).parent
    with subprocess.Popen(
        [
            *(home / "bin" / "spark-submit", "--class", f"{THRIFT}.HiveThriftServer2"),
            *("spark-internal", "--hiveconf", f"hive.server2.thrift.port={port}"),
            *("--hiveconf", "hive.server2.thrift.bind.host=127.0.0.1"),
        ],
        env=os.environ | {"SPARK_HOME": str(home), "SPARK_CONF_DIR": str(spark_dir / "conf")},
        cwd=spark_dir,
    ) as server:
        try:
            while not is_listening(port):
                assert server.poll() is None, "the Thrift server ended"
                time.sleep(0.2)
            yield port
        finally:
            server.terminate()


def is_listening(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_dbt_alone_builds_the_same_through_a_thrift_server(
    lost_executor: LostExecutor, tmp_path: Path
):
    # Derby lets nobody else in, so what dbt builds it builds through the server.
    with thrift_server(lost_executor.settings.spark_dir) as port:
        done = subprocess.run(
            [
                *(Path(sys.executable).with_name("dbt"), "build", "--full-refresh"),
                *("--target", "spark", "--project-dir", PROJECT_DIR, "--profiles-dir", PROJECT_DIR),
                *("--select", "+feat_machine_arepa_daily", "--exclude-resource-type", "test"),
                *("--exclude-resource-type", "unit_test"),
            ],
            env=os.environ
            | lost_executor.environment
            | {
                "SPARK_METHOD": "thrift",
                "SPARK_HOST": "127.0.0.1",
                "SPARK_PORT": str(port),
                "DBT_TARGET_PATH": str(tmp_path / "target"),
                "DBT_LOG_PATH": str(tmp_path / "logs"),
            },
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout
    assert lost_executor.has_the_same_features()


def tasks_so_far(events: Path) -> int:
    return sum(log.read_text().count("SparkListenerTaskEnd") for log in events.glob("*.inprogress"))


def find_executors(ancestor: int) -> list[int]:
    """Executors among the descendants of a process."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    found, unseen = [], [ancestor]
    while unseen:
        process = unseen.pop()
        unseen += children.get(process, [])
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it may have ended
            if b"CoarseGrainedExecutorBackend" in Path(f"/proc/{process}/cmdline").read_bytes():
                found.append(process)
    return found
