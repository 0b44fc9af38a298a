"""Raw files on Spark's executors: read as on one machine, from the bytes that Spark brings."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from python_ml.errors import UnreadableFileError
from python_ml.raw.files import RawFile, RawTable, content_hash
from python_ml.raw.lines import LINE_SCHEMA, read_header, read_lines

LINE_COLUMNS = "file_id bigint, source_line bigint, raw_line string, line_reason string"
FACT_COLUMNS = "path string, content_hash string, header string, line_count bigint, problem string"
FACT_SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("content_hash", pa.string()),
        ("header", pa.string()),
        ("line_count", pa.int64()),
        ("problem", pa.string()),
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


def facts_of(tables: tuple[RawTable, ...]) -> Callable[[Batches], Batches]:
    """Make the function that says of each file what the log of files keeps.

    A file that nobody can read has a `problem`.
    """

    def read_facts(batches: Batches) -> Batches:
        for file, row in _files(batches, tables):
            yield pa.RecordBatch.from_pylist([_facts(file, row["path"])], FACT_SCHEMA)

    return read_facts


def facts_of_empty(table: RawTable, source_file: str, path: str) -> dict[str, Any]:
    """Say what the log of files keeps of a file without a byte."""
    none = dict.fromkeys(FACT_SCHEMA.names)
    return none | _facts(_as_file(table, source_file, b""), path)


def lines_of(tables: tuple[RawTable, ...]) -> Callable[[Batches], Batches]:
    """Make the function that reads each file's lines."""

    def read_all_lines(batches: Batches) -> Batches:
        for file, row in _files(batches, tables):
            for lines in read_lines(file, row["file_id"]):
                yield lines.cast(LINE_SCHEMA)

    return read_all_lines


def _facts(file: RawFile, path: str) -> dict[str, object]:
    facts: dict[str, object] = {"path": path, "content_hash": content_hash(file)}
    try:
        header = read_header(file)
        count = sum(len(lines) for lines in read_lines(file, 0)) if header else 0
    except UnreadableFileError as error:
        return facts | {"problem": str(error)}
    return facts | {"header": ";".join(header), "line_count": count}


def _files(
    batches: Batches, tables: tuple[RawTable, ...]
) -> Iterator[tuple[ReadFile, dict[str, Any]]]:
    by_name = {table.name: table for table in tables}
    for batch in batches:
        for row in batch.to_pylist():
            content = row.pop("content")
            yield _as_file(by_name[row["source_table"]], row["source_file"], content), row


def _as_file(table: RawTable, source_file: str, content: bytes) -> ReadFile:
    return ReadFile(table, Path(source_file), source_file, (len(content), 0, 0), content=content)
