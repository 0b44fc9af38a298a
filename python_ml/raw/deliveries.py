"""Deliveries: which raw files are new or changed, and their lines into the warehouse, each once."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from python_ml.engines.warehouse import Warehouse
from python_ml.errors import InputError, UnreadableFileError
from python_ml.raw.files import (
    LINE_SCHEMA,
    RawFile,
    RawTable,
    check_columns,
    content_hash,
    read_header,
    read_lines,
)

logger = logging.getLogger(__name__)

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
KNOWN_FILES = """
select
    source_file, file_id, path_id, content_hash, is_present, problem, header,
    size_bytes, modified_ns, changed_ns
from raw.files
where replaced_load_id is null
"""
TABLES_WITHOUT_READABLE_FILE = """
select source_table, min(problem) from raw.files
where replaced_load_id is null
group by source_table
having count(*) filter (where column_count > 0 or problem is null) = 0
order by source_table
"""
UNREADABLE_FILES = """
select problem from raw.files where replaced_load_id is null and problem is not null order by 1
"""
UNREADABLE_LINE = "unreadable_file"
INSERT_LINE = "insert into raw.{table} values (?, 1, ?, ?)"
DELETE_LINES = "delete from raw.{table} where file_id = ?"
INSERT_FILE = "insert into raw.files values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null, true, ?)"


@dataclass(frozen=True)
class KnownFile:
    """What the log of files says of the current version of one file."""

    file_id: int
    path_id: int
    content_hash: str
    is_present: bool
    problem: str | None
    header: str
    stamp: tuple[int, int, int]

    def is_untouched(self, file: RawFile) -> bool:
        """Whether the file need not even be looked at; one that could not be read is tried anew."""
        return self.is_present and self.problem is None and self.stamp == file.stamp


@dataclass
class Delivery:
    """A new or changed file that is about to be loaded.

    Attributes:
        file: The file.
        file_id: The number of this version of it.
        path_id: The number of its first version.
        content_hash: Fingerprint of its bytes.
        header: Its column names; none for an empty file, and for one that cannot be read.
        keeps_earlier: Whether an earlier version can stay where this one cannot be read.
        line_count: Data lines read so far.
        problem: Why it cannot be read.
    """

    file: RawFile
    file_id: int
    path_id: int
    content_hash: str
    header: tuple[str, ...] = ()
    keeps_earlier: bool = False
    line_count: int = 0
    problem: str | None = None


def find_deliveries(
    warehouse: Warehouse, files: list[RawFile], known: dict[str, KnownFile]
) -> list[Delivery]:
    """Find the files whose content is not known yet.

    Raises:
        InputError: A required column is missing.
    """
    deliveries = []
    for file in files:
        before = known.get(file.source_file)
        if before is not None and before.is_untouched(file):
            # METRICS may have grown since it was loaded.
            if before.header:
                check_columns(file.table, file.source_file, tuple(before.header.split(";")))
            continue
        delivery = _delivery_of(warehouse, file, before)
        if before is not None and before.content_hash == delivery.content_hash:
            warehouse.execute(
                "update raw.files set size_bytes = ?, modified_ns = ?, changed_ns = ?,"
                " is_present = true, problem = null where file_id = ?",
                [*file.stamp, before.file_id],
            )
        else:
            deliveries.append(delivery)
    return deliveries


def _delivery_of(warehouse: Warehouse, file: RawFile, before: KnownFile | None) -> Delivery:
    file_id = warehouse.value("select nextval('raw.file_ids')")
    path_id = before.path_id if before is not None else file_id
    delivery = Delivery(file, file_id, path_id, content_hash="", keeps_earlier=before is not None)
    try:
        delivery.content_hash = content_hash(file)
        if before is None or before.content_hash != delivery.content_hash:
            delivery.header = read_header(file)
    except UnreadableFileError as error:
        delivery.problem = str(error)
    return delivery


def note_missing(warehouse: Warehouse, files: list[RawFile], known: dict[str, KnownFile]) -> None:
    """Keep the rows of files that are gone from the folder, and say so once."""
    present = {file.source_file for file in files}
    for source_file, before in known.items():
        if source_file not in present and before.is_present:
            logger.warning("%s: gone from RAW_DATA_DIR; its rows stay", source_file)
            warehouse.execute(
                "update raw.files set is_present = false where file_id = ?", [before.file_id]
            )


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
    loaded_at = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    for table in tables:
        of_table = [delivery for delivery in deliveries if delivery.file.table is table]
        if of_table:
            logger.info("reading %d files of %s", len(of_table), table.name)
            warehouse.append(
                f"raw.{table.name}",
                pa.RecordBatchReader.from_batches(LINE_SCHEMA, _batches(of_table)),
            )
    for delivery in deliveries:
        if delivery.problem is not None:
            _set_aside(warehouse, delivery)
        if delivery.problem is None or not delivery.keeps_earlier:
            _log_delivery(warehouse, delivery, load_id, loaded_at)
    for _, problem in warehouse.rows(TABLES_WITHOUT_READABLE_FILE):
        raise InputError(problem)
    return sum(delivery.line_count for delivery in deliveries)


def _batches(deliveries: list[Delivery]) -> Iterator[pa.RecordBatch]:
    for delivery in deliveries:
        if not delivery.header:
            continue
        try:
            for batch in read_lines(delivery.file, delivery.file_id):
                delivery.line_count += len(batch)
                yield batch
        except UnreadableFileError as error:
            delivery.problem = str(error)


def _set_aside(warehouse: Warehouse, delivery: Delivery) -> None:
    """Take back what was read of a damaged file; part of a day would pass for the whole."""
    logger.warning("%s", delivery.problem)
    table = delivery.file.table.name
    warehouse.execute(DELETE_LINES.format(table=table), [delivery.file_id])
    if delivery.keeps_earlier:
        warehouse.execute(
            "update raw.files set problem = ? where path_id = ? and replaced_load_id is null",
            [delivery.problem, delivery.path_id],
        )
        return
    delivery.header, delivery.line_count, delivery.content_hash = (), 1, ""
    warehouse.execute(
        INSERT_LINE.format(table=table),
        [delivery.file_id, delivery.problem, UNREADABLE_LINE],
    )


def _log_delivery(
    warehouse: Warehouse, delivery: Delivery, load_id: int, loaded_at: datetime
) -> None:
    warehouse.execute(
        "update raw.files set replaced_load_id = ? where path_id = ? and replaced_load_id is null",
        [load_id, delivery.path_id],
    )
    warehouse.execute(
        INSERT_FILE,
        [
            delivery.file_id,
            delivery.path_id,
            delivery.file.table.name,
            delivery.file.source_file,
            *delivery.file.stamp,
            delivery.content_hash,
            ";".join(delivery.header),
            len(delivery.header),
            delivery.line_count,
            loaded_at,
            load_id,
            delivery.problem,
        ],
    )


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
        warehouse.execute(DELETE_REPLACED_FILES)


def read_unreadable_files(warehouse: Warehouse) -> list[str]:
    """Say which delivered files cannot be read, and why."""
    return [row[0] for row in warehouse.rows(UNREADABLE_FILES)]


def known_files(warehouse: Warehouse) -> dict[str, KnownFile]:
    """Read the log of files: the current version of each by its path."""
    return {row[0]: KnownFile(*row[1:7], stamp=row[7:]) for row in warehouse.rows(KNOWN_FILES)}
