"""One run at a time: the second leaves and says who is at work, and a dead owner is none.

Also where `flock` says nothing: on a volume that another machine writes to.
"""

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from python_ml.errors import ArepasError
from python_ml.run import lock
from python_ml.run.lock import run_lock
from python_ml.settings import Settings, load_settings
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


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(lock, "BEAT_S", 0.02)
    monkeypatch.setattr(lock, "WATCH_S", 0.4)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"WAREHOUSE_PATH": str(tmp_path / "warehouse.duckdb")})


def claim_of(settings: Settings, kernel: str) -> Path:
    path = settings.state_dir / "run.owner"
    path.parent.mkdir(exist_ok=True)
    owner = {"verb": "retrain", "process": 7, "host": "pod-b", "kernel": kernel}
    path.write_text(json.dumps(owner | {"since": "2026-11-20T07:00:00+00:00"}))
    return path


def test_a_claim_of_another_machine_that_moves_is_a_run_at_work(settings: Settings):
    path, stop = claim_of(settings, "another kernel"), threading.Event()
    owner = json.loads(path.read_text())

    def beat() -> None:
        number = 0
        while not stop.wait(0.02):
            number += 1
            beside = path.with_name("beside")
            beside.write_text(json.dumps(owner | {"alive": number}))
            beside.replace(path)

    beating = threading.Thread(target=beat)
    beating.start()
    try:
        with (
            pytest.raises(ArepasError, match=r"at work \(retrain, process 7 on pod-b, since 2026"),
            run_lock(settings, "daily"),
        ):
            pytest.fail("two runs at once")
    finally:
        stop.set()
        beating.join()
    assert json.loads(path.read_text())["host"] == "pod-b"


def test_a_beat_that_finds_no_room_ends_no_run_and_leaves_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lock, "BEAT_S", 0.01)
    beaten = threading.Event()

    def fill_the_disk(path: Path, content: bytes) -> None:
        with path.open("wb") as file:
            file.write(content[:1])
        beaten.set()
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full, run_lock(settings, "daily"):
        full.setattr(Path, "write_bytes", fill_the_disk)
        assert beaten.wait(60)
    assert [path.name for path in settings.state_dir.iterdir()] == ["run.lock"]


def test_a_claim_of_another_machine_that_stands_still_is_taken_over(settings: Settings):
    path = claim_of(settings, "another kernel")
    with run_lock(settings, "daily"):
        assert json.loads(path.read_text())["verb"] == "daily"
    assert not path.exists()


def test_half_a_claim_is_nobodys(settings: Settings):
    claim_of(settings, "another kernel").write_text("")
    with run_lock(settings, "daily"):
        pass


def test_a_dead_run_of_this_kernel_is_not_waited_for(settings: Settings, monkeypatch):
    monkeypatch.setattr(lock, "_moves", lambda *_: pytest.fail("its lock is ours: it is dead"))
    claim_of(settings, lock._kernel())
    with run_lock(settings, "daily"):
        pass


def test_a_run_at_work_renews_its_claim_and_leaves_none(settings: Settings):
    path = settings.state_dir / "run.owner"
    with run_lock(settings, "daily"):
        first = path.read_text()
        give_up_at = time.monotonic() + 30
        while path.read_text() == first:
            assert time.monotonic() < give_up_at
            time.sleep(0.01)
        assert json.loads(path.read_text())["since"] == json.loads(first)["since"]
    assert sorted(file.name for file in settings.state_dir.iterdir()) == ["run.lock"]
