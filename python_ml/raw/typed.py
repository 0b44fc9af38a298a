"""Readings beside their lines: read with their types where lines are so plain that all is clear.

What stands here is what `macros/raw_lines.sql` would make of the text, to the bit; of all other
lines staging reads the text and says what is wrong with it.
"""

from collections.abc import Iterator
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
# Arrow takes blanks off numbers.
BLANKS_BESIDE = (b" ;", b"; ", b"\t;", b";\t", b" \n", b"\n ", b"\t\n", b"\n\t")
WHOLE_SECONDS = len("2026-03-01T10:00:00")
LONGEST_TIME = len("2026-03-01T10:00:00.123456")
PARSE = csv.ParseOptions(delimiter=";", quote_char=False, ignore_empty_lines=False)


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
        whole = self._read_plain(lines, header)
        if whole is not None:
            yield whole
            return
        for start in range(0, len(lines), PIECE_LINES):
            piece = lines.slice(start, PIECE_LINES)
            read = self._read_plain(piece, header)
            yield self._unread(piece) if read is None else read

    def _unread(self, lines: pa.RecordBatch) -> pa.RecordBatch:
        schema = reading_schema(self.metrics)
        nothing = [pa.nulls(len(lines), each.type) for each in list(schema)[len(LINE_SCHEMA) :]]
        return pa.RecordBatch.from_arrays([*lines.columns, *nothing], schema=schema)

    def _read_plain(self, lines: pa.RecordBatch, header: tuple[str, ...]) -> pa.RecordBatch | None:
        """Read all lines, or none of them if one is no plain reading."""
        text = _joined(lines)
        if text is None:
            return None
        try:
            columns = self._parse(text, header)
            times = _as_times(columns[0])
        except pa.ArrowInvalid:
            return None
        _, machines, batches, *metrics = columns
        # Text with other line ends than ours has other rows, too.
        is_whole = all(len(column) == len(lines) for column in columns)
        if times is None or not is_whole or not self._can_be_kept(times, *columns[1:]):
            return None
        return pa.RecordBatch.from_arrays(
            [*lines.columns, times.cast(pa.date32()), times, machines, batches, *metrics],
            schema=reading_schema(self.metrics),
        )

    def _parse(self, text: bytes, header: tuple[str, ...]) -> list[pa.Array]:
        """Read the columns' values: times still as text.

        Raises:
            pa.ArrowInvalid: A line has other fields, or a number is none.
        """
        names = ("timestamp", "machine_id", "batch_id", *self.metrics)
        # Of two columns of one name the first counts; so each is named by its place.
        places = [str(header.index(name)) for name in names]
        types = [pa.string()] * 3 + [pa.float64()] * len(self.metrics)
        table = csv.read_csv(
            pa.BufferReader(text),
            csv.ReadOptions(
                column_names=[str(place) for place in range(len(header))],
                block_size=len(text) + 1,
            ),
            PARSE,
            csv.ConvertOptions(
                column_types=dict(zip(places, types, strict=True)),
                include_columns=places,
                null_values=[],
                decimal_point="," if b"," in text else ".",
            ),
        )
        return [column.combine_chunks() for column in table.columns]

    def _can_be_kept(
        self, times: pa.Array, machines: pa.Array, batches: pa.Array, *metrics: pa.Array
    ) -> bool:
        """Whether all are within what staging keeps."""
        microseconds = times.to_numpy(zero_copy_only=False)
        return (
            microseconds.min() >= EARLIEST
            and microseconds.max() <= np.datetime64(self.latest, "us")
            and all(pc.min(pc.binary_length(each)).as_py() > 0 for each in (machines, batches))
            # False of what is no number, too.
            and all(np.abs(each.to_numpy()).max() <= LARGEST for each in metrics)
        )


def _joined(lines: pa.RecordBatch) -> bytes | None:
    """Put lines together again, with line feeds between them; None where a look says not plain."""
    reasons, texts = lines.column("line_reason"), lines.column("raw_line")
    if not len(lines) or reasons.null_count < len(reasons):
        return None
    whole = pa.ListArray.from_arrays(pa.array([0, len(texts)], pa.int32()), texts)
    text = pc.binary_join(whole, "\n").cast(pa.binary())[0].as_py()
    # Quotes have rules of their own; two letters are found at a tenth of the pace of one.
    return None if b'"' in text or (_has_blanks(text) and _has_padding(text)) else text


def _has_blanks(text: bytes) -> bool:
    return b" " in text or b"\t" in text


def _has_padding(text: bytes) -> bool:
    return any(blank in b"\n" + text + b"\n" for blank in BLANKS_BESIDE)


def _as_times(texts: pa.Array) -> pa.Array | None:
    """Read times; None where one is not `YYYY-MM-DDTHH:MM:SS`, fractions of a second allowed.

    Raises:
        pa.ArrowInvalid: There is no such time.
    """
    offsets = np.frombuffer(texts.buffers()[1], np.int32, len(texts) + 1, texts.offset * 4)
    starts, lengths = offsets[:-1], np.diff(offsets)
    has_fraction = (lengths > WHOLE_SECONDS + 1) & (lengths <= LONGEST_TIME)
    if not np.all(has_fraction | (lengths == WHOLE_SECONDS)):
        return None
    letters = np.frombuffer(texts.buffers()[2], np.uint8)
    marks = [(10, "T", starts), (13, ":", starts), (16, ":", starts)]
    marks.append((WHOLE_SECONDS, ".", starts[has_fraction]))
    if not all(np.all(letters[begin + place] == ord(mark)) for place, mark, begin in marks):
        return None
    return texts.cast(pa.timestamp("us"))
