"""Every line of a file is read once, as it is; a file that is no table's is named."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from python_ml.errors import UnreadableFileError
from python_ml.raw import lines as lines_module
from python_ml.raw.files import RawFile, raw_tables
from python_ml.raw.lines import SmallFiles, read_header, read_lines, read_small, split_small
from tests.raw_files import HEADER, lines_of, put

TABLES = raw_tables(("metric_1", "metric_2"))
IN_ONE_FOLDER = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


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
        patch.setattr(lines_module, "BLOCK_BYTES", block_bytes)
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


@IN_ONE_FOLDER
@given(contents=st.lists(LINES, min_size=1, max_size=5), data=st.data())
def test_small_files_put_together_have_the_lines_of_each(tmp_path, contents, data):
    small, expected = SmallFiles(), []
    for number, lines in enumerate(contents):
        ending = data.draw(st.sampled_from([".csv", ".csv.gz"]))
        content = b"\n".join([HEADER.encode(), *lines])
        packed = gzip.compress(content) if ending == ".csv.gz" else content
        file = put(tmp_path / f"cooking_metrics{number}{ending}", packed)
        header, body = split_small(file, read_small(file))
        assert header == tuple(HEADER.split(";"))
        small.add(number, body)
        expected += [row for batch in read_lines(file, number) for row in batch.to_pylist()]
    assert small.take().to_pylist() == expected
    assert small.take().num_rows == 0


def test_a_semicolon_in_the_name_of_an_extra_column_moves_no_other_column(tmp_path: Path):
    file = put(tmp_path / "cooking_metrics.csv", f'"note; who";{HEADER}\n')
    assert read_header(file) == ("note, who", *HEADER.split(";"))


def test_what_is_large_or_parquet_is_no_small_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lines_module, "SMALL_BYTES", 100)
    monkeypatch.setattr(lines_module, "BLOCK_BYTES", 200)
    assert read_small(put(tmp_path / "a.csv", "x" * 101)) is None
    assert read_small(put(tmp_path / "a.parquet", "x")) is None
    packed = put(tmp_path / "a.csv.gz", gzip.compress(f"{HEADER}\n{'x' * 200}".encode()))
    assert split_small(packed, read_small(packed)) is None


QUOTED = ";".join(f'"{name}"' for name in HEADER.split(";"))


@pytest.mark.parametrize("written", ["\ufeff" + HEADER, HEADER.replace(";", " ; "), QUOTED])
def test_a_header_is_read_through_marks_blanks_and_quotes(tmp_path: Path, written: str):
    assert read_header(put(tmp_path / "cooking_metrics.csv", written + "\r\n1")) == tuple(
        HEADER.split(";")
    )


def test_a_header_without_a_needed_column_is_refused_with_its_name(tmp_path: Path):
    file = put(tmp_path / "cooking_metrics.csv", "timestamp;machine_id;metric_1;extra\n")
    with pytest.raises(UnreadableFileError, match="column batch_id, metric_2 is missing"):
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


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"{HEADER}\r2026-11-08T07:00:00;m9;b1;1;2\r".encode() * 40_000, "no line feed in it"),
        (f"{HEADER}\r2026-11-08T07:00:00;m9;b1;1;2\r\n".encode(), "no line feed in it"),
        (f"\n{HEADER}\n".encode(), "its first line is blank; begin it with the header"),
        (b"PK\x03\x04\x14\0\0", "a spreadsheet or an archive; save it as CSV UTF-8"),
        (gzip.compress(b"text", mtime=0), "packed by gzip; let its name end in .csv.gz"),
        (b"PAR1\x15\0\n", "Parquet; let its name end in .parquet"),
        (f"{HEADER}\n".encode("utf-16"), "its text is UTF-16 or UTF-32; save it as UTF-8"),
        (f"{HEADER}\n".encode("utf-16-be"), "its text is UTF-16 or UTF-32; save it as UTF-8"),
        (f"{HEADER}\n".encode("utf-32"), "its text is UTF-16 or UTF-32; save it as UTF-8"),
        (f"{HEADER};año\n".encode("latin-1"), "no UTF-8 (invalid continuation byte at byte"),
        (b"x;" * 50_000 + b"\n", "column timestamp, machine_id"),
        (b"x" * (1 << 20), "column timestamp, machine_id"),
    ],
)
def test_another_text_than_ours_is_said_in_one_short_line(
    tmp_path: Path, content: bytes, said: str
):
    file = put(tmp_path / "cooking_metrics.csv", content)
    # As a large file is looked into, and as a small one.
    for look in (read_header, lambda file: split_small(file, content)):
        with pytest.raises(UnreadableFileError) as raised:
            look(file)
        assert said in str(raised.value)
        assert len(str(raised.value)) <= 300


def test_a_header_alone_needs_no_line_end(tmp_path: Path):
    for end in ("", "\r", "\n", "\r\n"):
        file = put(tmp_path / "cooking_metrics.csv", HEADER + end)
        assert read_header(file) == tuple(HEADER.split(";"))
        assert lines_of(file) == []
