"""One kitchen's damaged file neither stops the others' morning nor vanishes unseen."""

import gzip
import logging
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import RAW_FIXTURES, Workspace

AS_OF = "2020-11-05"
HEADER = b"timestamp;machine_id;batch_id;metric_1;metric_2\n"
LINES = b"".join(
    b"2020-11-04T10:00:%02d;m1;b1;%d,5;0,%d\n"
    % (number % 60, number, random.Random(number).random() * 1e9)
    for number in range(20_000)
)


def cut_gzip(content: bytes) -> bytes:
    whole = gzip.compress(content)
    return whole[: len(whole) * 2 // 3]


def corrupt_gzip(content: bytes) -> bytes:
    whole = bytearray(gzip.compress(content))
    middle = len(whole) // 2
    whole[middle : middle + 64] = bytes(64)
    return bytes(whole)


DAMAGED = {
    "cooking_metrics_2.csv": b"",
    "cooking_metrics_3.csv.gz": b"",
    "k2/cooking_metrics_4.csv.gz": b"\x1f\x8b no gzip at all",
    "k2/cooking_metrics_5.csv.gz": cut_gzip(HEADER + LINES),
    "k2/cooking_metrics_6.csv.gz": corrupt_gzip(HEADER + LINES),
    "k2/cooking_metrics_7.parquet": b"PAR1 and then nothing",
    "k2/cooking_metrics_8.csv": (HEADER + LINES).decode().encode("utf-16"),
    "k2/cooking_metrics_9.csv": HEADER + b"x" * (80 << 20) + b"\n",
    "k2/cooking_metrics_10.csv.gz": HEADER + LINES,
    "k2/cooking_metrics_11.csv": HEADER.replace(b"batch_id", b"batch") + LINES,
    "k2/cooking_metrics_12.csv": (HEADER + LINES).replace(b"\n", b"\r"),
    "batch_registry_2.csv": b"",
    "machines_2.csv": b"\xff\xfe\x00",
    "maintenance_events_2.csv.gz": b"\x1f\x8b\x08",
    "faulty_intervals_2.parquet": b"",
}


@pytest.fixture(scope="module")
def damaged(new_workspace: Callable[[], Workspace]) -> Workspace:
    workspace = new_workspace()
    workspace.copy_raw(RAW_FIXTURES)
    for name, content in DAMAGED.items():
        path = workspace.raw / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    make_unreadable_folder(workspace.raw / "k3")
    assert workspace.arepas("build", "--as-of", AS_OF) == 3
    return workspace


def make_unreadable_folder(folder: Path) -> None:
    """Make folders in one another until nobody, not even root, can name the last one."""
    here = Path.cwd()
    folder.mkdir()
    os.chdir(folder)
    for _ in range(17):
        name = Path("x" * 250)
        name.mkdir()
        os.chdir(name)
    os.chdir(here)


def test_a_damaged_file_is_one_line_of_the_quarantine(damaged: Workspace):
    ledger = dict(
        (name, counts)
        for name, *counts in damaged.rows(
            "select source_file, lines_read, rows_kept, rows_duplicate, rows_quarantined"
            " from quarantine.row_ledger"
        )
    )
    quoted = dict(
        damaged.rows(
            "select source_file, raw_line from quarantine.rejected_rows"
            " where reason = 'unreadable_file' and source_line = 1"
        )
    )
    assert set(quoted) == set(DAMAGED)
    for name in DAMAGED:
        assert ledger[name] == [1, 0, 0, 1]
        assert quoted[name].startswith(f"{name}: ")


def test_the_other_files_count_as_if_it_had_not_come(damaged: Workspace, built_fixtures: Workspace):
    for table in ("core.fct_machine_metrics_hourly", "features.feat_machine_arepa_daily"):
        rows = f"select * from {table} order by all"
        assert damaged.rows(rows) == built_fixtures.rows(rows)


def test_it_is_marked_and_named(damaged: Workspace):
    checks = damaged.rows(
        "select subject, severity, message from quarantine.data_checks"
        " where check_name = 'unreadable_files'"
    )
    assert {subject for subject, _, _ in checks} == {*DAMAGED, "folders"}
    assert {severity for _, severity, _ in checks} == {"mark"}
    messages = {subject: message for subject, _, message in checks}
    assert max(len(message) for message in messages.values()) <= 300
    assert messages["folders"].startswith("k3/xxx")
    assert "the folder cannot be read (File name too long)" in messages["folders"]


def test_the_whole_file_replaces_the_damaged_one_and_a_damaged_one_not_the_whole(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
):
    kept = (
        "select rows_kept from quarantine.row_ledger"
        " where source_file = 'cooking_metrics_late.csv.gz'"
    )
    workspace.copy_raw(RAW_FIXTURES)
    readings = workspace.raw / "cooking_metrics.csv"
    late = workspace.raw / "cooking_metrics_late.csv.gz"
    whole = gzip.compress(readings.read_bytes())
    readings.write_bytes(HEADER)

    def build_with(content: bytes, status: int) -> list[tuple]:
        late.write_bytes(content)
        assert workspace.arepas("build", "--as-of", AS_OF, QUARANTINE_LIMIT="1") == status
        return workspace.rows(kept)

    assert build_with(whole[: len(whole) // 2], 3) == [(0,)]
    rows_of_the_whole = build_with(whole, 0)
    assert rows_of_the_whole > [(0,)]
    with caplog.at_level(logging.WARNING):
        assert build_with(whole[: len(whole) // 2], 3) == rows_of_the_whole
    assert "cooking_metrics_late.csv.gz: cannot be read" in caplog.text
    problems = "select count(*) from quarantine.data_checks where check_name = 'unreadable_files'"
    assert workspace.rows(problems) == [(1,)]
    assert build_with(whole, 0) == rows_of_the_whole
    assert workspace.rows(problems) == [(0,)]


def test_links_inside_the_folder_are_read_and_loops_are_not(workspace: Workspace):
    workspace.copy_raw(RAW_FIXTURES)
    path = workspace.raw / "cooking_metrics_2.csv"
    path.symlink_to(workspace.raw / "cooking_metrics.csv")
    loop = workspace.raw / "cooking_metrics_3.csv"
    loop.symlink_to(loop)
    assert loop.is_symlink()
    assert workspace.arepas("build", "--as-of", AS_OF) == 0
    files = "select source_file from quarantine.row_ledger where source_table = 'cooking_metrics'"
    assert sorted(workspace.rows(files)) == [("cooking_metrics.csv",), ("cooking_metrics_2.csv",)]


def test_a_folder_without_one_readable_file_of_a_table_is_refused(
    workspace: Workspace, error_of: Callable[[], str]
):
    workspace.copy_raw(RAW_FIXTURES)
    Path(workspace.raw / "cooking_metrics.csv").write_bytes(b"")
    assert workspace.arepas("build", "--as-of", AS_OF) == 2
    assert "cooking_metrics.csv: the file is empty" in error_of()
