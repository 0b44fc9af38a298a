"""Who reads the published file while a morning runs is never locked out and never fooled."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import duckdb
import pytest

from tests.conftest import Workspace
from tests.reader import poll_with_duckdb
from tests.small_fleet import AS_OF, NEXT_DAY, copy_of, run_morning

pytestmark = pytest.mark.slow

READERS = ("duckdb", "sqlalchemy", "duckdb", "sqlalchemy")
KEEP_OPEN = """
import sys
import duckdb

published = "select as_of_date from bi.bi.publication"
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    for _ in range(2):
        print(*connection.execute(published).fetchone(), flush=True)
        sys.stdin.readline()
"""


@dataclass(frozen=True)
class ReadMorning:
    """A morning that ran while its file was read.

    Attributes:
        workspace: The morning's own.
        before: What a reader saw before.
        readers: Those who opened the file again and again; they are told to stop.
        keeper: Who opened it before and has it open.
    """

    workspace: Workspace
    before: tuple[object, ...]
    readers: list[subprocess.Popen[str]]
    keeper: subprocess.Popen[str]


def start_reader(*arguments: str, **streams: int) -> subprocess.Popen[str]:
    command = [sys.executable, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **streams)


@pytest.fixture(scope="module")
def read_morning(
    evening: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ReadMorning]:
    folder = tmp_path_factory.mktemp("read")
    workspace, stop_file = copy_of(evening, folder / "copy"), folder / "stop"
    published = str(workspace.bi)
    with ExitStack() as started:
        keeper = started.enter_context(
            start_reader("-c", KEEP_OPEN, published, stdin=subprocess.PIPE)
        )
        assert keeper.stdout is not None
        assert keeper.stdout.readline() == f"{AS_OF}\n"
        before = poll_with_duckdb(published)
        readers = [
            started.enter_context(
                start_reader(
                    *("-m", "tests.reader", kind, published, str(stop_file)),
                    stderr=subprocess.PIPE,
                )
            )
            for kind in READERS
        ]
        started.callback(stop_file.touch)
        assert run_morning(workspace, NEXT_DAY) == 0
        stop_file.touch()
        yield ReadMorning(workspace, before, readers, keeper)


def test_four_readers_see_the_day_before_or_the_new_day_and_nothing_between(
    read_morning: ReadMorning,
):
    before, after = read_morning.before, poll_with_duckdb(str(read_morning.workspace.bi))
    assert (before[0], after[0]) == (AS_OF, NEXT_DAY)
    wholes = {tuple(str(value) for value in whole) for whole in (before, after)}
    for reader in read_morning.readers:
        said, complained = reader.communicate(timeout=120)
        assert reader.returncode == 0, complained
        report = json.loads(said)
        assert report["polls"] > 20
        assert {tuple(seen) for seen in report["seen"]} == wholes


def test_a_reader_that_keeps_the_file_open_does_not_stop_the_run(read_morning: ReadMorning):
    workspace = read_morning.workspace
    assert read_morning.keeper.communicate("once more\n")[0] == f"{AS_OF}\n"
    assert poll_with_duckdb(str(workspace.bi))[0] == NEXT_DAY
    publication = workspace.rows("select run_id, status, is_in_time from ml.publications")
    assert [row[1:] for row in publication] == [("complete", None)] * 2


def test_the_file_says_where_it_comes_from(evening: Workspace):
    with duckdb.connect(str(evening.bi), read_only=True) as connection:
        row = connection.execute("from bi.bi.publication").df().iloc[0].to_dict()
        storage = connection.execute("select tags from duckdb_databases() where not internal")
        assert "v1.0.0" in str(storage.fetchall())
    assert list(row) == [
        "run_id", "as_of_date", "published_at", "code_version", "status", "currency",
    ]  # fmt: skip
    assert row["run_id"].startswith(f"{AS_OF:%Y%m%d}-")
    assert row["status"] == "complete"
    logged = evening.rows("select run_id, code_version from ml.publications")
    assert logged == [(row["run_id"], row["code_version"])]
