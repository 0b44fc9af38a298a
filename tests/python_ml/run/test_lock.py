"""One run at a time: the second leaves and says who is at work, and a dead owner is none."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from python_ml.errors import ArepasError
from python_ml.run.lock import run_lock
from tests.conftest import RAW_FIXTURES, Workspace

HOLD_LOCK = """
import sys, time
from python_ml.run.lock import run_lock
from python_ml.settings import load_settings
with run_lock(load_settings(), "daily"):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_second_run_leaves_and_says_who_is_at_work(tmp_path: Path, error_of: Callable[[], str]):
    workspace = Workspace(tmp_path)
    workspace.copy_raw(RAW_FIXTURES)
    with held_lock(workspace) as owner:
        assert workspace.arepas("build", "--as-of", "2020-11-05") == 1
        said = error_of()
        assert f"another run is at work (daily, process {owner.pid} on" in said
        assert "minutes ago); wait for it to end" in said
        assert not workspace.warehouse.exists()


def test_the_lock_of_a_killed_run_is_taken_over(tmp_path: Path):
    workspace = Workspace(tmp_path)
    fleet = ("--kitchens", "1", "--days", "1", "--as-of", "2020-11-05")
    with held_lock(workspace) as owner:
        assert workspace.arepas("demo-data", *fleet) == 1
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        assert workspace.arepas("demo-data", *fleet) == 0


@contextmanager
def held_lock(workspace: Workspace) -> Iterator[subprocess.Popen]:
    owner = subprocess.Popen(
        [sys.executable, "-c", HOLD_LOCK],
        env=os.environ | workspace.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "held\n"
        yield owner
    finally:
        owner.kill()
        owner.wait()


def test_the_lock_is_given_back_however_the_verb_ends_and_names_its_last_owner(tmp_path: Path):
    settings = Workspace(tmp_path).settings()
    for error in (ArepasError("bad"), KeyboardInterrupt()):
        with pytest.raises(type(error)), run_lock(settings, "a verb with a long name"):
            raise error
    with (
        run_lock(settings, "train"),
        pytest.raises(ArepasError, match=rf"work \(train, process {os.getpid()} on .* 0 minutes"),
        run_lock(settings, "daily"),
    ):
        pass


def test_who_has_just_begun_need_not_have_said_who_it_is(tmp_path: Path):
    settings = Workspace(tmp_path).settings()
    with run_lock(settings, "train"):
        (settings.state_dir / "run.lock").write_text("")
        with pytest.raises(ArepasError, match="it has just begun"), run_lock(settings, "daily"):
            pass


def test_two_warehouses_do_not_wait_for_each_other(tmp_path: Path):
    one, other = (Workspace(tmp_path / name).settings() for name in ("one", "other"))
    with run_lock(one, "daily"), run_lock(other, "daily"):
        pass


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("no folder")
    settings = Workspace(tmp_path / "file").settings()
    with (
        pytest.raises(ArepasError, match=r"WAREHOUSE_PATH: .* cannot be written"),
        run_lock(settings, "daily"),
    ):
        pass
