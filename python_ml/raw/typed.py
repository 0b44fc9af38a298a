"""Readings beside their lines: read with their types where lines are so plain that all is clear.

What stands here is what `macros/raw_lines.sql` would make of the text, to the bit; of all other
lines staging reads the text and says what is wrong with it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from python_ml.raw.lines import LINE_SCHEMA

# Where a block has a line that is not plain, only so many lines around it are read as text.
PIECE_LINES = 1024
EARLIEST = np.datetime64("2001-01-01", "us")
LARGEST = 1e9
# Of a line with quotes; `macros/raw_lines.sql` calls more broken.
MOST_MARKS = 2000
BLANKS = (b" ", b"\t")  # Arrow takes them off numbers.
WHOLE_SECONDS = len("2026-03-01T10:00:00")
LONGEST_TIME = len("2026-03-01T10:00:00.123456")


def reading_schema(metrics: tuple[str, ...]) -> pa.Schema:
    """Say what is kept of each line of readings: the line, and what it says or nothing."""
    return pa.schema(
        [
            *LINE_SCHEMA,
            ("measured_date", pa.date32()),
            ("measured_at", pa.timestamp("us")),
            ("machine_id", pa.string()),
            ("batch_id", pa.string()),
            *((metric, pa.float64()) for metric in metrics),
        ]
    )


@dataclass(frozen=True)
class TypedReader:
    """Reads plain lines of readings.

    Attributes:
        metrics: The columns that are numbers.
        latest: Readings after it are of the future, and no row.
    """

    metrics: tuple[str, ...]
    latest: datetime

    def read(self, lines: pa.RecordBatch, header: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
        """Put the readings beside a batch of `LINE_SCHEMA`, as batches of `reading_schema`.

        Args:
            lines: Lines of files with one header.
            header: Their column names.
        """
        for piece, found in read_in_pieces(lines, lambda some: self._read_plain(some, header)):
            yield self._unread(piece) if found is None else found

    def _unread(self, lines: pa.RecordBatch) -> pa.RecordBatch:
        schema = reading_schema(self.metrics)
        nothing = [pa.nulls(len(lines), each.type) for each in list(schema)[len(LINE_SCHEMA) :]]
        return pa.RecordBatch.from_arrays([*lines.columns, *nothing], schema=schema)

    def _read_plain(self, lines: pa.RecordBatch, header: tuple[str, ...]) -> pa.RecordBatch | None:
        """Read all lines, or none of them if one is no plain reading."""
        text = _join_unquoted(lines, len(header))
        if text is None:
            return None
        try:
            columns = parse_columns(text, header, self._types, decimal="," if b"," in text else ".")
            times = read_times(columns[0])
        except pa.ArrowInvalid:
            return None
        _, machines, batches, *metrics = columns
        # Text with other line ends than ours has other rows, too.
        is_whole = all(len(column) == len(lines) for column in columns)
        if times is None or not is_whole:
            return None
        return self.kept(lines, times, (machines, batches), metrics)

    @property
    def _types(self) -> dict[str, pa.DataType]:
        texts = dict.fromkeys(("timestamp", "machine_id", "batch_id"), pa.string())
        return texts | dict.fromkeys(self.metrics, pa.float64())

    def kept(
        self,
        lines: pa.RecordBatch,
        times: pa.Array,
        keys: tuple[pa.Array, pa.Array],
        metrics: Sequence[pa.Array],
    ) -> pa.RecordBatch | None:
        """Put readings beside their lines; None if one is beyond what staging keeps.

        Args:
            lines: Of `LINE_SCHEMA`.
            times: When they were measured.
            keys: Machines and batches.
            metrics: A column for each of ours.
        """
        microseconds = times.to_numpy(zero_copy_only=False)
        is_kept = (
            microseconds.min() >= EARLIEST
            and microseconds.max() <= np.datetime64(self.latest, "us")
            and all(pc.min(pc.binary_length(each)).as_py() > 0 for each in keys)
            and all(_are_within(each.to_numpy(), LARGEST) for each in metrics)
        )
        if not is_kept:
            return None
        return pa.RecordBatch.from_arrays(
            [*lines.columns, times.cast(pa.date32()), times, *keys, *metrics],
            schema=reading_schema(self.metrics),
        )


def read_in_pieces(
    lines: pa.RecordBatch, read_plain: Callable[[pa.RecordBatch], pa.RecordBatch | None]
) -> Iterator[tuple[pa.RecordBatch, pa.RecordBatch | None]]:
    """Read lines as a whole, or piece by piece where some are not plain.

    Yields:
        Some of the lines and what was read of them; None of those that are to be read as text.
    """
    whole = read_plain(lines)
    if whole is not None:
        yield lines, whole
        return
    read_until = 0
    for start in range(0, len(lines), PIECE_LINES):
        piece = lines.slice(start, PIECE_LINES)
        found = read_plain(piece)
        if found is not None:
            if read_until < start:
                yield lines.slice(read_until, start - read_until), None
            yield piece, found
            read_until = start + len(piece)
    if read_until < len(lines):
        yield lines.slice(read_until), None


def parse_columns(
    text: bytes,
    header: Sequence[str],
    types: Mapping[str, pa.DataType],
    *,
    decimal: str,
    separator: str = ";",
) -> list[pa.Array]:
    """Read columns' values.

    Args:
        text: Lines without quotes.
        header: Their column names; of two alike the first counts.
        types: What each wanted column is read as.
        decimal: The mark in numbers.
        separator: Between fields.

    Raises:
        pa.ArrowInvalid: A line has other fields, or a number is none.
    """
    # Of two columns of one name the first counts; so each is named by its place.
    places = [str(header.index(name)) for name in types]
    table = csv.read_csv(
        pa.BufferReader(text),
        csv.ReadOptions(
            column_names=[str(place) for place in range(len(header))],
            block_size=len(text) + 1,
        ),
        csv.ParseOptions(delimiter=separator, quote_char=False, ignore_empty_lines=False),
        csv.ConvertOptions(
            column_types=dict(zip(places, types.values(), strict=True)),
            include_columns=places,
            null_values=[],
            decimal_point=decimal,
        ),
    )
    return [column.combine_chunks() for column in table.columns]


def join_plain(lines: pa.RecordBatch, separator: str = ";") -> bytes | None:
    """Put lines together again, with line feeds between them; None where a look says not plain."""
    text = _join(lines)
    # Quotes have rules of their own.
    is_odd = text is None or b'"' in text or _has_padding(text, separator.encode())
    return None if is_odd else text


def _join(lines: pa.RecordBatch) -> bytes | None:
    """Put lines together again; None where there are none, or one has its reason already."""
    reasons, texts = lines.column("line_reason"), lines.column("raw_line")
    if not len(lines) or reasons.null_count < len(reasons):
        return None
    whole = pa.ListArray.from_arrays(pa.array([0, len(texts)], pa.int32()), texts)
    return pc.binary_join(whole, "\n").cast(pa.binary())[0].as_py()


def _join_unquoted(lines: pa.RecordBatch, column_count: int) -> bytes | None:
    """Put lines of `;` together again without quotes; None where it takes a second look."""
    text = _join(lines)
    if text is not None and b'"' in text:
        has_too_many_marks = 3 * column_count > MOST_MARKS
        text = None if has_too_many_marks else _without_quotes(text)
    return None if text is None or _has_padding(text, b";") else text


def _without_quotes(text: bytes) -> bytes | None:
    """Take the quotes off lines of which each field is in quotes and holds none, nor a `;`.

    Returns:
        None for all other lines: each `;` and each line feed must have two quotes of its own.
    """
    is_framed = len(text) > 1 and text.startswith(b'"') and text.endswith(b'"')
    if not is_framed or text.count(b'";"') < text.count(b";"):
        return None
    rows = text[1:-1].replace(b'";"', b";")
    if rows.count(b'"\n"') < rows.count(b"\n"):
        return None
    rows = rows.replace(b'"\n"', b"\n")
    return None if b'"' in rows else rows


def _has_padding(text: bytes, separator: bytes) -> bool:
    """Whether a blank stands beside a field."""
    blanks = [blank for blank in BLANKS if blank != separator and blank in text]
    if not blanks:
        return False
    letters = np.frombuffer(b"\n" + text + b"\n", np.uint8)
    ends = separator + b"\n"
    # Two letters looked for as such are found at a tenth of the pace of one.
    places = [np.flatnonzero(letters == ord(blank)) for blank in blanks]
    return any(_is_one_of(letters[at + step], ends).any() for at in places for step in (-1, 1))


def read_times(texts: pa.Array, marks: bytes = b"T") -> pa.Array | None:
    """Read times; None where one is not `YYYY-MM-DDTHH:MM:SS`, fractions of a second allowed.

    Args:
        texts: The times.
        marks: What may stand between date and time.

    Raises:
        pa.ArrowInvalid: There is no such time.
    """
    offsets = np.frombuffer(texts.buffers()[1], np.int32, len(texts) + 1, texts.offset * 4)
    starts, lengths = offsets[:-1], np.diff(offsets)
    has_fraction = (lengths > WHOLE_SECONDS + 1) & (lengths <= LONGEST_TIME)
    if not np.all(has_fraction | (lengths == WHOLE_SECONDS)):
        return None
    letters = np.frombuffer(texts.buffers()[2], np.uint8)
    places = [(10, marks, starts), (13, b":", starts), (16, b":", starts)]
    places.append((WHOLE_SECONDS, b".", starts[has_fraction]))
    if not all(np.all(_is_one_of(letters[begin + n], mark)) for n, mark, begin in places):
        return None
    return texts.cast(pa.timestamp("us"))


def _are_within(numbers: np.ndarray, largest: float) -> bool:
    """Whether no number is further from zero; false of what is no number, too."""
    return bool(numbers.min() >= -largest and numbers.max() <= largest)


def _is_one_of(letters: np.ndarray, marks: bytes) -> np.ndarray:
    return np.logical_or.reduce([letters == mark for mark in marks])
