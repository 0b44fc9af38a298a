"""Which files of a folder are loaded: the new and the changed ones, by what the notes say.

What loading promises on both engines is in `tests/runs/test_engines.py`.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_ml.errors import InputError
from python_ml.raw.files import raw_tables, table_of
from python_ml.spark.files import Reading
from python_ml.spark.load import (
    _as_table,
    _check_readable,
    _contents,
    _find_files,
    _Found,
)
from tests.conftest import Workspace

TABLES = raw_tables(("metric_1", "metric_2"))
READINGS = table_of("cooking_metrics.csv", TABLES)
GROWN = table_of("cooking_metrics.csv", raw_tables(("metric_1", "metric_2", "metric_3")))
HEADER = "timestamp;machine_id;batch_id;metric_1;metric_2"
FOUND = _Found(READINGS, "file:/raw/cooking_metrics.csv", 120, 1_000)
NOTE = FOUND.stamp | {
    "content_hash": "3f",
    "header": HEADER,
    "column_count": 5,
    "was_read_too_early": False,
}
UNREADABLE = NOTE | {"content_hash": "", "header": "", "column_count": 0, "problem": "damaged"}


class Listing:
    """What Spark lists of a folder."""

    def __init__(self, *paths: str) -> None:
        self._paths = paths

    def list_files(self, address: str) -> pa.Table:
        self.asked = address
        rows = [{"path": path, "length": 7, "modification_ns": 9_000} for path in self._paths]
        return pa.Table.from_pylist(rows)


def find(tmp_path: Path, raw: str, *names: str) -> dict[str, _Found]:
    settings = Workspace(tmp_path).settings(RAW_DATA_DIR=raw)
    root = raw if "://" in raw else f"file:{raw}"
    return _find_files(settings, Listing(*(f"{root}/{name}" for name in names)), Reading(TABLES))


def test_the_same_stamp_is_the_same_file_and_one_that_could_not_be_read_is_tried_anew():
    assert FOUND.is_untouched(NOTE)
    assert not FOUND.is_untouched(None)
    for changed in ({"size_bytes": 121}, {"modified_ns": 1_001}, {"is_present": False}):
        assert not FOUND.is_untouched(NOTE | changed)
    assert not FOUND.is_untouched(NOTE | {"problem": "cannot be read"})


def test_a_file_that_was_read_while_the_clock_was_behind_is_read_again():
    early = NOTE | {"was_read_too_early": True}
    assert not FOUND.is_untouched(early)
    assert not FOUND.changes_nothing(early, fact("3f"))
    assert FOUND.changes_nothing(early, fact("4a", "damaged"))


@pytest.mark.parametrize("raw", ["/data/raw", "s3a://lake/raw"])
def test_raw_files_are_found_by_their_names_at_any_depth_on_any_file_system(
    tmp_path: Path, raw: str
):
    names = [
        "k2/2026-11-22/Cooking_Metrics_x.CSV.GZ", "batch_registry.csv", "faulty_intervals.csv",
        "machines.parquet", "machines.xlsx", "notes.csv",
    ]  # fmt: skip
    found = find(tmp_path, raw, *names)
    assert {name: file.table.name for name, file in found.items()} == {
        "batch_registry.csv": "batch_registry",
        "faulty_intervals.csv": "faulty_intervals",
        "k2/2026-11-22/Cooking_Metrics_x.CSV.GZ": "cooking_metrics",
        "machines.parquet": "machines",
    }
    assert list(found) == sorted(found)
    assert {(file.size_bytes, file.modified_ns) for file in found.values()} == {(7, 9_000)}


def test_a_needed_table_without_a_file_is_named(tmp_path: Path):
    with pytest.raises(InputError, match=r"/data/raw: no cooking_metrics\*\.csv"):
        find(tmp_path, "/data/raw", "batch_registry.csv", "faulty_intervals.csv")


def fact(content_hash: str, problem: str | None = None) -> dict[str, Any]:
    return {"content_hash": content_hash, "problem": problem}


def test_the_version_before_goes_on_where_nothing_new_can_be_read():
    assert FOUND.changes_nothing(NOTE, fact("3f"))
    assert not FOUND.changes_nothing(None, fact("3f"))
    assert not FOUND.changes_nothing(NOTE, fact("4a"))
    assert FOUND.changes_nothing(NOTE, fact("4a", "damaged"))
    assert FOUND.changes_nothing(UNREADABLE, fact("4a", "damaged"))
    assert not FOUND.changes_nothing(UNREADABLE, fact("4a", "damaged in another way"))
    assert not FOUND.changes_nothing(UNREADABLE, fact("4a"))


def test_a_file_that_is_known_is_read_anew_when_metrics_grow_beyond_its_columns():
    grown = replace(FOUND, table=GROWN)
    assert not grown.is_untouched(NOTE)
    assert not grown.changes_nothing(NOTE, fact("3f"))
    assert not grown.changes_nothing(NOTE, fact("3f", "column metric_3 is missing"))
    assert grown.is_untouched(NOTE | {"header": f"{HEADER};metric_3"})


def note(problem: str | None, column_count: int = 0) -> dict[str, Any]:
    return {"source_table": "machines", "problem": problem, "column_count": column_count}


@pytest.mark.parametrize(
    ("notes", "is_refused"),
    [
        ([note("b: cannot be read"), note("a: cannot be read")], True),
        ([note("a: cannot be read"), note(None, 3)], False),
        ([note("a: cannot be read", 3)], False),
        ([note(None)], False),
        ([], False),
    ],
)
def test_a_table_is_refused_where_not_one_file_of_it_can_be_read(
    notes: list[dict[str, Any]], is_refused: bool
):
    current = dict(enumerate(notes))
    if not is_refused:
        _check_readable(current)
        return
    with pytest.raises(InputError, match=r"^a: cannot be read"):
        _check_readable(current)


def test_a_file_that_cannot_be_read_is_noted_as_one_line():
    fact = dict.fromkeys(("header", "line_count"))
    noted = _contents(fact | {"content_hash": "3f", "problem": "a: cannot be read"})
    assert (noted["line_count"], noted["column_count"], noted["content_hash"]) == (1, 0, "")
    noted = _contents({"content_hash": "3f", "problem": None, "header": HEADER, "line_count": 8})
    assert (noted["line_count"], noted["column_count"], noted["content_hash"]) == (8, 5, "3f")
    noted = _contents({"content_hash": "3f", "problem": None, "header": "", "line_count": 0})
    assert (noted["line_count"], noted["column_count"]) == (0, 0)


@given(st.lists(st.one_of(st.none(), st.integers(0, 9)), min_size=1))
def test_a_column_without_a_value_is_one_of_times_or_of_texts_as_its_name_says(
    values: list[int | None],
):
    names = ("published_at", "problem")
    table = _as_table([dict.fromkeys(names, value) for value in values])
    has_values = any(value is not None for value in values)
    for name, kind in zip(names, (pa.timestamp("us"), pa.string()), strict=True):
        assert table[name].to_pylist() == values
        assert table.schema.field(name).type == (pa.int64() if has_values else kind)
