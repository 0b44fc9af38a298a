"""Raw files are found by their names at any depth; what hides from the run is named."""

import logging
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from python_ml.errors import InputError, UnreadableFileError
from python_ml.raw import files
from python_ml.raw.files import content_hash, find_raw_files, raw_tables, read_arepa_types
from tests.raw_files import as_nobody, put

TABLES = raw_tables(("metric_1", "metric_2"))
NEEDED = ("batch_registry.csv", "faulty_intervals.csv", "cooking_metrics.csv")
IN_ONE_FOLDER = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


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
    listed = find_raw_files(tmp_path / "raw", TABLES).files
    found = {file.source_file: file.table.name for file in listed}
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
    os.mkfifo(raw / "machines_pipe.csv")
    with caplog.at_level(logging.WARNING):
        found = [file.source_file for file in find_raw_files(raw, TABLES).files]
    assert found == ["a/machines.csv", "b/machines.csv", *sorted(NEEDED)]
    assert "machines.xlsx: not read; raw files end in" in caplog.text
    assert "machines_linked.csv: not read; it links to a place outside" in caplog.text
    assert "machines_pipe.csv: not read; it is neither a file nor a folder" in caplog.text
    assert "notes.csv" not in caplog.text


def test_a_missing_folder_and_a_needed_table_without_a_file_are_named(tmp_path: Path):
    with pytest.raises(InputError, match="set RAW_DATA_DIR"):
        find_raw_files(tmp_path / "gone", TABLES)
    for name in NEEDED[:2]:
        put(tmp_path / name)
    with pytest.raises(InputError, match=r"no cooking_metrics\*\.csv"):
        find_raw_files(tmp_path, TABLES)


def test_a_file_whose_bytes_cannot_be_read_is_named(tmp_path: Path):
    with pytest.raises(UnreadableFileError, match=r"^gone: cannot be read"):
        content_hash(replace(put(tmp_path / "d"), path=tmp_path / "gone", source_file="gone"))


@pytest.mark.parametrize("rights", [0o000, 0o300, 0o600])
def test_a_folder_that_cannot_be_read_is_named_and_hides_no_other(rights: int):
    # Below /tmp itself: pytest's own folders let nobody but its user through.
    with tempfile.TemporaryDirectory() as name:
        raw = Path(name) / "raw"
        for needed in NEEDED:
            put(raw / needed)
        for folder in ("k1", "k2", "lost+found", ".trash"):
            put(raw / folder / "2026-11-22" / "cooking_metrics.csv")
        with as_nobody(Path(name)):
            closed = [raw / folder for folder in ("k2", "lost+found", ".trash")]
            for folder in closed:
                folder.chmod(rights)
            found = find_raw_files(raw, TABLES)
            for folder in closed:
                folder.chmod(0o700)
    assert [file.source_file for file in found.files] == [
        "batch_registry.csv",
        "cooking_metrics.csv",
        "faulty_intervals.csv",
        "k1/2026-11-22/cooking_metrics.csv",
    ]
    assert found.problems == {
        "k2": "k2: the folder cannot be read (Permission denied); give the run the right to read it"
    }
    assert found.hides("k2/2026-11-22/cooking_metrics.csv")
    assert not found.hides("k20/cooking_metrics.csv")


def test_the_list_of_types_may_be_written_as_people_write_it(tmp_path: Path):
    path = tmp_path / "types.txt"
    path.write_text("\ufeffa1, a2 # the two of the morning\n\n# a3\n a4,a1 ,\n")
    assert read_arepa_types(path) == ("a1", "a2", "a4")
    assert read_arepa_types(None) == ()
    path.write_text('a1, "queso, doble", "n# 2" # both\n5", "open\n')
    assert read_arepa_types(path) == ("a1", "queso, doble", "n# 2", '5"', '"open')
    path.write_text("# none\n")
    with pytest.raises(InputError, match="names no arepa type"):
        read_arepa_types(path)
