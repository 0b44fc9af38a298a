"""Claims and names on shared volumes: one alone gets each."""

from concurrent.futures import ThreadPoolExecutor
from errno import EACCES, ENOSPC, EROFS
from pathlib import Path

import pytest

from python_ml.errors import ArepasError
from python_ml.files import (
    claim,
    drop_claim,
    holds_files,
    put_whole,
    read_claim,
    unfinished_name,
    write_whole,
    writer_name,
    writing_below,
)


def test_a_folder_with_hidden_files_alone_holds_none(tmp_path: Path):
    assert not holds_files(tmp_path / "missing")
    (tmp_path / ".machines.csv.tmp").touch()
    assert not holds_files(tmp_path)
    (tmp_path / "k1").mkdir()
    assert holds_files(tmp_path)


def test_two_writers_never_use_the_same_unfinished_file(tmp_path: Path):
    target = tmp_path / "plan.csv"
    with ThreadPoolExecutor(4) as threads:
        elsewhere = threads.submit(unfinished_name, target).result()
    names = {elsewhere, unfinished_name(target)}
    assert len(names) == 2
    for name in names:
        assert name.parent == tmp_path
        assert name.name.startswith(".plan.csv.")


def test_of_what_could_not_be_written_nothing_is_left_and_the_old_file_stays(tmp_path: Path):
    target = tmp_path / "plan.csv"
    write_whole(target, b"old")

    def run_out_of_room() -> None:
        with put_whole(target) as unfinished:
            unfinished.write_bytes(b"ne")
            raise OSError(ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        run_out_of_room()
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("plan.csv", b"old")]


SITE = Path("/data/site")


@pytest.mark.parametrize(
    "error",
    [
        OSError(EROFS, "Read-only file system", "/data/site/assets/.answer.css"),
        OSError(EACCES, "Permission denied", "/data"),
        OSError(ENOSPC, "No space left on device"),
        OSError(ENOSPC, "No space left on device", "/x/docs.html", None, "/data/site/docs.html"),
    ],
)
def test_what_cannot_be_written_is_told_with_its_setting_and_what_to_do(error: OSError):
    told = (
        f"PUBLIC_DIR: /data/site cannot be written ({error.strerror}); make room or give the run"
        " the right to write there"
    )
    with pytest.raises(ArepasError) as raised, writing_below(SITE, "PUBLIC_DIR"):
        raise error
    assert str(raised.value) == told


@pytest.mark.parametrize(
    "error",
    [
        OSError(EACCES, "Permission denied", "/data/reports/2026-11-20/daily_report.html"),
        ConnectionRefusedError("nobody answers"),
    ],
)
def test_what_is_wrong_elsewhere_is_no_fault_of_the_place(error: OSError):
    with pytest.raises(OSError, match=str(error)[-10:]) as raised, writing_below(SITE, "SITE"):
        raise error
    assert raised.value is error


def test_the_name_of_a_writer_says_which_container_it_is_in(monkeypatch):
    here = writer_name()
    monkeypatch.setattr("socket.gethostname", lambda: "another-pod")
    assert writer_name() != here
    assert writer_name().startswith("another-pod.")


def test_of_many_claims_at_once_one_is_made(tmp_path: Path):
    path = tmp_path / "owner"
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda number: claim(path, str(number)), range(40)))
    assert made.count(True) == 1
    assert read_claim(path) == str(made.index(True))


def test_a_claim_is_dropped_by_who_means_it_and_a_newer_one_stays(tmp_path: Path):
    path = tmp_path / "owner"
    assert claim(path, "the living")
    assert not drop_claim(path, "the dead")
    assert read_claim(path) == "the living"
    assert drop_claim(path, "the living")
    assert read_claim(path) is None
    assert not drop_claim(path, "the living")
    assert list(tmp_path.iterdir()) == []
