"""Raw files: find them below the input folder and read their lines as Arrow batches."""

import gzip
import logging
import os
import re
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xxhash

from python_ml.errors import InputError, UnreadableFileError

logger = logging.getLogger(__name__)

BLOCK_BYTES = 8 << 20
LONGEST_LINE_BYTES = 64 << 20
SUFFIXES = (".csv", ".csv.gz", ".parquet")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")

LINE_SCHEMA = pa.schema(
    [
        ("file_id", pa.int64()),
        ("source_line", pa.int64()),
        ("raw_line", pa.string()),
        ("line_reason", pa.string()),
    ]
)


@dataclass(frozen=True)
class RawTable:
    """One kind of raw file: what its name starts with and the columns that it must have."""

    name: str
    required_columns: tuple[str, ...]
    is_needed: bool = True
    may_be_empty: bool = False


@dataclass(frozen=True)
class RawFile:
    """One delivered file.

    Attributes:
        table: The raw table that its name says.
        path: Where it is, links followed.
        source_file: Its path below the input folder, with forward slashes; bytes that are no text
            and control characters are escaped.
        stamp: Size in bytes and the times of change in nanoseconds: equal means untouched.
    """

    table: RawTable
    path: Path
    source_file: str
    stamp: tuple[int, int, int]

    def open(self) -> BinaryIO:
        """Open its bytes."""
        return self.path.open("rb")

    def is_unchanged(self) -> bool:
        """Say whether it still is what was found."""
        return self.path.exists() and stamp(self.path) == self.stamp

    @property
    def is_parquet(self) -> bool:
        """Whether its name says that it is Parquet; all others are text."""
        return self.source_file.lower().endswith(".parquet")

    @property
    def is_packed(self) -> bool:
        """Whether its name says that its text is packed by gzip."""
        return self.source_file.lower().endswith(".gz")


def raw_tables(metrics: tuple[str, ...]) -> tuple[RawTable, ...]:
    """List the kinds of raw files for a fleet that reports these metrics."""
    return (
        RawTable("machines", ("machine_id", "kitchen_id", "phase"), is_needed=False),
        RawTable(
            "maintenance_events",
            ("machine_id", "start_time", "end_time", "kind"),
            is_needed=False,
        ),
        RawTable("batch_registry", ("batch_id", "arepa_type")),
        RawTable("faulty_intervals", ("machine_id", "start_time", "end_time"), may_be_empty=True),
        RawTable("cooking_metrics", ("timestamp", "machine_id", "batch_id", *metrics)),
    )


def table_of(file_name: str, tables: tuple[RawTable, ...]) -> RawTable | None:
    """Say which table a file's name says it is of, in capitals or not; None for any other file."""
    return next((table for table in tables if file_name.lower().startswith(table.name)), None)


def has_known_ending(file_name: str) -> bool:
    """Say whether a file's name ends as those of raw files do, in capitals or not."""
    return file_name.lower().endswith(SUFFIXES)


def find_raw_files(folder: Path, tables: tuple[RawTable, ...]) -> list[RawFile]:
    """List the raw files below a folder, in the order of their paths.

    Raises:
        InputError: The folder is missing, or a needed table has no file.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; set RAW_DATA_DIR or put the raw files there")
    root = folder.resolve()
    found = []
    for path in sorted(folder.rglob("*")):
        table = table_of(path.name, tables)
        source_file = _source_file(path, folder)
        if problem := _refusal(path, root, is_table=table is not None):
            logger.warning("%s: not read; %s", source_file, problem)
        elif table is not None and path.is_file():
            target = path.resolve()
            found.append(RawFile(table, target, source_file, stamp(target)))
    for table in tables:
        if table.is_needed and not any(file.table is table for file in found):
            raise InputError(f"{folder}: no {table.name}*.csv (or .csv.gz, .parquet); add the file")
    return found


def read_arepa_types(path: Path | None) -> tuple[str, ...]:
    """Read the text file of arepa types, one a line or comma-separated; none without a file.

    Raises:
        InputError: The file is missing, unreadable or names no type.
    """
    if path is None:
        return ()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"AREPA_TYPES={path}: cannot be read ({error}); name a text file"
        ) from error
    names = [name.strip() for line in lines for name in line.partition("#")[0].split(",")]
    types = tuple(dict.fromkeys(name for name in names if name))
    if not types:
        raise InputError(f"AREPA_TYPES={path}: names no arepa type; write one a line")
    return types


def _refusal(path: Path, root: Path, *, is_table: bool) -> str | None:
    """Why something in the folder that looks like raw files is none."""
    if path.is_symlink() and not path.is_file():
        return "it links to a folder or to nothing"
    if not is_table or not path.is_file():
        return None
    if not has_known_ending(path.name):
        return "raw files end in .csv, .csv.gz or .parquet"
    if not path.resolve().is_relative_to(root):
        return "it links to a place outside RAW_DATA_DIR"
    return None


def _source_file(path: Path, folder: Path) -> str:
    name = os.fsencode(path.relative_to(folder).as_posix()).decode(errors="backslashreplace")
    return CONTROL_CHARACTER.sub(lambda match: f"\\x{ord(match[0]):02x}", name)


def stamp(path: Path) -> tuple[int, int, int]:
    """Size in bytes, and the times of change of content and of inode in nanoseconds."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def content_hash(file: RawFile) -> str:
    """Fingerprint a file's bytes.

    Raises:
        UnreadableFileError: The file cannot be read.
    """
    digest = xxhash.xxh3_128()
    try:
        with file.open() as stream:
            while block := stream.read(BLOCK_BYTES):
                digest.update(block)
    except OSError as error:
        raise _unreadable(file, error) from error
    return digest.hexdigest()


def read_header(file: RawFile) -> tuple[str, ...]:
    """Read a file's column names; none for an empty file of a table that may be empty.

    Raises:
        UnreadableFileError: The file is empty or cannot be read.
        InputError: A required column is missing.
    """
    try:
        if file.is_parquet:
            with file.open() as stream:
                header = tuple(pq.read_schema(stream).names)
        else:
            with _open_text(file) as stream:
                first_line = stream.readline(LONGEST_LINE_BYTES).removeprefix(BYTE_ORDER_MARK)
            names = first_line.decode().rstrip("\r\n").split(";")
            header = tuple(name.strip().strip('"') for name in names)
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, pa.ArrowInvalid) as error:
        raise _unreadable(file, error) from error
    if header in ((), ("",)):
        if file.table.may_be_empty:
            return ()
        raise UnreadableFileError(
            f"{file.source_file}: the file is empty; deliver it with its header line"
        )
    check_columns(file.table, file.source_file, header)
    return header


def check_columns(table: RawTable, source_file: str, header: tuple[str, ...]) -> None:
    """Refuse a file whose header lacks a column that its table needs.

    Raises:
        InputError: It does; the message names file and column.
    """
    missing = [column for column in table.required_columns if column not in header]
    if missing:
        raise InputError(
            f"{source_file}: column {', '.join(missing)} is missing "
            f"(the header says {';'.join(header)!r}); mend the header"
        )


def read_lines(file: RawFile, file_id: int) -> Iterator[pa.RecordBatch]:
    """Read a file's data lines as batches of `LINE_SCHEMA`, whole and in order.

    Blank lines are no data; a line that is not clean UTF-8 comes escaped, with its reason.

    Raises:
        UnreadableFileError: The file cannot be read to its end, or changes meanwhile.
    """
    try:
        for first_line, lines in _parquet_lines(file) if file.is_parquet else _text_lines(file):
            yield _as_batch(file_id, first_line, lines)
    except (OSError, EOFError, zlib.error, pa.ArrowInvalid) as error:
        raise _unreadable(file, error) from error
    if not file.is_unchanged():
        raise UnreadableFileError(f"{file.source_file}: changed while it was being read; run again")


@contextmanager
def _open_text(file: RawFile) -> Generator[BinaryIO | gzip.GzipFile]:
    with file.open() as stream:
        if file.is_packed:
            with gzip.open(stream) as unpacked:
                yield unpacked
        else:
            yield stream


def _text_lines(file: RawFile) -> Iterator[tuple[int, pa.Array]]:
    """Yield blocks of lines with the number of their first line; the header is line 1."""
    with _open_text(file) as stream:
        stream.readline(LONGEST_LINE_BYTES)
        line_number = 2
        rest = b""
        while block := stream.read(BLOCK_BYTES):
            block = rest + block
            end = block.rfind(b"\n") + 1
            rest = block[end:]
            if len(rest) > LONGEST_LINE_BYTES:
                raise UnreadableFileError(
                    f"{file.source_file}: a line is longer than 64 MiB; is it a text file?"
                )
            if end:
                lines = _split_lines(block, end)
                yield line_number, lines
                line_number += len(lines)
        if rest:
            yield line_number, _split_lines(rest + b"\n", len(rest) + 1)


def _split_lines(block: bytes, end: int) -> pa.Array:
    """Cut bytes at the line feeds, without copying; the line feeds stay at the ends."""
    line_ends = np.flatnonzero(np.frombuffer(block, dtype=np.uint8, count=end) == ord("\n")) + 1
    offsets = np.concatenate(([0], line_ends)).astype(np.int64)
    return pa.Array.from_buffers(
        pa.large_binary(),
        len(line_ends),
        [None, pa.py_buffer(offsets), pa.py_buffer(block)],
    )


def _as_batch(file_id: int, first_line: int, lines: pa.Array) -> pa.RecordBatch:
    numbers = pa.array(np.arange(first_line, first_line + len(lines)))
    reasons = pa.nulls(len(lines), pa.string())
    try:
        text = lines.cast(pa.large_string())
        has_nul = pc.any(pc.match_substring(text, "\0")).as_py()
    except pa.ArrowInvalid:
        has_nul = True
    if has_nul:
        text, reasons = _escape(lines)
    text = pc.ascii_rtrim(text, characters="\r\n")
    batch = pa.RecordBatch.from_arrays(
        [
            pa.repeat(pa.scalar(file_id, pa.int64()), len(lines)),
            numbers,
            text.cast(pa.string()),
            reasons,
        ],
        schema=LINE_SCHEMA,
    )
    return batch.filter(pc.not_equal(batch.column("raw_line"), ""))


def _escape(lines: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Make any bytes text: what is no UTF-8, and NUL, becomes a backslash escape."""
    texts = [line.decode(errors="backslashreplace") for line in lines.to_pylist()]
    escaped = [text.replace("\0", "\\x00") for text in texts]
    reasons = [
        None if text.encode() == line else "bad_encoding"
        for text, line in zip(escaped, lines.to_pylist(), strict=True)
    ]
    return pa.array(escaped, pa.large_string()), pa.array(reasons, pa.string())


def _parquet_lines(file: RawFile) -> Iterator[tuple[int, pa.Array]]:
    """Yield a Parquet file's rows as lines of text, row 1 being line 1."""
    line_number = 1
    with file.open() as stream, pq.ParquetFile(stream) as parquet:
        for batch in parquet.iter_batches():
            fields = [_as_text(column) for column in batch.columns]
            joined = pc.binary_join_element_wise(*fields, ";")
            yield line_number, joined.cast(pa.large_binary())
            line_number += len(joined)


def _as_text(column: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        column = pc.strftime(column.cast(pa.timestamp("us")), "%Y-%m-%dT%H:%M:%S")
    text = pc.fill_null(column.cast(pa.string()), "")
    quoted = pc.binary_join_element_wise('"', pc.replace_substring(text, '"', '""'), '"', "")
    return pc.if_else(pc.match_substring_regex(text, '[;"]'), quoted, text)


def _unreadable(file: RawFile, error: Exception) -> UnreadableFileError:
    return UnreadableFileError(
        f"{file.source_file}: cannot be read ({error}); deliver the file again"
    )
