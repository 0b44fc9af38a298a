"""Deliveries: which raw files are new or changed, and their lines into the warehouse, each once."""

import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain, groupby
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from python_ml.engines.warehouse import Warehouse
from python_ml.errors import InputError, UnreadableFileError, counted
from python_ml.raw.files import RawFile, RawFolder, RawTable, content_hash, is_read_alike
from python_ml.raw.foreign import ForeignFile, open_engine
from python_ml.raw.lines import (
    LINE_SCHEMA,
    SmallFiles,
    missing_columns,
    read_header,
    read_lines,
    read_small,
    split_small,
)
from python_ml.raw.rising import RisingTimes, mark_ties, marked_schema
from python_ml.raw.typed import TypedReader

logger = logging.getLogger(__name__)

FILE_SCHEMA = pa.schema(
    [
        *((name, pa.int64()) for name in ("file_id", "path_id")),
        *((name, pa.string()) for name in ("source_table", "source_file")),
        *((name, pa.int64()) for name in ("size_bytes", "modified_ns", "changed_ns")),
        *((name, pa.string()) for name in ("content_hash", "header")),
        *((name, pa.int64()) for name in ("column_count", "line_count")),
        ("loaded_at", pa.timestamp("us")),
        *((name, pa.int64()) for name in ("load_id", "replaced_load_id")),
        ("is_present", pa.bool_()),
        ("problem", pa.string()),
        ("has_rising_times", pa.bool_()),
    ]
)
FIND_REPLACED_FILES = """
create or replace temporary table replaced_files as
select file_id, source_table from raw.files
where replaced_load_id <= (select coalesce(max(load_id), 0) from raw.builds);
"""
DELETE_REPLACED_LINES = """
delete from raw.{table}
where file_id in (select file_id from replaced_files where source_table = '{table}')
"""
DELETE_REPLACED_FILES = (
    "delete from raw.files where file_id in (select file_id from replaced_files)"
)
# Of a row of raw.files, in either engine's words; `now` is an expression. A load whose clock was
# behind that of one before it took readings for such of days to come.
WAS_READ_TOO_EARLY = """
coalesce(
    loaded_at < max(loaded_at) over (
        order by load_id range between unbounded preceding and 1 preceding
    ),
    false
) and max(loaded_at) over () <= {now}
"""
KNOWN_FILES = f"""
select
    source_file, file_id, path_id, content_hash, is_present, problem, header,
    {WAS_READ_TOO_EARLY.format(now="$now")} as was_read_too_early,
    size_bytes, modified_ns, changed_ns
from raw.files
qualify replaced_load_id is null
"""  # noqa: S608  (a constant)
NUMBER_FILES = "select nextval('raw.file_ids') from range({count})"
TABLES_WITHOUT_READABLE_FILE = """
select source_table, min(problem) from raw.files
where replaced_load_id is null
group by source_table
having count(*) filter (where column_count > 0 or problem is null) = 0
order by source_table
"""
UNREADABLE_FILES = """
select problem from raw.files where replaced_load_id is null and problem is not null
union all
select folder_problems from raw.run_settings where folder_problems is not null
order by 1
"""
UNREADABLE_LINE = "unreadable_file"
DELETE_REPLACED_FOREIGN_LINES = """
delete from raw.foreign_lines where file_id in (select file_id from replaced_files)
"""
# Notes about many files come in one table, `noted_files`: a statement for each would cost more than
# reading a small file.
NOTE_FILES = "create or replace temporary table noted_files as select * from raw.files limit 0"
DELETE_NOTED_LINES = """
delete from raw.{table}
where file_id in (select file_id from noted_files where source_table = '{table}')
"""
REPLACE_NOTED_FILES = """
update raw.files set replaced_load_id = noted_files.load_id
from noted_files
where raw.files.path_id = noted_files.path_id and raw.files.replaced_load_id is null;
insert into raw.files by name select * from noted_files;
"""
UPDATE_NOTED_FILES = """
update raw.files set
    size_bytes = noted_files.size_bytes,
    modified_ns = noted_files.modified_ns,
    changed_ns = noted_files.changed_ns,
    is_present = noted_files.is_present,
    problem = noted_files.problem
from noted_files
where raw.files.file_id = noted_files.file_id;
"""


class Rows(Protocol):
    """What can be asked a query, on any engine."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query and return its rows."""
        ...


@dataclass(frozen=True)
class KnownFile:
    """What the log of files says of the current version of one file.

    Attributes:
        was_read_too_early: Whether it was read while the machine's clock was behind what it had
            been, and the clock is right again.
    """

    file_id: int
    path_id: int
    content_hash: str
    is_present: bool
    problem: str | None
    header: str
    was_read_too_early: bool
    stamp: tuple[int, int, int]

    def is_untouched(self, file: RawFile) -> bool:
        """Whether the file need not even be looked at; one that could not be read is tried anew."""
        is_as_it_was = self.is_present and self.problem is None and self.stamp == file.stamp
        return (
            is_as_it_was
            and not self.was_read_too_early
            and is_read_alike(self.content_hash, file.layout)
            and can_stay(file.table, self.content_hash, self.header)
        )


def can_stay(table: RawTable, content_hash: str, header: str) -> bool:
    """Whether a version that was loaded still counts: METRICS may have grown since.

    Args:
        table: Its table.
        content_hash: Of that version; empty for a file that could not be read.
        header: Its column names, `;` between them; empty for an empty file.
    """
    columns = tuple(header.split(";")) if header else table.required_columns
    return bool(content_hash) and not missing_columns(table, columns)


@dataclass
class Delivery:
    """A file that is new or touched since it was loaded.

    Attributes:
        file: The file.
        file_id: The number of this version of it.
        before: The version that counts so far.
        content_hash: Fingerprint of its bytes.
        header: Its column names; none for an empty file, and for one that cannot be read.
        line_count: Data lines read so far.
        problem: Why it cannot be read.
        foreign_lines: Which lines of another system's file its lines come of, where that is not
            one of each.
        has_rising_times: Whether all its readings were read and their times never fall; of other
            tables it says nothing.
    """

    file: RawFile
    file_id: int
    before: KnownFile | None
    content_hash: str = ""
    header: tuple[str, ...] = ()
    line_count: int = 0
    problem: str | None = None
    foreign_lines: list[pa.Table] = field(default_factory=list)
    has_rising_times: bool = True

    @property
    def changes_nothing(self) -> bool:
        """Whether the version before goes on: it has the same bytes, or these cannot be read."""
        if self.before is None:
            return False
        if self.problem is None:
            is_same = self.content_hash == self.before.content_hash
            return is_same and self._before_can_stay and not self.before.was_read_too_early
        return self._before_can_stay or self.problem == self.before.problem

    @property
    def _before_can_stay(self) -> bool:
        before = self.before
        return before is not None and can_stay(self.file.table, before.content_hash, before.header)


def find_deliveries(
    warehouse: Warehouse, files: Iterable[RawFile], known: dict[str, KnownFile]
) -> list[Delivery]:
    """Find the files that are new or touched since they were loaded."""
    touched = []
    for file in files:
        before = known.get(file.source_file)
        if before is None or not before.is_untouched(file):
            touched.append((file, before))
    numbers = warehouse.rows(NUMBER_FILES.format(count=len(touched)))
    return [
        Delivery(file, file_id, before)
        for (file, before), (file_id,) in zip(touched, numbers, strict=True)
    ]


def note_missing(warehouse: Warehouse, folder: RawFolder, known: dict[str, KnownFile]) -> None:
    """Keep the rows of files that are gone from the folder, and say so once."""
    present = {file.source_file for file in folder.files}
    gone = []
    for source_file, before in known.items():
        if source_file not in present and before.is_present and not folder.hides(source_file):
            logger.warning("%s: gone from RAW_DATA_DIR; its rows stay", source_file)
            gone.append(_note(before, before.stamp, problem=before.problem, is_present=False))
    _write_notes(warehouse, UPDATE_NOTED_FILES, gone)


def load_lines(
    warehouse: Warehouse, tables: tuple[RawTable, ...], deliveries: list[Delivery]
) -> int:
    """Load the lines of new and changed files; what cannot be read is set aside.

    Returns:
        The number of lines loaded.

    Raises:
        InputError: No file of a table can be read.
    """
    if not deliveries:
        return 0
    load_id = next_load_id(warehouse)
    loaded_at = now_as_kept()
    for table in tables:
        of_table = [delivery for delivery in deliveries if delivery.file.table is table]
        if of_table:
            logger.info("reading %s of %s", counted(len(of_table), "file"), table.name)
            ours = [delivery for delivery in of_table if delivery.file.layout is None]
            foreign = [delivery for delivery in of_table if delivery.file.layout is not None]
            latest = loaded_at + timedelta(days=1)
            typed = TypedReader(table.metrics, latest) if table.metrics else None
            batches = chain(_batches(ours), _foreign_batches(foreign, typed))
            batches = _count_lines(batches, of_table)
            if typed is not None:
                batches = _mark_ties(_read_typed(batches, of_table, typed), of_table)
            _append_lines(warehouse, table, batches)
    damaged = [delivery for delivery in deliveries if delivery.problem is not None]
    _append_foreign_lines(warehouse, deliveries)
    for delivery in damaged:
        logger.warning("%s", delivery.problem)
    _take_back(warehouse, tables, damaged)
    as_before = [delivery for delivery in deliveries if delivery.changes_nothing]
    _write_notes(warehouse, UPDATE_NOTED_FILES, [_note_of_same(delivery) for delivery in as_before])
    new = [delivery for delivery in deliveries if not delivery.changes_nothing]
    _set_aside(warehouse, tables, new)
    versions = [_version(delivery, load_id, loaded_at) for delivery in new]
    _write_notes(warehouse, REPLACE_NOTED_FILES, versions)
    for _, problem in warehouse.rows(TABLES_WITHOUT_READABLE_FILE):
        raise InputError(problem)
    return sum(delivery.line_count for delivery in new)


def _batches(deliveries: list[Delivery]) -> Iterator[pa.RecordBatch]:
    """Read files one after the other; small ones are put together."""
    small = SmallFiles()
    for delivery in deliveries:
        try:
            content = read_small(delivery.file)
            if content is None:
                yield from _stream(delivery)
                continue
            delivery.content_hash = xxhash.xxh3_128_hexdigest(content)
            if delivery.changes_nothing:
                continue
            split = split_small(delivery.file, content)
            if split is None:
                yield from _stream(delivery)
                continue
            delivery.header, body = split
            small.add(delivery.file_id, body)
        except UnreadableFileError as error:
            delivery.problem, delivery.header = str(error), ()
        if small.is_full:
            yield small.take()
    yield small.take()


def _stream(delivery: Delivery) -> Iterator[pa.RecordBatch]:
    delivery.content_hash = content_hash(delivery.file)
    if not delivery.changes_nothing:
        delivery.header = read_header(delivery.file)
        if delivery.header:
            yield from read_lines(delivery.file, delivery.file_id)


def _foreign_batches(
    deliveries: list[Delivery], typed: TypedReader | None
) -> Iterator[pa.RecordBatch]:
    """Read files of other systems, each by its layout; of plain readings what they say, too."""
    if not deliveries:
        return
    with open_engine() as engine:
        for delivery in deliveries:
            foreign = ForeignFile(delivery.file, delivery.file_id)
            try:
                delivery.content_hash = content_hash(delivery.file)
                if not delivery.changes_nothing:
                    delivery.header = foreign.header
                    yield from foreign.read_lines(engine, typed)
                    delivery.foreign_lines = foreign.foreign_lines
                    for told in foreign.told:
                        logger.warning("%s", told)
            except UnreadableFileError as error:
                delivery.problem, delivery.header = str(error), ()


def _count_lines(
    batches: Iterator[pa.RecordBatch], deliveries: list[Delivery]
) -> Iterator[pa.RecordBatch]:
    by_id = {delivery.file_id: delivery for delivery in deliveries}
    for batch in batches:
        for file_id, count in _runs_of_files(batch):
            by_id[file_id].line_count += count
        yield batch


def _runs_of_files(batch: pa.RecordBatch) -> list[tuple[int, int]]:
    """Say how many lines of one file follow each other: its number and the count."""
    runs = pc.run_end_encode(batch.column("file_id"))
    counts = np.diff(runs.run_ends, prepend=0)
    return list(zip(runs.values.to_pylist(), counts.tolist(), strict=True))


def _read_typed(
    batches: Iterator[pa.RecordBatch], deliveries: list[Delivery], reader: TypedReader
) -> Iterator[pa.RecordBatch]:
    """Put what plain lines say beside them."""
    by_id = {delivery.file_id: delivery for delivery in deliveries}
    for batch in batches:
        if batch.schema != LINE_SCHEMA:
            yield batch
            continue
        start = 0
        for header, of_header in groupby(_runs_of_files(batch), lambda file: by_id[file[0]].header):
            count = sum(count for _, count in of_header)
            yield from reader.read(batch.slice(start, count), header)
            start += count


def _mark_ties(
    batches: Iterator[pa.RecordBatch], deliveries: list[Delivery]
) -> Iterator[pa.RecordBatch]:
    """Mark the readings that may repeat another one of their file, so that few are compared."""
    by_id = {delivery.file_id: delivery for delivery in deliveries}
    times = RisingTimes()
    for batch in batches:
        if not len(batch):
            continue
        for file_id in times.find_others(batch):
            by_id[file_id].has_rising_times = False
        yield mark_ties(batch)


def _append_lines(warehouse: Warehouse, table: RawTable, batches: Iterator[pa.RecordBatch]) -> None:
    schema = marked_schema(table.metrics) if table.metrics else LINE_SCHEMA
    warehouse.append_in_any_order(
        f"raw.{table.name}", pa.RecordBatchReader.from_batches(schema, batches)
    )


def _append_foreign_lines(warehouse: Warehouse, deliveries: list[Delivery]) -> None:
    """Write down which foreign lines belong together; each of them is a line of its file."""
    noted: list[pa.Table] = []
    for delivery in deliveries:
        for lines in delivery.foreign_lines if delivery.problem is None else ():
            noted.append(lines)
            delivery.line_count += pc.sum(lines.column("is_further")).as_py() or 0
    if noted:
        # A statement for each would cost more than its lines.
        batches = pa.concat_tables(noted).to_reader()
        warehouse.append_in_any_order("raw.foreign_lines", batches)


def _take_back(warehouse: Warehouse, tables: tuple[RawTable, ...], damaged: list[Delivery]) -> None:
    """Take back what was read of damaged files; part of a day would pass for the whole."""
    begun = [delivery for delivery in damaged if delivery.line_count]
    for table in tables:
        notes: list[Note] = [
            {"file_id": delivery.file_id, "source_table": table.name}
            for delivery in begun
            if delivery.file.table is table
        ]
        _write_notes(warehouse, DELETE_NOTED_LINES.format(table=table.name), notes)
    for delivery in damaged:
        delivery.header, delivery.line_count, delivery.content_hash = (), 0, ""


def _set_aside(warehouse: Warehouse, tables: tuple[RawTable, ...], new: list[Delivery]) -> None:
    """Write one line of the quarantine for each file that cannot be read."""
    for table in tables:
        rows = [
            {
                "file_id": delivery.file_id,
                "source_line": 1,
                "raw_line": delivery.problem,
                "line_reason": UNREADABLE_LINE,
            }
            for delivery in new
            if delivery.problem is not None and delivery.file.table is table
        ]
        if rows:
            warehouse.append(f"raw.{table.name}", pa.Table.from_pylist(rows, LINE_SCHEMA))
    for delivery in new:
        delivery.line_count += delivery.problem is not None


Note = dict[str, object]


def _version(delivery: Delivery, load_id: int, loaded_at: datetime) -> Note:
    """What the log of files says of a version that is loaded."""
    before = delivery.before
    return {
        "file_id": delivery.file_id,
        "path_id": delivery.file_id if before is None else before.path_id,
        "source_table": delivery.file.table.name,
        "source_file": delivery.file.source_file,
        **_stamp_columns(delivery.file.stamp),
        "content_hash": delivery.content_hash,
        "header": ";".join(delivery.header),
        "column_count": len(delivery.header),
        "line_count": delivery.line_count,
        "loaded_at": loaded_at,
        "load_id": load_id,
        "is_present": True,
        "problem": delivery.problem,
        "has_rising_times": delivery.has_rising_times,
    }


def _note_of_same(delivery: Delivery) -> Note:
    before = delivery.before
    if before is None:
        raise ValueError("a file that was never loaded cannot go on as it was")
    return _note(before, delivery.file.stamp, problem=delivery.problem, is_present=True)


def _note(
    before: KnownFile, stamp: tuple[int, int, int], *, problem: str | None, is_present: bool
) -> Note:
    """What is new of a version that goes on."""
    return {
        "file_id": before.file_id,
        **_stamp_columns(stamp),
        "is_present": is_present,
        "problem": problem,
    }


def _stamp_columns(stamp: tuple[int, int, int]) -> Note:
    return dict(zip(("size_bytes", "modified_ns", "changed_ns"), stamp, strict=True))


def _write_notes(warehouse: Warehouse, statements: str, notes: Collection[Note]) -> None:
    """Run statements on notes about files, all at once."""
    if not notes:
        return
    warehouse.execute(NOTE_FILES)
    warehouse.append("noted_files", pa.Table.from_pylist(list(notes), FILE_SCHEMA))
    warehouse.execute(statements)


def next_load_id(warehouse: Warehouse) -> int:
    """Number the next change of the delivered files."""
    return 1 + warehouse.value(
        "select greatest(coalesce(max(load_id), 0), coalesce(max(replaced_load_id), 0),"
        " (select coalesce(max(load_id), 0) from raw.builds)) from raw.files"
    )


def delete_replaced(warehouse: Warehouse, tables: tuple[RawTable, ...]) -> None:
    """Delete file versions whose replacement, or absence, has been built everywhere."""
    warehouse.execute(FIND_REPLACED_FILES)
    if warehouse.value("select count(*) from replaced_files"):
        for table in tables:
            warehouse.execute(DELETE_REPLACED_LINES.format(table=table.name))
        warehouse.execute(DELETE_REPLACED_FOREIGN_LINES)
        warehouse.execute(DELETE_REPLACED_FILES)


def read_unreadable_files(engine: Rows) -> list[str]:
    """Say which delivered files and folders cannot be read, and why."""
    return [row[0] for row in engine.rows(UNREADABLE_FILES)]


def known_files(warehouse: Warehouse) -> dict[str, KnownFile]:
    """Read the log of files: the current version of each by its path."""
    rows = warehouse.rows(KNOWN_FILES, {"now": now_as_kept()})
    return {row[0]: KnownFile(*row[1:8], stamp=row[8:]) for row in rows}


def now_as_kept() -> datetime:
    """The time as the log of files keeps it: UTC without a zone, in whole seconds."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
