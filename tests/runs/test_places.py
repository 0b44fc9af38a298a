"""Full disks and read-only places: one clear line, and yesterday's file stays."""

import logging
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from mlflow import MlflowClient

from tests.conftest import RAW_FIXTURES, Workspace
from tests.small_fleet import NEXT_DAY, copy_of, run_morning

pytestmark = pytest.mark.slow

ErrorOf = Callable[[], str]


@contextmanager
def mounted(*arguments: str, on: Path) -> Iterator[None]:
    """Mount something for real; a machine that forbids it has not run the test."""
    on.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", *arguments, str(on)], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"NOT RUN: mounting is not permitted here ({done.stderr.strip()})")
    try:
        yield
    finally:
        # Lazily: MLflow and dbt keep files open as long as the process lives.
        subprocess.run(["umount", "--lazy", str(on)], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Make a folder read-only even for root."""
    with mounted("--bind", str(folder), on=folder):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
        yield


def fill(folder: Path, leaving: int) -> Path:
    """Fill a disk but for some bytes; returns the file that does it."""
    filler = folder / "filler"
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize
    with filler.open("wb") as file:
        file.write(bytes(max(free - leaving, 0)))
    return filler


@pytest.mark.parametrize("leaving", [0, 1 << 20])
def test_a_full_disk_leaves_the_day_before_and_the_next_run_ends_it(
    evening: Workspace, tmp_path: Path, caplog: pytest.LogCaptureFixture, leaving: int
):
    disk = tmp_path / "disk"
    with mounted("-t", "tmpfs", "-o", "size=200m", "tmpfs", on=disk):
        workspace = copy_of(evening, disk / "copy")
        before = workspace.bi.read_bytes()
        filler = fill(disk, leaving)
        assert run_morning(workspace, NEXT_DAY) == 1
        assert "o space left" in errors_in(caplog)
        assert workspace.bi.read_bytes() == before
        filler.unlink()
        assert run_morning(workspace, NEXT_DAY) == 0
        assert workspace.bi.read_bytes() != before


def test_a_full_disk_of_readers_keeps_their_file(
    evening: Workspace, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    disk = tmp_path / "disk"
    workspace = copy_of(evening, tmp_path / "copy")
    with mounted("-t", "tmpfs", "-o", "size=40m", "tmpfs", on=disk):
        published = disk / "bi.duckdb"
        published.write_bytes(workspace.bi.read_bytes())
        before = published.read_bytes()
        fill(disk, 1 << 16)
        assert run_morning(workspace, NEXT_DAY, BI_PATH=str(published)) == 1
        assert f"BI_PATH={published}: cannot be written" in errors_in(caplog)
        assert published.read_bytes() == before
        assert sorted(path.name for path in disk.iterdir()) == ["bi.duckdb", "filler"]


def test_read_only_raw_files_are_enough(evening: Workspace, tmp_path: Path):
    workspace = copy_of(evening, tmp_path / "copy")
    with read_only(workspace.raw):
        assert run_morning(workspace, NEXT_DAY) == 0


def test_a_read_only_place_for_readers_keeps_their_file(
    evening: Workspace, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    workspace = copy_of(evening, tmp_path / "copy")
    published = tmp_path / "published" / "bi.duckdb"
    published.parent.mkdir()
    published.write_bytes(before := workspace.bi.read_bytes())
    with read_only(published.parent):
        assert run_morning(workspace, NEXT_DAY, BI_PATH=str(published)) == 1
    assert f"BI_PATH={published}: cannot be written" in errors_in(caplog)
    assert published.read_bytes() == before


def test_a_version_that_the_registry_lost_stops_no_other_type(
    evening: Workspace, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    workspace = copy_of(evening, tmp_path / "copy")
    registry = MlflowClient(workspace.environment["MLFLOW_TRACKING_URI"])
    registry.delete_model_version("arepas__a1", "1")
    assert run_morning(workspace, NEXT_DAY) == 3
    assert "arepas__a1 version 1" in errors_in(caplog)
    found = workspace.rows(
        "select distinct arepa_type, status from ml.predictions where as_of_date = ? order by all",
        (NEXT_DAY,),
    )
    assert found == [("a1", "no_model"), ("a4", "scored")]


def test_a_read_only_place_for_the_warehouse_is_named(
    workspace: Workspace, error_of: ErrorOf, tmp_path: Path
):
    workspace.copy_raw(RAW_FIXTURES)
    place = tmp_path / "place"
    with mounted("-t", "tmpfs", "tmpfs", on=place):
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        elsewhere = str(place / "warehouse.duckdb")
        assert workspace.arepas("build", WAREHOUSE_PATH=elsewhere) == 1
    assert "WAREHOUSE_PATH" in error_of()
    assert "cannot be written" in error_of()


def test_a_morning_without_mlflow_is_planned_and_says_so_on_page_and_mail(
    evening: Workspace, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    workspace = copy_of(evening, tmp_path / "copy")
    away = "http://me:hush-hush@127.0.0.1:9"
    assert run_morning(workspace, NEXT_DAY, MLFLOW_TRACKING_URI=away) == 3
    planned = "select count(*) from bi.rpt_maintenance_plan_daily where as_of_date = ?"
    assert workspace.rows(planned, (NEXT_DAY,))[0][0] > 0
    models = "select count(model_version) from ml.predictions where as_of_date = ?"
    assert workspace.rows(models, (NEXT_DAY,))[0][0] > 0
    (mail,) = (workspace.folder / "reports" / NEXT_DAY.isoformat()).glob("digest_all_en.html")
    page = workspace.folder / "public" / "index.html"
    recorded = workspace.rows("select message from ml.runs where step = 'score'")[-1][0]
    for told in (mail.read_text(), page.read_text(), recorded, errors_in(caplog)):
        assert "MLFLOW_TRACKING_URI=http://***@127.0.0.1:9: cannot be reached" in told
        assert "hush-hush" not in told


def errors_in(caplog: pytest.LogCaptureFixture) -> str:
    """The error lines of a morning; those who could not be told of it may have their own."""
    errors = [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]
    assert not any("\n" in error for error in errors)
    return "\n".join(errors)
