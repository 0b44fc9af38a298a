"""Plain readings of other systems, read with types at once: no line of ours is written for them.

What stands here is what `layout_sql.py` and staging would make of the same lines, to the bit; all
other lines go that way. The line beside a reading is the foreign one.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from python_ml.engines.warehouse import Warehouse
from python_ml.raw.layout_sql import (
    MICROSECONDS,
    REPLACED,
    made_of_texts,
    shift_of_quarters,
    understood_text,
)
from python_ml.raw.layouts import OFFSET, Column, Layout
from python_ml.raw.lines import LINE_SCHEMA
from python_ml.raw.typed import TypedReader, join_plain, parse_columns, read_times

# Clocks differ by whole quarters of an hour, and are changed at such.
QUARTER_US = 15 * 60 * 1_000_000
MOST_QUARTERS = 200_000
ISO_ZEROS = b"0000-00-00T00:00:00"
ISO_PLACES = {"Y": (0, 4), "m": (5, 7), "d": (8, 10), "H": (11, 13), "M": (14, 16), "S": (17, 19)}
OFFSETS = re.compile(r"Z$|([+-])(0[0-9]|1[0-4]):([0-5][0-9])$")
KEYS = ("machine_id", "batch_id")


@dataclass(frozen=True)
class PlainLines:
    """Lines of one file whose fields are read as what they are.

    Attributes:
        layout: Its layout.
        header: The foreign columns, in their order.
        file_id: The number of its version.
        typed: What keeps readings.
        engine: What applies the layout to the few texts that differ.
    """

    layout: Layout
    header: tuple[str, ...]
    file_id: int
    typed: TypedReader
    engine: Warehouse

    def parse(
        self, lines: pa.RecordBatch, types: dict[str, pa.DataType]
    ) -> tuple[pa.RecordBatch, dict[str, pa.Array]] | None:
        """Read some foreign columns of the lines that are data; None if a line is not plain.

        Raises:
            pa.ArrowInvalid: A line has other fields, or a number is none.
        """
        layout = self.layout
        if layout.comment:
            texts = lines.column("raw_line")
            lines = lines.filter(pc.invert(pc.starts_with(texts, layout.comment)))
        text = join_plain(lines, layout.separator)
        if text is None or (layout.encoding != "utf-8" and REPLACED.encode() in text):
            return None
        columns = parse_columns(
            text, self.header, types, decimal=layout.decimal, separator=layout.separator
        )
        values = dict(zip(types, columns, strict=True))
        # Text with other line ends than ours has other rows, too.
        if len(columns[0]) != len(lines) or self._says_no_value(values):
            return None
        is_data = self._is_data(values)
        if is_data is None:
            return lines, values
        kept = {name: value.filter(is_data) for name, value in values.items()}
        return lines.filter(is_data), kept

    def _says_no_value(self, values: dict[str, pa.Array]) -> bool:
        """Whether a value is one that means none; such lines are read as text."""
        if not self.layout.no_value:
            return False
        texts = pa.array(self.layout.no_value)
        numbers = pa.array(_numbers_among(self.layout.no_value, self.layout.decimal), pa.float64())
        return any(
            pc.any(pc.is_in(value, numbers if pa.types.is_floating(value.type) else texts)).as_py()
            for value in values.values()
        )

    def _is_data(self, values: dict[str, pa.Array]) -> pa.Array | None:
        """Which lines tell of the table at all; None: all of them."""
        whole = None
        for name, pattern in self.layout.only.items():
            encoded = values[name].dictionary_encode()
            # By the same RE2 as DuckDB's, without a statement.
            mask = pc.match_substring_regex(encoded.dictionary, pattern).take(encoded.indices)
            whole = mask if whole is None else pc.and_(whole, mask)
        return whole

    def by_text(self, texts: pa.Array, expression: str) -> pa.Array:
        """Apply an expression to the texts that differ, each once."""
        encoded = texts.dictionary_encode()
        said = pa.table({"place": np.arange(len(encoded.dictionary)), "said": encoded.dictionary})
        self.engine.register("said_texts", said)
        made = self.engine.arrow(made_of_texts(expression))
        return made.column("made").combine_chunks().take(encoded.indices)

    def times(self, values: dict[str, pa.Array]) -> pa.Array | None:
        """Read times as the kitchens' clocks showed them."""
        column = self.layout.columns["timestamp"]
        text = _joined(column, values)
        moments = _read_moments(text, column)
        shift = shift_of_quarters(column, self.layout.kitchen_zone)
        return moments if moments is None or shift is None else self._shifted(moments, shift)

    def _shifted(self, moments: pa.Array, shift: str) -> pa.Array | None:
        """What other clocks showed as the kitchens' did; None where an hour has to be told."""
        micros = moments.cast(pa.int64()).to_numpy()
        quarters = micros // QUARTER_US
        first = int(quarters.min())
        count = int(quarters.max()) - first + 1
        if count > MOST_QUARTERS:
            return None
        begun = pa.array(np.arange(first, first + count) * QUARTER_US).cast(pa.timestamp("us"))
        self.engine.register("quarters", pa.table({"begun": begun}))
        made = self.engine.arrow(shift)
        is_told = made.column("told").is_valid().to_numpy()
        places = quarters - first
        if is_told.any() and is_told[places].any():
            return None
        ahead = made.column("ahead").fill_null(0).to_numpy()
        return pa.array(micros + ahead[places]).cast(pa.timestamp("us"))


@dataclass(frozen=True)
class ForeignReader(PlainLines):
    """Reads plain lines of one file, each of which is a reading; its layout `is_plain`."""

    def read_plain(self, lines: pa.RecordBatch) -> pa.RecordBatch | None:
        """Read all lines, as a batch of `reading_schema`, or none if one is not plain."""
        types = {name: pa.string() for name in self._texts}
        types |= {self._of(name): pa.float64() for name in self.typed.metrics}
        try:
            parsed = self.parse(lines, types)
            return self._read(*parsed) if parsed is not None and len(parsed[0]) else None
        except pa.ArrowInvalid:
            return None

    def _read(self, lines: pa.RecordBatch, values: dict[str, pa.Array]) -> pa.RecordBatch | None:
        times = self.times(values)
        machines, batches = (self._key(name, values, len(lines)) for name in KEYS)
        if times is None or machines is None or batches is None:
            return None
        file_ids = pa.array(np.full(len(lines), self.file_id), pa.int64())
        ours = pa.RecordBatch.from_arrays([file_ids, *lines.columns[1:]], schema=LINE_SCHEMA)
        metrics = [values[self._of(name)] for name in self.typed.metrics]
        return self.typed.kept(ours, times, (machines, batches), metrics)

    def _of(self, metric: str) -> str:
        return self.layout.columns[metric].source[0]

    @property
    def _texts(self) -> tuple[str, ...]:
        """Name the foreign columns that are read as text."""
        columns = [self.layout.columns[name] for name in ("timestamp", *KEYS)]
        named = [name for column in columns for name in column.source]
        return tuple(dict.fromkeys([*named, *self.layout.only]))

    def _key(self, name: str, values: dict[str, pa.Array], count: int) -> pa.Array | None:
        column = self.layout.columns[name]
        if not column.source:
            return pa.repeat(column.constant, count)
        text = _joined(column, values)
        if pc.any(pc.equal(text, column.joined * (len(column.source) - 1))).as_py():
            return None
        if column.map or column.pattern:
            text = self.by_text(text, understood_text("said", column))
        return text if not text.null_count else None


def is_plain(layout: Layout, metrics: tuple[str, ...]) -> bool:
    """Whether each line of a layout's files is one reading, its numbers as they stand there."""
    if layout.table != "cooking_metrics" or layout.tags is not None or layout.machines:
        return False
    sources = [name for metric in metrics for name in layout.columns[metric].source]
    texts = {*layout.only, *(name for key in KEYS for name in layout.columns[key].source)}
    return (
        all(
            len(layout.columns[metric].source) == 1
            and not (layout.columns[metric].map or layout.columns[metric].pattern)
            for metric in metrics
        )
        # A column is read as text or as numbers.
        and len({*sources}) == len(sources)
        and not {*sources} & {*texts, *layout.columns["timestamp"].source}
        and has_plain_times(layout)
    )


def has_plain_times(layout: Layout) -> bool:
    """Whether its lines can be read without a statement for each of their times."""
    time = layout.columns["timestamp"]
    is_text = bool(time.source) and not (time.map or time.pattern)
    return is_text and layout.separator.isascii() and _reader_of(time) is not None


def _joined(column: Column, values: dict[str, pa.Array]) -> pa.Array:
    parts = [values[name] for name in column.source]
    return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, column.joined)


@cache
def _numbers_among(texts: tuple[str, ...], decimal: str) -> tuple[float, ...]:
    found = []
    for text in texts:
        with suppress(ValueError):
            found.append(float(text.replace(decimal, ".")))
    return tuple(found)


Reader = Callable[[pa.Array], "pa.Array | None"]


def _reader_of(column: Column) -> Reader | None:
    """Find what reads the times of a column; None where only DuckDB does."""
    if not column.format:
        return _read_with_offset if column.zone == OFFSET else _read_iso
    first = column.format[0]
    if column.zone == OFFSET:
        return None
    if first in MICROSECONDS:
        return None if first == "epoch_ns" else lambda texts: _read_epochs(texts, first)
    form = _form_of(first)
    return None if form is None else form.read


def _read_moments(texts: pa.Array, column: Column) -> pa.Array | None:
    """Read times as they were written; those with an offset in UTC."""
    reader = _reader_of(column)
    return None if reader is None else reader(texts)


def _read_iso(texts: pa.Array) -> pa.Array | None:
    return read_times(texts, b"T ")


def _read_with_offset(texts: pa.Array) -> pa.Array | None:
    """Read times that all have one offset."""
    found = OFFSETS.search(texts[0].as_py())
    if found is None or not pc.all(pc.ends_with(texts, found[0])).as_py():
        return None
    bare = pc.binary_replace_slice(texts, start=-len(found[0]), stop=2**31 - 1, replacement="")
    times = _read_iso(bare)
    if times is None or found[1] is None:
        return times
    behind = (int(found[2]) * 60 + int(found[3])) * 60_000_000 * (-1 if found[1] == "+" else 1)
    return pc.add(times.cast(pa.int64()), behind).cast(pa.timestamp("us"))


def _read_epochs(texts: pa.Array, format_: str) -> pa.Array | None:
    """Read whole numbers of seconds, or of parts of them."""
    letters = np.frombuffer(texts.buffers()[2], np.uint8)
    if letters.min(initial=ord("0")) < ord("0") or letters.max(initial=ord("0")) > ord("9"):
        return None
    micros = pc.multiply_checked(texts.cast(pa.int64()), int(float(MICROSECONDS[format_])))
    return micros.cast(pa.timestamp("us"))


@dataclass(frozen=True)
class _Form:
    """Times whose parts stand at fixed places.

    Attributes:
        width: Letters in all.
        taken: Where digits stand.
        put: Where they stand in ISO form.
        marks: What stands between them, by place.
    """

    width: int
    taken: tuple[int, ...]
    put: tuple[int, ...]
    marks: tuple[tuple[int, int], ...]

    def read(self, texts: pa.Array) -> pa.Array | None:
        """Read such times; None where one is of another form.

        Raises:
            pa.ArrowInvalid: There is no such time.
        """
        count = len(texts)
        offsets = np.frombuffer(texts.buffers()[1], np.int32, count + 1, texts.offset * 4)
        if not np.all(np.diff(offsets) == self.width):
            return None
        whole = np.frombuffer(texts.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]
        letters = whole.reshape(count, self.width)
        if not all(np.all(letters[:, place] == mark) for place, mark in self.marks):
            return None
        iso = np.tile(np.frombuffer(ISO_ZEROS, np.uint8), (count, 1))
        iso[:, self.put] = letters[:, self.taken]
        starts = np.arange(count + 1, dtype=np.int32) * len(ISO_ZEROS)
        buffers = [None, pa.py_buffer(starts), pa.py_buffer(iso)]
        return pa.Array.from_buffers(pa.string(), count, buffers).cast(pa.timestamp("us"))


@cache
def _form_of(format_: str) -> _Form | None:
    """Where each part of a time stands; None where that may differ from line to line."""
    taken, put, marks, seen = [], [], [], []
    width, letters = 0, iter(format_)
    for letter in letters:
        if letter != "%":
            if not letter.isascii():
                return None
            marks.append((width, ord(letter)))
            width += 1
            continue
        part = next(letters, "")
        if part not in ISO_PLACES:
            return None
        begin, end = ISO_PLACES[part]
        seen.append(part)
        taken += range(width, width + end - begin)
        put += range(begin, end)
        width += end - begin
    is_whole = {*"Ymd"} <= {*seen} and len({*seen}) == len(seen)
    return _Form(width, tuple(taken), tuple(put), tuple(marks)) if is_whole else None
