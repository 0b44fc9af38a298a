"""Rows of Parquet are the lines that a text file would have had."""

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from python_ml.errors import UnreadableFileError
from python_ml.raw.files import RawFile, stamp
from python_ml.raw.lines import read_header
from tests.raw_files import HEADER, READINGS, lines_of

MOMENT = datetime(2026, 11, 8, 15)
ROW = {
    "timestamp": pa.array([MOMENT], pa.timestamp("us")),
    "machine_id": ["m1"],
    "batch_id": ["b1"],
    "metric_1": [0.5],
    "metric_2": [1.5],
}


def write(folder: Path, columns: dict[str, object]) -> RawFile:
    pq.write_table(pa.table(columns), path := folder / "cooking_metrics.parquet")
    return RawFile(READINGS, path, path.name, stamp(path))


@pytest.mark.parametrize("ending", [".parquet", ".Parquet"])
def test_rows_of_parquet_are_the_lines_that_a_text_file_would_have(tmp_path: Path, ending: str):
    rows = pa.table(
        {
            "timestamp": pa.array(["2026-11-04T10:00:00", None]).cast(pa.timestamp("us")),
            "machine_id": ["m1", 'm;"2'],
            "batch_id": [7, 8],
            "metric_1": [0.5, None],
            "metric_2": ["a", "b"],
        }
    )
    pq.write_table(rows, path := tmp_path / f"cooking_metrics{ending}")
    file = RawFile(READINGS, path, path.name, stamp(path))
    assert read_header(file) == tuple(HEADER.split(";"))
    assert lines_of(file) == [
        (1, "2026-11-04T10:00:00.000000;m1;7;0.5;a", None),
        (2, ';"m;""2";8;;b', None),
    ]


def test_a_semicolon_in_the_name_of_an_extra_column_moves_no_other_column(tmp_path: Path):
    file = write(tmp_path, {"remark; who": ["none"], **ROW})
    assert read_header(file) == ("remark, who", *ROW)
    assert len(";".join(read_header(file)).split(";")) == len(lines_of(file)[0][1].split(";"))


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (pa.timestamp("us", "America/Bogota"), "2026-11-08T10:00:00.000000"),
        (pa.timestamp("ns", "Europe/Rome"), "2026-11-08T16:00:00.000000"),
        (pa.timestamp("ms", "+02:00"), "2026-11-08T17:00:00.000000"),
        (pa.timestamp("us", "UTC"), "2026-11-08T15:00:00.000000"),
        (pa.timestamp("ns"), "2026-11-08T15:00:00.000000"),
        (pa.timestamp("s"), "2026-11-08T15:00:00.000000"),
    ],
)
def test_times_are_those_of_the_zone_s_own_clocks(tmp_path: Path, kind: pa.DataType, written: str):
    moment = pa.array([MOMENT], pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))
    file = write(tmp_path, {**ROW, "timestamp": moment.cast(kind)})
    assert lines_of(file) == [(1, f"{written};m1;b1;0.5;1.5", None)]


def test_what_a_time_would_lose_is_named_with_what_to_do(tmp_path: Path):
    finer = pa.array([1], pa.timestamp("ns"))
    with pytest.raises(UnreadableFileError, match=r"column timestamp .*microseconds.*round them"):
        lines_of(write(tmp_path, {**ROW, "timestamp": finer}))
    elsewhere = pa.array([MOMENT], pa.timestamp("us", "Mars/Olympus"))
    with pytest.raises(UnreadableFileError, match=r"column timestamp .*zone Mars/Olympus"):
        lines_of(write(tmp_path, {**ROW, "timestamp": elsewhere}))


def test_extra_columns_of_any_type_are_ignored(tmp_path: Path):
    extra = {
        "note": ["a;b"],
        "nested": [{"a": 1}],
        "listed": [[1, 2]],
        "mapped": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())),
        "picture": pa.array([b"\xff\x00"], pa.binary()),
        "took": pa.array([1], pa.duration("s")),
        "sort": pa.array(["a"]).dictionary_encode(),
        "nothing": pa.nulls(1),
        "key": pa.array([b"\xff\x00"], pa.binary(2)),
        "finer": pa.array([1], pa.timestamp("ns")),
        "elsewhere": pa.array([MOMENT], pa.timestamp("us", "Mars/Olympus")),
    }
    file = write(tmp_path, {**extra, **ROW})
    assert {*HEADER.split(";"), "note", "sort"} <= set(read_header(file))
    assert {"nested", "listed", "mapped", "picture"}.isdisjoint(read_header(file))
    [(_, line, _)] = lines_of(file)
    fields = dict(zip(read_header(file), line.split(";"), strict=False))
    assert line.startswith('"a;b";') and line.endswith(";m1;b1;0.5;1.5"), fields


def test_a_needed_column_that_is_no_text_is_named(tmp_path: Path):
    with pytest.raises(UnreadableFileError, match="column metric_1 holds list<"):
        read_header(write(tmp_path, {**ROW, "metric_1": [[0.5]]}))
    as_bytes = write(tmp_path, {**ROW, "machine_id": pa.array([b"m1"], pa.binary())})
    assert lines_of(as_bytes) == [(1, "2026-11-08T15:00:00.000000;m1;b1;0.5;1.5", None)]
    no_text = write(tmp_path, {**ROW, "machine_id": pa.array([b"\xff"], pa.binary())})
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        lines_of(no_text)
