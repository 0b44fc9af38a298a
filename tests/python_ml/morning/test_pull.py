"""PULL_SOURCES: what it may say; pulling itself is `tests/runs/test_pull.py`."""

import pytest

from python_ml.morning.pull import _fault_of

ROWS = {"address": "$PLANT", "table": "t", "cursor": "id"}
FILES = {"address": "file:///mnt", "files": "*.csv"}


@pytest.mark.parametrize("words", [ROWS, FILES, FILES | {"address": "s3://bucket/raw"}])
def test_rows_and_files_are_sources(words: dict[str, str]):
    assert _fault_of("plant", words, {"PLANT": "postgresql://db/plant"}) is None


@pytest.mark.parametrize(
    ("name", "words", "told"),
    [
        ("Plant", ROWS, "a source's name is"),
        ("plant", "text", "write a table of texts"),
        ("plant", ROWS | {"cursor": 3}, "write a table of texts"),
        ("plant", ROWS | {"colum": "x"}, "no such word: colum"),
        ("plant", ROWS | {"address": "$OTHER"}, "the variable OTHER is not set"),
        ("plant", ROWS | {"address": "mysql://me:hush@db/x"}, "with a password belongs into"),
        ("plant", ROWS | {"address": "/mnt"}, 'write address = "$NAME" or file:///mnt/share'),
        ("plant", ROWS | FILES, "write table and cursor for a database, or files"),
        ("plant", {"address": "file:///mnt", "table": "t"}, "write table and cursor"),
    ],
)
def test_what_a_source_may_not_say_is_one_line(name: str, words: object, told: str):
    fault = _fault_of(name, words, {"PLANT": "postgresql://db/plant"})
    assert fault is not None
    assert told in fault
    assert "hush" not in fault
