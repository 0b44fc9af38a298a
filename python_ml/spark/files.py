"""Raw files on Spark's executors: read as on one machine, from the bytes that Spark brings."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from python_ml.errors import UnreadableFileError
from python_ml.raw.files import RawFile, RawTable, content_hash
from python_ml.raw.layouts import Layout, layout_of
from python_ml.raw.lines import LINE_SCHEMA, read_header, read_lines

LINE_COLUMNS = "file_id bigint, source_line bigint, raw_line string, line_reason string"
FOREIGN_COLUMNS = "file_id bigint, source_line bigint, foreign_line bigint, is_further boolean"
FACT_COLUMNS = (
    "path string, content_hash string, header string, line_count bigint, problem string,"
    " told array<string>"
)
FACT_SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("content_hash", pa.string()),
        ("header", pa.string()),
        ("line_count", pa.int64()),
        ("problem", pa.string()),
        ("told", pa.list_(pa.string())),
    ]
)

Batches = Iterator[pa.RecordBatch]


@dataclass(frozen=True)
class ReadFile(RawFile):
    """A delivered file whose bytes are here already; grain: one version of one file."""

    content: bytes = b""

    def open(self) -> BinaryIO:
        """Open its bytes."""
        return BytesIO(self.content)

    def is_unchanged(self) -> bool:
        """What is in memory does not change."""
        return True


@dataclass(frozen=True)
class Reading:
    """What executors have to know to read files.

    Attributes:
        tables: The five tables.
        layouts: How other systems' files are read.
    """

    tables: tuple[RawTable, ...]
    layouts: tuple[Layout, ...] = ()

    def file(self, row: dict[str, Any], content: bytes) -> ReadFile:
        """Make a file of its bytes.

        Args:
            row: Its `source_table` and `source_file`.
            content: Its bytes.
        """
        name = row["source_file"]
        [table] = [table for table in self.tables if table.name == row["source_table"]]
        layout = layout_of(name, self.layouts)
        return ReadFile(table, Path(name), name, (len(content), 0, 0), layout, content=content)


def facts_of(reading: Reading) -> Callable[[Batches], Batches]:
    """Make the function that says of each file what the log of files keeps.

    A file that nobody can read has a `problem`; `told` is what its layout has to say.
    """

    def read_facts(batches: Batches) -> Batches:
        for file, row in _files(batches, reading):
            yield pa.RecordBatch.from_pylist([_facts(file, row["path"])], FACT_SCHEMA)

    return read_facts


def facts_of_empty(reading: Reading, row: dict[str, Any]) -> dict[str, Any]:
    """Say what the log of files keeps of a file without a byte."""
    none = dict.fromkeys(FACT_SCHEMA.names)
    return none | _facts(reading.file(row, b""), row["path"])


def lines_of(reading: Reading) -> Callable[[Batches], Batches]:
    """Make the function that reads each file's lines."""

    def read_all_lines(batches: Batches) -> Batches:
        for file, row in _files(batches, reading):
            for lines in _lines(file, row["file_id"]):
                yield lines.cast(LINE_SCHEMA)

    return read_all_lines


def foreign_lines_of(reading: Reading) -> Callable[[Batches], Batches]:
    """Make the function that says which lines of other systems' files ours are made of."""

    def read_foreign_lines(batches: Batches) -> Batches:
        from python_ml.spark.foreign import read_members

        for file, row in _files(batches, reading):
            yield from read_members(file, row["file_id"])

    return read_foreign_lines


# DuckDB is for those executors alone that have another system's file to read.
def _lines(file: RawFile, file_id: int) -> Batches:
    if file.layout is None:
        return read_lines(file, file_id)
    from python_ml.spark import foreign

    return foreign.read_lines(file, file_id)


def _facts(file: RawFile, path: str) -> dict[str, object]:
    facts: dict[str, object] = {"path": path, "content_hash": content_hash(file)}
    try:
        if file.layout is None:
            return facts | _facts_of_own(file)
        from python_ml.spark import foreign

        return facts | foreign.read_facts(file)
    except UnreadableFileError as error:
        return facts | {"problem": str(error)}


def _facts_of_own(file: RawFile) -> dict[str, object]:
    header = read_header(file)
    count = sum(len(lines) for lines in read_lines(file, 0)) if header else 0
    return {"header": ";".join(header), "line_count": count}


def _files(batches: Batches, reading: Reading) -> Iterator[tuple[ReadFile, dict[str, Any]]]:
    for batch in batches:
        for row in batch.to_pylist():
            content = row.pop("content")
            yield reading.file(row, content), row
