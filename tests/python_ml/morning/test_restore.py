"""A damaged warehouse: named, put aside, and what stands anywhere is there again."""

import errno
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import ArepasError, DamagedWarehouseError, InputError
from python_ml.morning.restore import _exchange
from python_ml.settings import Settings
from tests.conftest import Workspace

pytestmark = pytest.mark.slow

AS_OF = "2020-11-05"
FIRST_BLOCK, BLOCK_BYTES = 12_288, 262_144
FEATURES = "select * from features.feat_machine_arepa_daily order by all"
ROLES = "select model_role from ml.predictions order by 1"
PREDICT = """
insert into ml.predictions by name
select
    'm1' as machine_id, 'a1' as arepa_type, date '2020-11-05' as as_of_date, ? as model_role,
    'k1' as kitchen_id, 1 as phase, 7 as horizon_days, 0.25 as failure_probability,
    'scored' as status, 'x' as code_version, 'r' as run_id, timestamp '2020-11-05' as scored_at
"""


@pytest.fixture
def planned(built_fixtures: Workspace, tmp_path: Path) -> Workspace:
    """The fixtures, predictions of a champion and a challenger, and what is published of it.

    A file that was delivered long ago is in the folder no more.
    """
    workspace = Workspace(tmp_path / "copy")
    shutil.copytree(built_fixtures.folder, workspace.folder)
    with Warehouse(workspace.warehouse) as warehouse:
        create_ml_tables(warehouse)
        for role in ("champion", "challenger"):
            warehouse.execute(PREDICT, [role])
    with duckdb.connect(str(workspace.bi)) as bi:
        bi.execute(f"attach '{workspace.warehouse}' as w (read_only)")
        bi.execute("create schema bi")
        bi.execute(
            "create table bi.bi.rpt_predictions as"
            " select * from w.ml.predictions where model_role = 'champion'"
        )
        bi.execute(
            "create table bi.bi.rpt_file_ledger as select source_file from w.raw.files"
            " union all select 'k9/cooking_metrics_2019.csv'"
        )
    return workspace


def overwrite_page_of(workspace: Workspace, table: str) -> None:
    """Overwrite one of the pages that a table's rows are in."""
    blocks = f"select max(block_id) from pragma_storage_info('{table}') where persistent"
    place = FIRST_BLOCK + workspace.rows(blocks)[0][0] * BLOCK_BYTES
    with workspace.warehouse.open("r+b") as file:
        file.seek(place + 100)
        file.write(os.urandom(4096))


def overwrite_head(workspace: Workspace) -> None:
    with workspace.warehouse.open("r+b") as file:
        file.write(os.urandom(4096))


def aside_of(workspace: Workspace) -> Path:
    [aside] = workspace.folder.glob("warehouse.duckdb.damaged-*[0-9]")
    return aside


def test_a_page_that_was_overwritten_is_called_damaged_with_the_way_back(
    planned: Workspace, caplog: pytest.LogCaptureFixture
):
    overwrite_page_of(planned, "raw.cooking_metrics")
    assert planned.arepas("rebuild", "--as-of", AS_OF) == 1
    last = caplog.records[-1].getMessage()
    assert f"{planned.warehouse}: is damaged (" in last
    assert "`make restore`" in last
    assert "another process" not in last


@pytest.mark.parametrize("read_only", [True, False])
def test_a_file_that_is_no_warehouse_any_more_is_called_damaged(
    planned: Workspace, read_only: bool
):
    overwrite_head(planned)
    with pytest.raises(DamagedWarehouseError, match="make restore"):
        Warehouse(planned.warehouse, read_only=read_only)


def test_what_can_be_read_of_the_old_file_is_taken_over_whole(planned: Workspace):
    lines = "select * from raw.cooking_metrics order by all"
    before = planned.query(lines)
    given = planned.rows("select max(file_id) from raw.files")[0][0]
    recovery = _exchange(planned.settings())
    assert recovery.lost == []
    assert planned.rows(ROLES) == [("challenger",), ("champion",)]
    assert planned.query(lines).equals(before)
    with Warehouse(planned.warehouse) as warehouse:
        assert warehouse.value("select nextval('raw.file_ids')") == given + 1
    assert aside_of(planned).exists()


def test_a_copy_of_which_the_log_is_newer_than_the_file_is_called_damaged_and_restored_without_it(
    planned: Workspace,
):
    # Copied while a run was writing: first the file, then what DuckDB keeps beside it.
    copied = planned.warehouse.read_bytes()
    write = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1])\n"
        "for _ in range(2): c.execute('delete from ml.predictions'); c.execute('checkpoint')\n"
        "c.execute('create table ml.later as select 1 as a'); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", write, str(planned.warehouse)], check=True)
    planned.warehouse.write_bytes(copied)
    with pytest.raises(DamagedWarehouseError, match=r"replaying WAL.*`make restore`"):
        Warehouse(planned.warehouse)
    recovery = _exchange(planned.settings())
    assert recovery.lost == [
        "warehouse.duckdb.wal cannot be read: what was written last is missing"
    ]
    assert planned.rows(ROLES) == [("challenger",), ("champion",)]
    assert {path.name for path in planned.folder.glob("*.wal")} == {f"{aside_of(planned).name}.wal"}
    assert not list(planned.folder.glob(".warehouse.duckdb.*"))


def test_a_restore_that_cannot_be_finished_leaves_the_old_file_and_nothing_beside_it(
    planned: Workspace, monkeypatch: pytest.MonkeyPatch
):
    before = planned.warehouse.read_bytes()

    def fill_the_disk(warehouse: Warehouse, *_: object) -> None:
        warehouse.execute("create table half as select 1 as a; checkpoint")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("python_ml.morning.restore._recover", fill_the_disk)
    with pytest.raises(OSError, match="No space left"):
        _exchange(planned.settings())
    assert planned.warehouse.read_bytes() == before
    assert not list(planned.folder.glob(".warehouse.duckdb.*"))


def test_a_history_that_cannot_be_read_is_taken_from_what_is_published(planned: Workspace):
    overwrite_page_of(planned, "ml.predictions")
    damaged = planned.warehouse.read_bytes()
    recovery = _exchange(planned.settings())
    assert planned.rows(ROLES) == [("champion",)]
    [told] = [line for line in recovery.lost if line.startswith("ml.predictions:")]
    assert told == "ml.predictions: 1 row from what is published, the champions' alone"
    # Every table of the history is accounted for.
    told = " ".join([*recovery.told, *recovery.lost])
    for (table,) in planned.rows("select table_name from duckdb_tables() where schema_name = 'ml'"):
        assert f"ml.{table}: " in told or table in {"model_versions", "publications"}
    assert aside_of(planned).read_bytes() == damaged


def test_what_was_planned_for_the_week_is_taken_from_what_is_published(planned: Workspace):
    with duckdb.connect(str(planned.bi)) as bi:
        bi.execute(
            "create table bi.bi.rpt_week_plan as select 'm1' as machine_id, 'slot' as why_then,"
            " date '2020-11-05' as as_of_date, date '2020-11-06' as planned_date"
        )
    overwrite_head(planned)
    recovery = _exchange(planned.settings())
    assert planned.rows("select machine_id, planned_date, why_then from ml.week_plan") == [
        ("m1", date(2020, 11, 6), "slot")
    ]
    told = " ".join(recovery.lost)
    assert "ml.prediction_curves: not recovered, so past mornings tell no days ahead" in told
    assert "ml.drift_references: not recovered, so no drift is told" in told
    assert "not recovered, nothing of it is missing" not in told
    # What is published is not all of it, and where nothing is, nothing of it is there.
    assert (
        "ml.week_plan: 1 row from what is published, what is booked of machines on no plan is"
        " missing" in told
    )
    assert "ml.backtest_metrics: not recovered, all of it is missing" in told


def test_without_the_old_file_everything_is_built_from_the_raw_files_again(
    planned: Workspace, caplog: pytest.LogCaptureFixture
):
    before = planned.query(FEATURES)
    overwrite_head(planned)
    assert planned.arepas("restore", "--as-of", AS_OF) == 3
    assert planned.query(FEATURES).equals(before)
    assert planned.rows(ROLES) == [("champion",)]
    last = caplog.records[-1].getMessage()
    assert "the lines of 1 file are lost, deliver again: k9/cooking_metrics_2019.csv" in last
    assert "ml.prediction_inputs: not recovered, so past mornings cannot be replayed" in last
    steps = "select step, status from ml.runs order by started_at"
    assert planned.rows(steps) == [("restore", "done"), ("load", "done"), ("build", "done")]


def test_a_restore_that_was_killed_between_two_renames_finds_the_old_file_again(
    planned: Workspace,
):
    planned.warehouse.rename(planned.folder / "warehouse.duckdb.damaged-20201105T070000")
    assert _exchange(planned.settings()).lost == []
    assert planned.rows(ROLES) == [("challenger",), ("champion",)]
    assert len(list(planned.folder.glob("warehouse.duckdb.damaged-*"))) == 1


WRITE_AND_DIE = """
import duckdb, os, sys
c = duckdb.connect(sys.argv[1])
c.execute('delete from ml.predictions where model_role = ?', ['champion'])
os._exit(0)
"""


@pytest.mark.parametrize("is_moved_away", [False, True])
def test_what_a_killed_run_left_beside_a_file_that_is_gone_keeps_no_warehouse_from_opening(
    planned: Workspace, *, is_moved_away: bool
):
    subprocess.run([sys.executable, "-c", WRITE_AND_DIE, str(planned.warehouse)], check=True)
    log = planned.folder / "warehouse.duckdb.wal"
    assert log.exists()
    # As docs/runbook.md says, or by a restore that was killed between the two renames.
    name = "elsewhere.duckdb" if is_moved_away else "warehouse.duckdb.damaged-20201105T070000"
    planned.warehouse.rename(planned.folder / name)
    recovery = _exchange(planned.settings())
    if is_moved_away:
        assert "nothing can be read of the old file" in recovery.told
    else:
        assert recovery.lost == []
    assert planned.rows(ROLES) == [("champion" if is_moved_away else "challenger",)]
    assert not log.exists()


def test_a_file_that_is_older_than_what_is_published_is_no_source_of_what_was_published_since(
    planned: Workspace, caplog: pytest.LogCaptureFixture
):
    # Put aside months ago; the warehouse that worked since is gone.
    planned.warehouse.rename(planned.folder / "warehouse.duckdb.damaged-20200905T070000")
    with duckdb.connect(str(planned.bi)) as bi:
        bi.execute(
            "create table bi.bi.publication as select 'later' as run_id, now()::timestamp"
            " + interval 1 hour as published_at"
        )
        bi.execute(
            "insert into bi.bi.rpt_predictions"
            " select * replace (date '2020-11-06' as as_of_date) from bi.bi.rpt_predictions"
        )
    assert planned.arepas("restore", "--as-of", AS_OF) == 3
    kept = "select model_role, as_of_date from ml.predictions order by 2"
    assert planned.rows(kept) == [("champion", date(2020, 11, 5)), ("champion", date(2020, 11, 6))]
    last = caplog.records[-1].getMessage()
    assert "warehouse.duckdb.damaged-20200905T070000 is older than what is published" in last
    assert "ml.predictions: 2 rows from what is published, the champions' alone" in last
    assert "ml.work_orders: 0 rows from the old file, so stops that have an order may get" in last
    assert "the lines of 1 file are lost, deliver again: k9/cooking_metrics_2019.csv" in last


def test_what_a_restore_found_lost_that_was_killed_after_the_exchange_is_told_by_the_next(
    planned: Workspace, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    overwrite_head(planned)

    def die(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as killed:
        killed.setattr("python_ml.morning.restore.build", die)
        assert planned.arepas("restore", "--as-of", AS_OF) == 1
    told = []
    for status in (3, 0):
        caplog.clear()
        assert planned.arepas("restore", "--as-of", AS_OF) == status
        told.append(caplog.text)
    for said in ("deliver again: k9/cooking_metrics_2019.csv", "ml.prediction_inputs: not"):
        assert [said in text for text in told] == [True, False]


def test_a_file_that_somebody_has_open_is_not_damaged(planned: Workspace):
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(planned.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(ArepasError, match="another process may have it open"):
            _exchange(planned.settings())
        holder.communicate("\n")
    assert not list(planned.folder.glob("*.damaged-*"))


def test_where_there_is_nothing_there_is_nothing_to_restore(tmp_path: Path):
    settings: Settings = Workspace(tmp_path).settings()
    with pytest.raises(InputError, match="nothing to restore"):
        _exchange(settings)
    assert not settings.warehouse_path.exists()
