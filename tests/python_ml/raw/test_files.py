"""Raw files are found by their names, and every one of their lines is read once, as it is."""

import gzip
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from python_ml.errors import InputError, UnreadableFileError
from python_ml.raw import files
from python_ml.raw.files import (
    RawFile,
    RawTable,
    content_hash,
    find_raw_files,
    raw_tables,
    read_arepa_types,
    read_header,
    read_lines,
    stamp,
)

TABLES = raw_tables(("metric_1", "metric_2"))
READINGS = TABLES[-1]
HEADER = "timestamp;machine_id;batch_id;metric_1;metric_2"
NEEDED = ("batch_registry.csv", "faulty_intervals.csv", "cooking_metrics.csv")
IN_ONE_FOLDER = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def put(path: Path, content: bytes | str = "", table: RawTable = READINGS) -> RawFile:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return RawFile(table, path, path.name, stamp(path))


def lines_of(file: RawFile) -> list[tuple[int, str, str | None]]:
    batches = list(read_lines(file, file_id=3))
    assert all(set(batch.column("file_id").to_pylist()) <= {3} for batch in batches)
    columns = ("source_line", "raw_line", "line_reason")
    return [tuple(row[name] for name in columns) for batch in batches for row in batch.to_pylist()]


def in_other_case(text: str) -> st.SearchStrategy[str]:
    letters = [st.sampled_from([letter.lower(), letter.upper()]) for letter in text]
    return st.tuples(*letters).map("".join)


@IN_ONE_FOLDER
@given(data=st.data())
def test_a_file_s_table_is_its_name_s_beginning_at_any_depth_in_capitals_or_not(tmp_path, data):
    table = data.draw(st.sampled_from([table.name for table in TABLES]))
    beginning = data.draw(in_other_case(table))
    ending = data.draw(st.sampled_from(files.SUFFIXES).flatmap(in_other_case))
    for name in NEEDED:
        put(tmp_path / "raw" / name)
    path = tmp_path / "raw" / "k1" / "2026-11-22" / f"{beginning}_x{ending}"
    put(path)
    found = {file.source_file: file.table.name for file in find_raw_files(tmp_path / "raw", TABLES)}
    path.unlink()
    assert found == {
        **{name: name.removesuffix(".csv") for name in NEEDED},
        f"k1/2026-11-22/{path.name}": table,
    }


def test_files_come_in_the_order_of_their_paths_and_others_are_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    raw = tmp_path / "raw"
    for name in (*NEEDED, "b/machines.csv", "a/machines.csv", "notes.csv", "machines.xlsx"):
        put(raw / name)
    put(tmp_path / "machines_of_others.csv")
    (raw / "machines_linked.csv").symlink_to(tmp_path / "machines_of_others.csv")
    with caplog.at_level(logging.WARNING):
        found = [file.source_file for file in find_raw_files(raw, TABLES)]
    assert found == ["a/machines.csv", "b/machines.csv", *sorted(NEEDED)]
    assert "machines.xlsx: not read; raw files end in" in caplog.text
    assert "machines_linked.csv: not read; it links to a place outside" in caplog.text
    assert "notes.csv" not in caplog.text


def test_a_missing_folder_and_a_needed_table_without_a_file_are_named(tmp_path: Path):
    with pytest.raises(InputError, match="set RAW_DATA_DIR"):
        find_raw_files(tmp_path / "gone", TABLES)
    for name in NEEDED[:2]:
        put(tmp_path / name)
    with pytest.raises(InputError, match=r"no cooking_metrics\*\.csv"):
        find_raw_files(tmp_path, TABLES)


LINES = st.lists(
    st.binary(max_size=6).filter(lambda line: b"\n" not in line and b"\r" not in line), max_size=8
)


@IN_ONE_FOLDER
@given(
    lines=LINES,
    end=st.sampled_from([b"\n", b"\r\n"]),
    is_ended=st.booleans(),
    block_bytes=st.integers(1, 20),
    ending=st.sampled_from([".csv", ".csv.gz", ".CSV.GZ"]),
)
def test_every_line_is_read_once_with_its_number_however_the_bytes_come(
    tmp_path, lines, end, is_ended, block_bytes, ending
):
    content = end.join([HEADER.encode(), *lines]) + (end if is_ended else b"")
    packed = gzip.compress(content) if ending.lower().endswith(".gz") else content
    file = put(tmp_path / f"cooking_metrics{ending}", packed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "BLOCK_BYTES", block_bytes)
        found = lines_of(file)
    numbers = [number for number, line in enumerate(lines, start=2) if line]
    assert [number for number, _, _ in found] == numbers
    for number, text, reason in found:
        line = lines[number - 2]
        is_clean = b"\0" not in line and line.decode(errors="ignore").encode() == line
        assert reason == (None if is_clean else "bad_encoding")
        if is_clean:
            assert text.encode() == line
        else:
            assert text == line.decode(errors="backslashreplace").replace("\0", "\\x00")


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


QUOTED = ";".join(f'"{name}"' for name in HEADER.split(";"))


@pytest.mark.parametrize("written", ["\ufeff" + HEADER, HEADER.replace(";", " ; "), QUOTED])
def test_a_header_is_read_through_marks_blanks_and_quotes(tmp_path: Path, written: str):
    assert read_header(put(tmp_path / "cooking_metrics.csv", written + "\r\n1")) == tuple(
        HEADER.split(";")
    )


def test_a_header_without_a_needed_column_is_refused_with_its_name(tmp_path: Path):
    file = put(tmp_path / "cooking_metrics.csv", "timestamp;machine_id;metric_1;extra\n")
    with pytest.raises(InputError, match="column batch_id, metric_2 is missing"):
        read_header(file)


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n"])
def test_only_a_table_that_may_be_empty_may_come_without_a_header(tmp_path: Path, content: bytes):
    [intervals] = [table for table in TABLES if table.may_be_empty]
    assert read_header(put(tmp_path / "faulty_intervals.csv", content, intervals)) == ()
    with pytest.raises(UnreadableFileError, match="the file is empty"):
        read_header(put(tmp_path / "cooking_metrics.csv", content))


def touch(file: RawFile) -> None:
    file.path.write_text("other")


@pytest.mark.parametrize("change", [touch, lambda file: file.path.unlink()])
def test_a_file_that_changes_while_it_is_read_is_said(
    tmp_path: Path, change: Callable[[RawFile], None]
):
    file = put(tmp_path / "cooking_metrics.csv", f"{HEADER}\n1\n")
    batches = read_lines(file, file_id=3)
    next(batches)
    change(file)
    with pytest.raises(UnreadableFileError, match="changed while it was being read"):
        list(batches)


def test_damaged_bytes_are_a_problem_of_that_file(tmp_path: Path):
    whole = gzip.compress(f"{HEADER}\n1\n".encode())
    for name, content in (("a.csv.gz", whole[:-9]), ("b.csv.gz", b"text"), ("c.parquet", b"PAR1")):
        with pytest.raises(UnreadableFileError, match=f"^{name}: cannot be read"):
            lines_of(put(tmp_path / name, content))
    with pytest.raises(UnreadableFileError, match=r"^gone: cannot be read"):
        content_hash(replace(put(tmp_path / "d"), path=tmp_path / "gone", source_file="gone"))


def test_the_list_of_types_may_be_written_as_people_write_it(tmp_path: Path):
    path = tmp_path / "types.txt"
    path.write_text("\ufeffa1, a2 # the two of the morning\n\n# a3\n a4,a1 ,\n")
    assert read_arepa_types(path) == ("a1", "a2", "a4")
    assert read_arepa_types(None) == ()
    path.write_text("# none\n")
    with pytest.raises(InputError, match="names no arepa type"):
        read_arepa_types(path)
