"""Files in another system's layout, read as the lines that a kitchen would have delivered.

Each of our lines keeps the number of the foreign line that it comes of. Where one of ours is made
of several, or several of one, `FOREIGN_SCHEMA` says which belong together.
"""

import codecs
import re
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain, islice, repeat, takewhile
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from python_ml.engines.warehouse import IN_MEMORY, Warehouse
from python_ml.errors import ArepasError, UnreadableFileError, shortened
from python_ml.raw import parquet
from python_ml.raw.files import RawFile, unreadable
from python_ml.raw.foreign_tags import TagReader, WholeRows, has_plain_tags
from python_ml.raw.foreign_typed import ForeignReader, is_plain
from python_ml.raw.layout_sql import WITHOUT_COLUMNS, Mapping, TagGroups, Traits
from python_ml.raw.layouts import MOST_MACHINES, Layout
from python_ml.raw.lines import (
    DAMAGED,
    LINE_SCHEMA,
    LONGEST_LINE_BYTES,
    Readable,
    as_batch,
    check_unchanged,
    cut_lines,
    open_text,
    split_header,
    without_line_feeds,
)
from python_ml.raw.typed import TypedReader, read_in_pieces

# Lines, and how they are mapped: by the columns of the header above them.
Section = tuple[Mapping, pa.RecordBatch]
Fields = tuple[str, ...]
# Which foreign line each of our lines comes of; `is_further`: one more of the same.
FOREIGN_SCHEMA = pa.schema(
    [
        ("file_id", pa.int64()),
        ("source_line", pa.int64()),
        ("foreign_line", pa.int64()),
        ("is_further", pa.bool_()),
    ]
)
LONGEST_RECORD_LINES = 1_000  # with line feeds within quotes; of more a quote was forgotten
TOLD_TEXTS = 3
SAMPLE_ROWS = 3
BYTE_ORDER_MARK = "\ufeff"
NUMBER_OR_TIME = re.compile(r"(?=.*\d)[\d\s.,:/+TZ-]+")
PARTED_TAGS = """
create or replace temporary table parted as
select source_line, raw_line, line_reason from tags where line_reason is not null
"""
TOLD_OF_TAGS = """
select source_line, hour_told, unknown_text from tags
where hour_told is not null or unknown_text is not null order by source_line
"""
TAG_LINES = """
select source_line, raw_line, cast(null as varchar) as line_reason from whole
union all select source_line, raw_line, line_reason from parted order by source_line
"""


@dataclass
class ForeignFile:
    """A file in another system's layout, while it is read.

    Attributes:
        file: The file, with its layout.
        file_id: The number of its version.
        header: Our columns.
        foreign_lines: Batches of `FOREIGN_SCHEMA`, whole when all lines are read.
        told: What was to be told of it when all were read.
    """

    file: RawFile
    file_id: int
    foreign_lines: list[pa.Table] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    _hours: Counter[str] = field(default_factory=Counter)
    _unknown: dict[str, list[int]] = field(default_factory=dict)

    @property
    def header(self) -> tuple[str, ...]:
        """Name our columns."""
        return self._layout.our_columns

    @property
    def further_count(self) -> int:
        """Count the lines that are one more of a row that has its number from another."""
        return sum(pc.sum(lines.column("is_further")).as_py() or 0 for lines in self.foreign_lines)

    def read_lines(
        self, engine: Warehouse, typed: TypedReader | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Read its rows as batches of `LINE_SCHEMA`, those that cannot be understood as they are.

        Args:
            engine: What `open_engine` gives; one does for many files.
            typed: For readings; those whose lines are plain come as batches of `reading_schema`.

        Raises:
            UnreadableFileError: It cannot be read to its end, or lacks a column of its layout.
        """
        layout = self._layout
        mapping, blocks = self._begin()
        try:
            if layout.tags is None:
                for of_block, block in blocks:
                    reader = self._reader(engine, of_block, typed)
                    pieces = read_in_pieces(block, reader.read_plain) if reader else [(block, None)]
                    for lines, found in pieces:
                        yield self._map(engine, of_block, lines) if found is None else found
            else:
                whole = self._read_tags(engine, mapping, blocks, typed)
                if whole is None:
                    left = self._begin()[1]
                else:
                    left = iter([(mapping, whole.left)] if len(whole.left) else [])
                    yield whole.readings
                yield from self._group(engine, left)
        except UnreadableFileError:
            raise
        except DAMAGED as error:
            raise unreadable(self.file, error) from error
        except ArepasError as error:
            raise UnreadableFileError(
                f"{self.file.source_file}: layout {layout.name} cannot be applied"
                f" ({shortened(str(error))}); correct RAW_LAYOUTS"
            ) from error
        check_unchanged(self.file)
        self._tell()

    def sample(self) -> list[str]:
        """Read its first rows as they are understood: our lines."""
        with open_engine() as engine:
            rows = chain.from_iterable(batch.to_pylist() for batch in self.read_lines(engine))
            return [row["raw_line"] for row in islice(rows, SAMPLE_ROWS)]

    @property
    def _layout(self) -> Layout:
        if self.file.layout is None:
            raise ValueError(f"{self.file.source_file} has no layout")
        return self.file.layout

    def _begin(self) -> tuple[Mapping, Iterator[Section]]:
        """Find the columns, and the lines that follow, each with the columns of its header."""
        layout = self._layout
        blocks = _blocks(self.file, layout)
        first = next(blocks, None)
        if first is not None and not self.file.is_parquet and _is_one_line_of_many(first):
            raise without_line_feeds(self.file)
        header, header_line, skipped = layout.names, 0, ""
        typed: frozenset[str] = frozenset()
        if self.file.is_parquet:
            header, typed = parquet.read_columns(self.file), parquet.read_number_columns(self.file)
            layout = layout.model_copy(update={"separator": ";", "comment": ""})
        elif first is not None:
            header, header_line, skipped = _header_of(layout, first)
        named = _named(layout)
        if not header and not first:
            if not self.file.table.may_be_empty:
                raise UnreadableFileError(
                    f"{self.file.source_file}: the file is empty; deliver it with its header line"
                )
            header = named
        if missing := [name for name in named if name not in header]:
            told = shortened(layout.separator.join(header))
            raise UnreadableFileError(
                f"{self.file.source_file}: column {', '.join(missing)} of layout {layout.name} is"
                f" missing (its header says {told!r}); correct the layout, its separator or its"
                " encoding"
            )
        metrics = self.file.table.required_columns[3:]
        is_of_readings = self.file.table.name == "cooking_metrics"
        mapping = Mapping(
            layout,
            header,
            self.file.table.required_columns,
            metrics if is_of_readings else (),
            typed,
        )
        whole = chain([] if first is None else [first], blocks)
        data = (_after_line(header_line, block) for block in whole)
        if first is None or not skipped:
            return mapping, zip(repeat(mapping), data)
        below = _below_header(layout, first, header_line)
        return mapping, self._sections(mapping, skipped, below, data)

    def _sections(
        self,
        mapping: Mapping,
        first_header: str,
        below: Sequence[Fields],
        blocks: Iterator[pa.RecordBatch],
    ) -> Iterator[Section]:
        """Part lines at headers that come again, maybe with other columns or in another order.

        Args:
            mapping: That of the first header.
            first_header: Its line.
            below: The lines below it that are no data; where they come again, they are none again.
            blocks: The lines after them.
        """
        current: Mapping | None = mapping
        expected: Sequence[Fields] = ()
        for block in blocks:
            begin = 0
            headers = _further_headers(block, self._layout, first_header)
            for place, header in [*headers.items(), (len(block), None)]:
                lines = block.slice(begin, place - begin)
                again = _count_again(lines, expected, self._layout.separator)
                expected = expected[again:] if again == len(lines) else ()
                if lines := lines.slice(again):
                    yield (current, lines) if current else (mapping, _without_columns(lines))
                begin = place + 1
                if header is not None:
                    current = self._mapped_by(header, mapping, block["source_line"][place].as_py())
                    expected = below

    def _mapped_by(self, header: tuple[str, ...], first: Mapping, line: int) -> Mapping | None:
        """How the lines below a further header are mapped; None if it lacks a column."""
        missing = [name for name in _named(self._layout) if name not in header]
        if not missing:
            return first if header == first.header else replace(first, header=header)
        told = (
            f"{self.file.source_file}: line {line}: a further header has no column"
            f" {', '.join(missing)} of layout {self._layout.name}; the lines below it are set aside"
            " as missing_field"
        )
        if told not in self.told:
            self.told.append(told)
        return None

    def _reader(
        self, engine: Warehouse, mapping: Mapping, typed: TypedReader | None
    ) -> ForeignReader | None:
        if typed is None or not is_plain(mapping.layout, typed.metrics):
            return None
        return ForeignReader(mapping.layout, tuple(mapping.header), self.file_id, typed, engine)

    def _read_tags(
        self,
        engine: Warehouse,
        mapping: Mapping,
        blocks: Iterator[Section],
        typed: TypedReader | None,
    ) -> WholeRows | None:
        """Read the rows of a plain file with one tag a line; None if it is not plain."""
        if typed is None or not has_plain_tags(mapping.layout, typed.metrics):
            return None
        reader = TagReader(mapping.layout, tuple(mapping.header), self.file_id, typed, engine)
        if not all(of_block is mapping and reader.add(block) for of_block, block in blocks):
            return None
        whole = reader.rows()
        if whole is not None:
            numbers = whole.readings.column("source_line")
            for of_column in whole.members:
                foreign = pa.array(of_column)
                self._note_foreign(numbers, foreign, is_further=pc.not_equal(numbers, foreign))
        return whole

    def _map(self, warehouse: Warehouse, mapping: Mapping, block: pa.RecordBatch) -> pa.RecordBatch:
        warehouse.register("lines", pa.Table.from_batches([block]))
        mapped = warehouse.arrow(_for_block(mapping, block).rows)
        if self._layout.machines:
            numbers = mapped.column("source_line").combine_chunks()
            self._note_foreign(numbers, pc.divide(numbers, MOST_MACHINES), is_further=False)
        self._listen(mapped)
        return self._as_lines(mapped)

    def _group(self, warehouse: Warehouse, blocks: Iterator[Section]) -> Iterator[pa.RecordBatch]:
        create = "create or replace temporary table tags as"
        for mapping, block in blocks:
            warehouse.register("lines", pa.Table.from_batches([block]))
            warehouse.execute(f"{create} {_for_block(mapping, block).tag_rows}")
            create = "insert into tags"
        if create.startswith("create"):
            return
        groups = TagGroups(self._layout)
        warehouse.execute(groups.rows)
        warehouse.execute(PARTED_TAGS)
        if warehouse.value("select count(*) from partial"):
            warehouse.execute(groups.rows_of_repeated)
        self._listen(warehouse.arrow(TOLD_OF_TAGS))
        whole = warehouse.arrow("select * from whole").combine_chunks()
        numbers = whole.column("source_line").combine_chunks()
        for name in groups.columns:
            foreign = whole.column(f"line of {name}").combine_chunks()
            self._note_foreign(numbers, foreign, is_further=pc.not_equal(numbers, foreign))
        yield self._as_lines(warehouse.arrow(TAG_LINES))

    def _as_lines(self, rows: pa.Table) -> pa.RecordBatch:
        columns = [rows.column(name).combine_chunks() for name in LINE_SCHEMA.names[1:]]
        file_ids = pa.array(np.full(len(rows), self.file_id), pa.int64())
        return pa.RecordBatch.from_arrays(
            [
                file_ids,
                *(
                    column.cast(kind.type)
                    for column, kind in zip(columns, list(LINE_SCHEMA)[1:], strict=True)
                ),
            ],
            schema=LINE_SCHEMA,
        )

    def _note_foreign(
        self, numbers: pa.Array, foreign: pa.Array, *, is_further: "pa.Array | bool"
    ) -> None:
        further = pa.array(np.full(len(numbers), False)) if is_further is False else is_further
        file_ids = pa.array(np.full(len(numbers), self.file_id), pa.int64())
        self.foreign_lines.append(
            pa.Table.from_arrays([file_ids, numbers, foreign, further], schema=FOREIGN_SCHEMA)
        )

    def _listen(self, mapped: pa.Table) -> None:
        """Remember what is to be told of the file when it is read."""
        self._hours.update(pc.drop_null(mapped.column("hour_told")).to_pylist())
        unknown = mapped.filter(pc.is_valid(mapped.column("unknown_text")))
        for row in unknown.select(["source_line", "unknown_text"]).to_pylist():
            line = row["source_line"] // (MOST_MACHINES if self._layout.machines else 1)
            self._unknown.setdefault(row["unknown_text"], []).append(line)

    def _tell(self) -> None:
        name, layout = self.file.source_file, self._layout
        for said, lines in sorted(self._unknown.items(), key=lambda told: -len(told[1]))[
            :TOLD_TEXTS
        ]:
            column, _, text = said.partition("\x1f")
            more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
            self.told.append(
                f"{name}: line {lines[0]}{more}: column {column} of layout {layout.name} has no"
                f" entry for {text[:60]!r}; add it to RAW_LAYOUTS"
            )
        for told, count in self._hours.items():
            kind, _, zone = told.partition(" ")
            what = (
                "skip, set aside as bad_timestamp"
                if kind == "skipped"
                else "show twice; which of the two is meant cannot be told, the later is taken"
            )
            self.told.append(f"{name}: {count} times in an hour that the clocks of {zone} {what}")


@contextmanager
def open_engine() -> Generator[Warehouse]:
    """Open what maps lines: a database in memory, for one block after the other."""
    with Warehouse(IN_MEMORY) as engine:
        # A second thread waits for the first on a single block, and costs as much.
        engine.execute("set threads = 1")
        yield engine


def _for_block(mapping: Mapping, block: pa.RecordBatch) -> Mapping:
    """Leave out of the statements what a block does not need."""
    lines, separator = block.column("raw_line"), mapping.layout.separator
    # All lines at once: looked for in each, this took a fifth of the mapping's time.
    buffer = lines.buffers()[2]
    content = b"" if buffer is None else buffer.to_pybytes()

    def has(text: str) -> bool:
        return text.encode() in content

    is_padded = pc.or_(pc.starts_with(lines, " "), pc.ends_with(lines, " "))
    traits = Traits(
        has_quotes=has('"'),
        has_semicolons=separator != ";" and has(";"),
        has_padding=has(f"{separator} ") or has(f" {separator}") or bool(pc.any(is_padded).as_py()),
    )
    return replace(mapping, traits=traits)


class _Recoded:
    """A file's bytes in another encoding as UTF-8; what is none becomes a mark for it."""

    def __init__(self, file: RawFile, stream: Readable, encoding: str) -> None:
        self._file = file
        self._stream = stream
        self._encoding = encoding
        self._decoder: codecs.IncrementalDecoder | None = None

    def read(self, size: int, /) -> bytes:
        """Read some of it; nothing at its end alone.

        Raises:
            UnreadableFileError: It is not in that encoding.
        """
        while block := self._stream.read(size):
            self._decoder = self._decoder or self._open_decoder(block)
            if text := self._decoder.decode(block):
                return text.encode()
        return self._decoder.decode(b"", final=True).encode() if self._decoder else b""

    def _open_decoder(self, begin: bytes) -> codecs.IncrementalDecoder:
        codec = self._encoding.replace("windows-", "cp")
        if codec == "utf-16" and not begin.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            # Without its mark the first letter tells: of headers one byte of it is 0.
            orders = {begin[1:2]: "utf-16-le", begin[:1]: "utf-16-be"}
            if b"\0" not in orders:
                raise UnreadableFileError(
                    f"{self._file.source_file}: cannot be read, it is no UTF-16; correct the"
                    " layout's encoding"
                )
            codec = orders[b"\0"]
        return codecs.getincrementaldecoder(codec)(errors="replace")


def _blocks(file: RawFile, layout: Layout) -> Iterator[pa.RecordBatch]:
    """Yield all lines of a file with their numbers, from 1 on; blank ones are none."""
    if file.is_parquet:
        for first, lines in parquet.read_rows(file):
            yield _numbered(first, lines)
        return
    with open_text(file) as stream:
        source: Readable = stream
        if layout.encoding != "utf-8":
            source = _Recoded(file, stream, layout.encoding)
        blocks = (_numbered(first, lines) for first, lines in cut_lines(file, source, 1))
        yield from _joined(blocks, layout.separator) if layout.quoted_line_feeds else blocks


def _numbered(first: int, lines: pa.Array) -> pa.RecordBatch:
    numbers = np.arange(first, first + len(lines))
    return as_batch(np.zeros(len(lines), np.int64), numbers, lines)


def _joined(blocks: Iterator[pa.RecordBatch], separator: str) -> Iterator[pa.RecordBatch]:
    """Join lines at line feeds within quotes; a record has the number of its first line."""
    waiting: list[dict[str, Any]] = []
    for block in chain(blocks, [None]):
        rows = waiting + (block.to_pylist() if block is not None else [])
        records = []
        begin = 0
        while begin < len(rows):
            end = _end_of_record(rows, begin, separator)
            if end is None and block is not None:
                break
            # A quote that is never closed is a slip of its own line alone.
            end = end or begin + 1
            records.append(_as_record(rows[begin:end]))
            begin = end
        waiting = rows[begin:]
        if records:
            yield pa.RecordBatch.from_pylist(records, LINE_SCHEMA)


def _end_of_record(rows: Sequence[dict[str, Any]], begin: int, separator: str) -> int | None:
    """Find where a record ends, after its own line if its quotes are broken; None if it goes on."""
    is_open, size = False, 0
    for place in range(begin, len(rows)):
        text = rows[place]["raw_line"]
        size += len(text)
        is_open = _is_left_open(text, separator, is_open=is_open)
        is_too_long = size > LONGEST_LINE_BYTES or place - begin >= LONGEST_RECORD_LINES
        if is_open is None or is_too_long:
            return begin + 1
        if not is_open:
            return place + 1
    return None


def _is_left_open(text: str, separator: str, *, is_open: bool) -> bool | None:
    """Whether a quoted field goes on after a line; None where letters follow a closing quote.

    Args:
        text: The line.
        separator: Between fields; a quote opens one only where a field begins: `5" pipe` is none.
        is_open: Whether one goes on before it.
    """
    if not is_open and '"' not in text:
        return False
    whole, left_open = _quote_patterns(separator)
    text = f'"{text}' if is_open else text
    if left_open.fullmatch(text):
        return True
    return False if whole.fullmatch(text) else None


@cache
def _quote_patterns(separator: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns of a line whose quotes are closed, and of one whose last field is not."""
    mark = re.escape(separator)
    blanks = " *+" if separator != " " else ""
    opened = f'{blanks}"(?:[^"]|"")*+'
    field = f'(?:{opened}"{blanks}|(?!{blanks}")[^{mark}]*+)'
    return (
        re.compile(f"{field}(?:{mark}{field})*+"),
        re.compile(f"(?:{field}{mark})*+{opened}"),
    )


def _as_record(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    reasons = [row["line_reason"] for row in rows if row["line_reason"] is not None]
    return rows[0] | {
        "raw_line": " ".join(row["raw_line"] for row in rows),
        "line_reason": reasons[0] if reasons else None,
    }


def _header_of(layout: Layout, block: pa.RecordBatch) -> tuple[tuple[str, ...], int, str]:
    """Find the columns' names: them, the number of the last line before the data, the header."""
    if not layout.header:
        return layout.names, layout.skip_lines + layout.skip_after_header, ""
    # One value after the other: a list of the whole block took as long as half of its reading.
    for number_value, line_value in zip(
        block.column("source_line"), block.column("raw_line"), strict=True
    ):
        number, line = number_value.as_py(), line_value.as_py()
        text = line.removeprefix(BYTE_ORDER_MARK)
        is_comment = bool(layout.comment) and text.startswith(layout.comment)
        if number > layout.skip_lines and not is_comment:
            return split_header(text, layout.separator), number + layout.skip_after_header, text
    return (), layout.skip_lines, ""


def _below_header(layout: Layout, block: pa.RecordBatch, last: int) -> list[Fields]:
    """The lines below the first header that are no data, up to the number of their last."""
    numbers = block.column("source_line")
    is_below = pc.and_(
        pc.greater(numbers, last - layout.skip_after_header), pc.less_equal(numbers, last)
    )
    lines = block.filter(is_below).column("raw_line").to_pylist()
    return [_fields_of(line, layout.separator) for line in lines]


def _count_again(lines: pa.RecordBatch, expected: Sequence[Fields], separator: str) -> int:
    """Count the first lines that say what is expected, in their order."""
    said = lines.slice(0, len(expected)).column("raw_line").to_pylist()
    pairs = zip(said, expected, strict=False)
    same = takewhile(lambda pair: _fields_of(pair[0], separator) == pair[1], pairs)
    return sum(1 for _ in same)


def _fields_of(line: str, separator: str) -> Fields:
    """What a line says, in whichever order of columns."""
    return tuple(sorted(split_header(line, separator)))


def _is_one_line_of_many(block: pa.RecordBatch) -> bool:
    """Whether a file's lines end with CR alone, so that all of them are one."""
    return len(block) == 1 and "\r" in block.column("raw_line")[0].as_py()


def _after_line(number: int, block: pa.RecordBatch) -> pa.RecordBatch:
    """Leave out what stands before the data."""
    return block.filter(pc.greater(block.column("source_line"), number))


def _further_headers(
    block: pa.RecordBatch, layout: Layout, first: str
) -> dict[int, tuple[str, ...]]:
    """Find lines that are the first header again, or name two of the layout's columns as it does.

    A line with a number or a time among its fields is data, whatever its names are.

    Returns:
        The columns' names by the line's place in the block.
    """
    named, lines = _named(layout), block.column("raw_line")
    buffer = lines.buffers()[2]
    content = b"" if buffer is None else buffer.to_pybytes()
    is_header = pc.equal(lines, first)
    # Only the two longest names are looked for: more would cost too much.
    for name in sorted(named, key=len)[-2:]:
        if name.encode() in content:
            mark = re.escape(layout.separator)
            pattern = f'(^|{mark}) *"?{re.escape(name)}"? *({mark}|$)'
            is_header = pc.or_(is_header, pc.match_substring_regex(lines, pattern))
    if layout.comment:
        is_header = pc.and_not(is_header, pc.starts_with(lines, layout.comment))
    headers = {
        place: split_header(lines[place].as_py(), layout.separator)
        for place in pc.indices_nonzero(is_header).to_pylist()
    }
    fewest, first_names = min(2, len(named)), split_header(first, layout.separator)
    return {
        place: header
        for place, header in headers.items()
        if len({*named}.intersection(header)) >= fewest
        and not any(NUMBER_OR_TIME.fullmatch(name) for name in {*header}.difference(first_names))
    }


def _without_columns(lines: pa.RecordBatch) -> pa.RecordBatch:
    """Lines of which it is not known where their columns stand."""
    place = LINE_SCHEMA.get_field_index("line_reason")
    reasons = pa.repeat(WITHOUT_COLUMNS, len(lines))
    return lines.set_column(place, LINE_SCHEMA.field(place), reasons)


def _named(layout: Layout) -> Sequence[str]:
    """Name the foreign columns that a layout reads, each once."""
    names = [name for column in layout.columns.values() for name in column.source]
    names += [name for places in layout.machines.values() for name in places.values()]
    names += [*layout.only]
    if layout.tags is not None:
        names += [layout.tags.source, layout.tags.value]
    return tuple(dict.fromkeys(names))
