"""Files whose bytes Spark brings are read as the files of a folder are."""

import gzip
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_ml.raw.files import RawFile, content_hash, raw_tables, stamp
from python_ml.raw.lines import LINE_SCHEMA, read_header, read_lines
from python_ml.spark.files import FACT_SCHEMA, Reading, facts_of, facts_of_empty, lines_of

TABLES = raw_tables(("metric_1", "metric_2"))
READINGS = TABLES[-1]
HEADER = b"timestamp;machine_id;batch_id;metric_1;metric_2"
NAMES = ("cooking_metrics.csv", "k1/Cooking_Metrics.csv.gz")


def batches_of(*rows: dict[str, Any], at_once: int = 2) -> Iterator[pa.RecordBatch]:
    """Rows as Spark hands them to Python: some at a time."""
    for start in range(0, len(rows), at_once):
        yield pa.RecordBatch.from_pylist(list(rows[start : start + at_once]))


def row_of(name: str, content: bytes, file_id: int = 3) -> dict[str, Any]:
    return {
        "path": f"file:/raw/{name}",
        "content": content,
        "source_file": name,
        "source_table": "cooking_metrics",
        "file_id": file_id,
    }


def lines_by_executor(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    batches = list(lines_of(Reading(TABLES))(batches_of(*rows)))
    assert all(batch.schema == LINE_SCHEMA for batch in batches)
    return [line for batch in batches for line in batch.to_pylist()]


def facts_by_executor(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    batches = list(facts_of(Reading(TABLES))(batches_of(*rows)))
    assert all(batch.schema == FACT_SCHEMA for batch in batches)
    return [fact for batch in batches for fact in batch.to_pylist()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("raw")


def file_in(folder: Path, name: str, content: bytes) -> RawFile:
    path = folder / Path(name).name
    path.write_bytes(content)
    return RawFile(READINGS, path, name, stamp(path))


@given(body=st.binary(max_size=60), name=st.sampled_from(NAMES))
def test_bytes_become_the_lines_and_facts_that_their_file_has(folder: Path, body: bytes, name: str):
    text = HEADER + b"\n" + body
    content = gzip.compress(text) if name.endswith(".gz") else text
    file = file_in(folder, name, content)
    expected = [line for batch in read_lines(file, 3) for line in batch.to_pylist()]
    assert lines_by_executor(row_of(name, content)) == expected
    [fact] = facts_by_executor(row_of(name, content))
    assert fact == {
        "path": f"file:/raw/{name}",
        "content_hash": content_hash(file),
        "header": ";".join(read_header(file)),
        "line_count": len(expected),
        "problem": None,
        "told": None,
    }


def test_parquet_is_read_from_its_bytes_too(folder: Path):
    table = pa.table(
        {
            "timestamp": [datetime(2026, 3, 1, 10)], "machine_id": ["m1"], "batch_id": ["b1"],
            "metric_1": [0.5], "metric_2": [None],
        }
    )  # fmt: skip
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    row = row_of("cooking_metrics.parquet", buffer.getvalue())
    [line] = lines_by_executor(row)
    assert (line["source_line"], line["raw_line"]) == (1, "2026-03-01T10:00:00.000000;m1;b1;0.5;")
    assert facts_by_executor(row)[0]["line_count"] == 1


def test_files_keep_their_numbers_however_many_come_at_once():
    rows = [row_of(f"cooking_metrics_{n}.csv", HEADER + b"\n1\n2\n", file_id=n) for n in range(5)]
    lines = lines_by_executor(*rows)
    assert [(line["file_id"], line["source_line"]) for line in lines] == [
        (number, line) for number in range(5) for line in (2, 3)
    ]
    assert [fact["path"] for fact in facts_by_executor(*rows)] == [row["path"] for row in rows]


def test_a_damaged_file_has_a_problem_and_stops_no_other():
    whole = HEADER + b"\n1\n"
    damaged, good = facts_by_executor(
        row_of("cooking_metrics_1.csv.gz", gzip.compress(whole)[:-9]),
        row_of("cooking_metrics_2.csv", whole),
    )
    assert damaged["problem"].startswith("cooking_metrics_1.csv.gz: cannot be read")
    assert damaged["content_hash"]
    assert damaged["line_count"] is damaged["header"] is None
    assert (good["line_count"], good["problem"]) == (1, None)


def test_a_header_without_a_needed_column_is_a_problem_of_its_file():
    [fact] = facts_by_executor(row_of("cooking_metrics.csv", b"timestamp;machine_id\n1\n"))
    assert "column batch_id, metric_1, metric_2 is missing" in fact["problem"]
    assert fact["header"] is fact["line_count"] is None


def test_a_file_without_a_byte_is_none_or_a_problem_as_its_table_allows():
    def facts_of_nothing(table: str, name: str) -> dict[str, Any]:
        row = {"source_table": table, "source_file": name, "path": f"file:/raw/{name}"}
        return facts_of_empty(Reading(TABLES), row)

    fact = facts_of_nothing("faulty_intervals", "faulty_intervals.csv")
    assert set(fact) == set(FACT_SCHEMA.names)
    assert (fact["header"], fact["line_count"], fact["problem"]) == ("", 0, None)
    fact = facts_of_nothing("machines", "k1/machines.csv")
    assert fact["problem"].startswith("k1/machines.csv: the file is empty")
