"""dbt's one door: what is rebuilt when, what failed is named, and the file is let go of."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from dbt.exceptions import ContractError

from python_ml.engines import transform
from python_ml.engines.transform import Transformer, duckdb_engine
from python_ml.engines.warehouse import IN_MEMORY, Warehouse
from python_ml.errors import LONGEST_LINE, ArepasError
from python_ml.settings import load_settings
from tests.conftest import Workspace
from tests.small_fleet import copy_of

SETTINGS = load_settings({})
OPEN_ELSEWHERE = "import duckdb, sys; duckdb.connect(sys.argv[1])"
RAW_TABLES = """
create schema raw;
create table raw.run_settings as select true as has_machines, false as has_maintenance_events
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The SQL of another project."""
    for name in ("models/core/dim.sql", "macros/engine.sql", "seeds/costs.csv"):
        write(tmp_path / name, "as it was")
    monkeypatch.setattr(transform, "PROJECT_DIR", tmp_path)
    return tmp_path


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    with Warehouse(IN_MEMORY) as warehouse:
        warehouse.execute(RAW_TABLES)
        yield warehouse


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_the_fingerprint_is_of_all_that_tables_are_built_with(project: Path, warehouse: Warehouse):
    def fingerprint(metrics: tuple[str, ...] = SETTINGS.metrics) -> str:
        return transform._fingerprint(SETTINGS.replace(metrics=metrics), warehouse)

    seen = [fingerprint()]
    assert fingerprint() == seen[0]
    for name in ("models/core/dim.sql", "macros/engine.sql", "seeds/costs.csv", "models/new.sql"):
        write(project / name, "as it is now")
        seen.append(fingerprint())
    (project / "models/core/dim.sql").rename(project / "models/dim.sql")
    seen.append(fingerprint())
    seen.append(fingerprint(("metric_1",)))
    warehouse.execute("update raw.run_settings set has_machines = false")
    seen.append(fingerprint())
    assert len(set(seen)) == len(seen)
    write(project / "seeds/recipients.csv", "a new mail address")
    write(project / "models/core/_core__models.yml", "a better description")
    assert fingerprint() == seen[-1]


def test_everything_is_built_anew_only_when_told_or_where_what_it_was_built_with_changed(
    built_fixtures: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    workspace = copy_of(built_fixtures, tmp_path / "copy")
    settings = workspace.settings()
    transformer = Transformer(settings, duckdb_engine(settings))
    commands: list[list[str]] = []
    monkeypatch.setattr(Transformer, "_run", lambda _, command: commands.append(command))
    transformer.build_features()
    transformer.build_features(from_scratch=True)
    with Warehouse(workspace.warehouse) as warehouse:
        warehouse.execute("update raw.builds set fingerprint = 'of older code'")
    transformer.build_features()
    transformer.build_features()
    assert ["--full-refresh" in command for command in commands] == [False, True, True, False]
    built = "select count(*), count(distinct fingerprint) from raw.builds"
    assert workspace.rows(built) == [(1 + 4, 2)]


def stop_building(*_: object) -> None:
    raise ArepasError("a check stops the day")


def test_after_a_stopped_build_all_is_built_anew_if_what_it_was_built_with_is_there_no_more(
    built_fixtures: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    workspace = copy_of(built_fixtures, tmp_path / "copy")
    settings = workspace.settings()
    transformer = Transformer(settings, duckdb_engine(settings))
    with monkeypatch.context() as patch, pytest.raises(ArepasError, match="stops the day"):
        patch.setattr(transform, "_fingerprint", lambda *_: "of other metrics")
        patch.setattr(Transformer, "_run", stop_building)
        transformer.build_features()
    commands: list[list[str]] = []
    monkeypatch.setattr(Transformer, "_run", lambda _, command: commands.append(command))
    transformer.build_features()
    transformer.build_features()
    assert ["--full-refresh" in command for command in commands] == [True, False]


def test_a_failing_test_is_named_with_the_first_row_that_it_found_and_the_file_is_let_go_of(
    built_fixtures: Workspace, tmp_path: Path
):
    workspace = copy_of(built_fixtures, tmp_path / "copy")
    settings = workspace.settings()
    with Warehouse(workspace.warehouse) as warehouse:
        warehouse.execute("insert into core.dim_machines select * from core.dim_machines limit 1")
        [(machine,)] = warehouse.rows(
            "select machine_id from core.dim_machines group by all having count(*) > 1"
        )
    transformer = Transformer(settings, duckdb_engine(settings))
    with pytest.raises(ArepasError, match=rf"dim_machines.*: 1 row, the first is .*{machine}"):
        transformer._run(["test", "--select", "dim_machines,test_type:data"])
    elsewhere = [sys.executable, "-c", OPEN_ELSEWHERE, str(workspace.warehouse)]
    subprocess.run(elsewhere, check=True)


def test_what_dbt_reads_from_the_environment_is_there_for_its_command_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    settings = load_settings({"WAREHOUSE_PATH": str(tmp_path / "warehouse.duckdb")})
    monkeypatch.setenv("METRICS", "of_another")
    monkeypatch.delenv("WAREHOUSE_PATH", raising=False)
    before = dict(os.environ)
    Transformer(settings, duckdb_engine(settings))._run(["list", "--select", "dim_machines"])
    assert dict(os.environ) == before


def test_a_broken_contract_is_told_by_its_columns_however_many_there_are():
    kept = [{"name": f"metric_{number}_mean", "data_type": "DOUBLE"} for number in range(30)]
    built = [*kept, {"name": "day_count", "data_type": "BIGINT"}]
    promised = [
        *kept,
        {"name": "day_count", "data_type": "DOUBLE"},
        {"name": "late", "data_type": "DATE"},
    ]
    told = transform._describe_error(ContractError(promised, built))
    assert told == (
        "breaks its contract: day_count (data type mismatch: BIGINT is built, DOUBLE promised);"
        " late (missing in definition: nothing is built, DATE promised)"
    )
    assert len(transform._describe_error(ContractError(kept, kept[:0]))) <= LONGEST_LINE


def test_of_a_long_message_both_ends_are_told():
    told = transform._describe_error(f"Conversion Error: no number\n{'x ' * 900}LINE 1: at the end")
    assert told.startswith("Conversion Error: no number x")
    assert told.endswith("LINE 1: at the end")
    assert len(told) <= LONGEST_LINE
    assert transform._describe_error(None) == "no message"
