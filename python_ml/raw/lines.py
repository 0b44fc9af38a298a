"""Lines: what raw files hold, as Arrow batches; many small files come in one."""

import codecs
import csv
import gzip
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from python_ml.errors import UnreadableFileError
from python_ml.raw import parquet
from python_ml.raw.files import BLOCK_BYTES, RawFile, RawTable, unreadable

SMALL_BYTES = 1 << 20
LONGEST_LINE_BYTES = 64 << 20
LONGEST_HEADER = 120
OTHER_ENCODINGS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE, b"\0")
# What other programs' files begin with, and what to do with them.
NO_TEXT = {
    b"PK\x03\x04": "a spreadsheet or an archive; save it as CSV UTF-8",
    b"\x1f\x8b": "packed by gzip; let its name end in .csv.gz",
    b"PAR1": "Parquet; let its name end in .parquet",
}
DAMAGED = (OSError, EOFError, zlib.error, pa.ArrowException)

LINE_SCHEMA = pa.schema(
    [
        ("file_id", pa.int64()),
        ("source_line", pa.int64()),
        ("raw_line", pa.string()),
        ("line_reason", pa.string()),
    ]
)


def read_small(file: RawFile) -> bytes | None:
    """Read a small text file's bytes in one piece; None for a large one, and for Parquet.

    Raises:
        UnreadableFileError: It cannot be read, or changes meanwhile.
    """
    if file.is_parquet or file.stamp[0] > SMALL_BYTES:
        return None
    try:
        with file.open() as stream:
            content = stream.read()
    except OSError as error:
        raise unreadable(file, error) from error
    check_unchanged(file)
    return content


def split_small(file: RawFile, content: bytes) -> tuple[tuple[str, ...], bytes] | None:
    """Split a small text file's bytes into its column names and its data lines.

    Returns:
        None for one that is packed and large when it is unpacked.

    Raises:
        UnreadableFileError: It is damaged, or no table's file.
    """
    if file.is_packed:
        try:
            with gzip.open(BytesIO(content)) as unpacked:
                content = unpacked.read(BLOCK_BYTES + 1)
        except DAMAGED as error:
            raise unreadable(file, error) from error
        if len(content) > BLOCK_BYTES:
            return None
    first_line, line_feed, rest = content.partition(b"\n")
    header = _header_of(file, first_line + line_feed, rest)
    return header, rest if rest.endswith(b"\n") or not rest else rest + b"\n"


@dataclass
class SmallFiles:
    """Data lines of many files that are to become one batch."""

    _file_ids: list[int] = field(default_factory=list)
    _bodies: list[bytes] = field(default_factory=list)
    _size: int = 0

    def add(self, file_id: int, body: bytes) -> None:
        """Add a file's data lines, each with its line feed."""
        self._file_ids.append(file_id)
        self._bodies.append(body)
        self._size += len(body)

    @property
    def is_full(self) -> bool:
        """Whether they are as much as one block of a large file."""
        return self._size >= BLOCK_BYTES

    def take(self) -> pa.RecordBatch:
        """Make the batch, and begin anew."""
        counts = np.array([body.count(b"\n") for body in self._bodies], np.int64)
        block = b"".join(self._bodies)
        file_ids = np.repeat(np.array(self._file_ids, np.int64), counts)
        firsts = np.repeat(counts.cumsum() - counts, counts)
        numbers = np.arange(len(file_ids)) - firsts + 2
        self._file_ids, self._bodies, self._size = [], [], 0
        return as_batch(file_ids, numbers, _split_lines(block, len(block)))


def read_header(file: RawFile) -> tuple[str, ...]:
    """Read a file's column names; none for an empty file of a table that may be empty.

    Raises:
        UnreadableFileError: The file is empty, cannot be read, or lacks a required column.
    """
    try:
        if file.is_parquet:
            return _checked(file, parquet.read_columns(file))
        with open_text(file) as stream:
            first_line = stream.readline(LONGEST_LINE_BYTES)
            rest = b"" if first_line.strip() else stream.read(BLOCK_BYTES)
    except DAMAGED as error:
        raise unreadable(file, error) from error
    return _header_of(file, first_line, rest)


def missing_columns(table: RawTable, header: tuple[str, ...]) -> list[str]:
    """List the columns that a table needs and a header lacks."""
    return [column for column in table.required_columns if column not in header]


def read_lines(file: RawFile, file_id: int) -> Iterator[pa.RecordBatch]:
    """Read a file's data lines as batches of `LINE_SCHEMA`, whole and in order.

    Blank lines are no data; a line that is not clean UTF-8 comes escaped, with its reason.

    Raises:
        UnreadableFileError: The file cannot be read to its end, or changes meanwhile.
    """
    try:
        for first, lines in parquet.read_rows(file) if file.is_parquet else _text_lines(file):
            numbers = np.arange(first, first + len(lines))
            yield as_batch(np.full(len(lines), file_id), numbers, lines)
    except DAMAGED as error:
        raise unreadable(file, error) from error
    check_unchanged(file)


def check_unchanged(file: RawFile) -> None:
    """Refuse a file that is no longer what was found.

    Raises:
        UnreadableFileError: It has changed meanwhile.
    """
    if not file.is_unchanged():
        raise UnreadableFileError(f"{file.source_file}: changed while it was being read; run again")


def _header_of(file: RawFile, first_line: bytes, rest: bytes) -> tuple[str, ...]:
    """Make column names of a text file's first line."""
    first_line = first_line.removeprefix(codecs.BOM_UTF8)
    if told := next((told for mark, told in NO_TEXT.items() if first_line.startswith(mark)), None):
        raise UnreadableFileError(f"{file.source_file}: cannot be read, it is no text but {told}")
    if first_line.startswith(OTHER_ENCODINGS) or b"\0" in first_line[:LONGEST_HEADER]:
        raise UnreadableFileError(
            f"{file.source_file}: cannot be read, its text is UTF-16 or UTF-32; save it as UTF-8"
            " (a spreadsheet calls it CSV UTF-8)"
        )
    if b"\r" in first_line.rstrip(b"\r\n"):
        raise without_line_feeds(file)
    if not first_line.strip() and rest.strip():
        raise UnreadableFileError(
            f"{file.source_file}: cannot be read, its first line is blank; begin it with the header"
        )
    try:
        text = first_line.decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            f"{file.source_file}: cannot be read, its header is no UTF-8 ({error.reason} at byte"
            f" {error.start}); save it as UTF-8"
        ) from error
    return _checked(file, split_header(text, ";"))


def without_line_feeds(file: RawFile) -> UnreadableFileError:
    """Say that a file's lines end as those of an old Mac."""
    return UnreadableFileError(
        f"{file.source_file}: cannot be read, no line feed in it, its lines end with CR alone;"
        " save it with line ends LF or CR LF"
    )


def split_header(text: str, separator: str) -> tuple[str, ...]:
    """Split a header as lines are: a quoted name may hold the separator."""
    names = text.split(separator)
    if '"' in text and len(text) < csv.field_size_limit():
        names = next(csv.reader([text], delimiter=separator, skipinitialspace=True))
    return tuple(name.strip().strip('"') for name in names)


def _checked(file: RawFile, header: tuple[str, ...]) -> tuple[str, ...]:
    if header in ((), ("",)):
        if file.table.may_be_empty:
            return ()
        raise UnreadableFileError(
            f"{file.source_file}: the file is empty; deliver it with its header line"
        )
    if missing := missing_columns(file.table, header):
        told = ";".join(header)
        told = told if len(told) <= LONGEST_HEADER else f"{told[:LONGEST_HEADER]}…"
        raise UnreadableFileError(
            f"{file.source_file}: column {', '.join(missing)} is missing "
            f"(the header says {told!r}); mend the header"
        )
    # With `;` between them the names are kept, and each tells the place of its column.
    return tuple(name.replace(";", ",") for name in header)


class Readable(Protocol):
    """A stream of bytes, whatever it comes from."""

    def read(self, size: int, /) -> bytes:
        """Read some bytes; none at its end alone."""
        ...


@contextmanager
def open_text(file: RawFile) -> Generator[BinaryIO | gzip.GzipFile]:
    """Open a text file's bytes, unpacked."""
    with file.open() as stream:
        if file.is_packed:
            with gzip.open(stream) as unpacked:
                yield unpacked
        else:
            yield stream


def _text_lines(file: RawFile) -> Iterator[tuple[int, pa.Array]]:
    """Yield blocks of lines with the number of their first line; the header is line 1."""
    with open_text(file) as stream:
        stream.readline(LONGEST_LINE_BYTES)
        yield from cut_lines(file, stream, 2)


def cut_lines(file: RawFile, stream: Readable, line_number: int) -> Iterator[tuple[int, pa.Array]]:
    """Yield the rest of a stream as blocks of lines with the number of their first line.

    Raises:
        UnreadableFileError: A line is too long for one.
    """
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
    """Cut bytes at the line feeds, which are left out."""
    block = block[:end]
    line_ends = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == ord("\n"))
    offsets = np.concatenate(([0], line_ends - np.arange(len(line_ends)))).astype(np.int32)
    text = block.replace(b"\n", b"")
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(text)]
    return pa.Array.from_buffers(pa.binary(), len(line_ends), buffers)


def as_batch(file_ids: np.ndarray, numbers: np.ndarray, lines: pa.Array) -> pa.RecordBatch:
    """Make a batch of `LINE_SCHEMA` of lines as they were cut; blank lines are none."""
    reasons = pa.nulls(len(lines), pa.string())
    letters = np.frombuffer(lines.buffers()[2] or b"", dtype=np.uint8)
    # One look at the least letter spares most files the dearer ones.
    has_controls = letters.min(initial=ord(" ")) < ord(" ")
    try:
        text = lines.cast(pa.string())
        has_nul = has_controls and not letters.all()
    except pa.ArrowInvalid:
        has_nul = True
    if has_nul:
        text, reasons = _escape(lines)
    if has_controls and ((letters == ord("\r")) | (letters == ord("\n"))).any():
        text = pc.ascii_rtrim(text, characters="\r\n")
    batch = pa.RecordBatch.from_arrays(
        [pa.array(file_ids, pa.int64()), pa.array(numbers, pa.int64()), text, reasons],
        schema=LINE_SCHEMA,
    )
    is_line = pc.not_equal(text, "")
    return batch if pc.all(is_line).as_py() else batch.filter(is_line)


def _escape(lines: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Make any bytes text: what is no UTF-8, and NUL, becomes a backslash escape."""
    texts = [line.decode(errors="backslashreplace") for line in lines.to_pylist()]
    escaped = [text.replace("\0", "\\x00") for text in texts]
    reasons = [
        None if text.encode() == line else "bad_encoding"
        for text, line in zip(escaped, lines.to_pylist(), strict=True)
    ]
    return pa.array(escaped, pa.string()), pa.array(reasons, pa.string())
