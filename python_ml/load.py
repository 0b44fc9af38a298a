"""`arepas load`: bring the lines of new and changed raw files into the warehouse, each once."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pandas as pd
import pyarrow as pa

from python_ml.errors import InputError
from python_ml.raw_files import (
    LINE_SCHEMA,
    RawFile,
    RawTable,
    content_hash,
    find_raw_files,
    raw_tables,
    read_arepa_types,
    read_header,
    read_lines,
)
from python_ml.settings import Settings
from python_ml.warehouse import Warehouse

logger = logging.getLogger(__name__)

CREATE_RAW_TABLES = """
create schema if not exists raw;
create sequence if not exists raw.file_ids;
create table if not exists raw.files (
    file_id bigint not null,
    path_id bigint not null,
    source_table varchar not null,
    source_file varchar not null,
    size_bytes bigint not null,
    modified_ns bigint not null,
    changed_ns bigint not null,
    content_hash varchar not null,
    header varchar not null,
    column_count bigint not null,
    line_count bigint not null,
    loaded_at timestamp not null,
    load_id bigint not null,
    replaced_load_id bigint,
    is_present boolean not null
);
create table if not exists raw.builds (
    load_id bigint not null,
    as_of_date date not null,
    fingerprint varchar not null,
    built_at timestamp not null
);
create table if not exists raw.run_settings (
    run_id varchar not null,
    as_of_date date not null,
    latest_as_of_date date not null,
    built_as_of_date date not null,
    horizon_days integer not null,
    quarantine_limit double not null,
    has_machines boolean not null,
    has_maintenance_events boolean not null,
    has_arepa_type_list boolean not null
);
create table if not exists raw.listed_arepa_types (arepa_type varchar not null);
"""
CREATE_LINES_TABLE = """
create table if not exists raw.{table} (
    file_id bigint not null,
    source_line bigint not null,
    raw_line varchar not null,
    line_reason varchar
)
"""
FORGET_REPLACED_FILES = """
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
    source_file, file_id, path_id, content_hash, is_present, size_bytes, modified_ns, changed_ns
from raw.files
where replaced_load_id is null
"""
INSERT_FILE = "insert into raw.files values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null, true)"
UNKNOWN_LISTED_TYPES = """
select listed.arepa_type
from (select unnest(?) as arepa_type) as listed
where listed.arepa_type not in (
    select trim(split_part(
        lines.raw_line, ';', list_position(string_split(files.header, ';'), 'arepa_type')
    ), '"')
    from raw.batch_registry as lines
    inner join raw.files as files on lines.file_id = files.file_id
    where
        files.replaced_load_id is null
        and len(string_split(lines.raw_line, ';')) = files.column_count
)
order by 1
"""
BEGINNING_OF_TIME = date(1, 1, 1)


@dataclass(frozen=True)
class KnownFile:
    """What the log of files says of the current version of one file."""

    file_id: int
    path_id: int
    content_hash: str
    is_present: bool
    stamp: tuple[int, int, int]


@dataclass(frozen=True)
class Delivery:
    """A new or changed file that is about to be loaded."""

    file: RawFile
    file_id: int
    path_id: int
    content_hash: str
    header: tuple[str, ...]


def load(settings: Settings, *, run_id: str, as_of: date) -> int:
    """Load new and changed raw files in one transaction and say what this run is about.

    Returns:
        The number of lines loaded.

    Raises:
        InputError: A file or a column is missing or unreadable; the warehouse is as it was.
    """
    tables = raw_tables(settings.metrics)
    files = find_raw_files(settings.raw_data_dir, tables)
    listed_types = read_arepa_types(settings.arepa_types_file)
    with Warehouse(settings.warehouse_path) as warehouse, warehouse.transaction():
        _create_tables(warehouse, tables)
        _delete_replaced(warehouse, tables)
        known = _known_files(warehouse)
        deliveries = _find_deliveries(warehouse, files, known)
        _note_missing(warehouse, files, known)
        line_count = _load_lines(warehouse, tables, deliveries)
        _check_listed_types(warehouse, listed_types)
        _write_run_settings(warehouse, settings, run_id=run_id, as_of=as_of)
        warehouse.execute("delete from raw.listed_arepa_types")
        if listed_types:
            warehouse.append("raw.listed_arepa_types", pd.DataFrame({"arepa_type": listed_types}))
    logger.info("loaded %d of %d raw files", len(deliveries), len(files))
    return line_count


def _create_tables(warehouse: Warehouse, tables: tuple[RawTable, ...]) -> None:
    warehouse.execute(CREATE_RAW_TABLES)
    for table in tables:
        warehouse.execute(CREATE_LINES_TABLE.format(table=table.name))


def _delete_replaced(warehouse: Warehouse, tables: tuple[RawTable, ...]) -> None:
    """Delete file versions whose replacement has been built everywhere."""
    warehouse.execute(FORGET_REPLACED_FILES)
    if warehouse.value("select count(*) from replaced_files"):
        for table in tables:
            warehouse.execute(DELETE_REPLACED_LINES.format(table=table.name))
        warehouse.execute(DELETE_REPLACED_FILES)


def _known_files(warehouse: Warehouse) -> dict[str, KnownFile]:
    return {
        row[0]: KnownFile(row[1], row[2], row[3], row[4], row[5:])
        for row in warehouse.rows(KNOWN_FILES)
    }


def _find_deliveries(
    warehouse: Warehouse, files: list[RawFile], known: dict[str, KnownFile]
) -> list[Delivery]:
    deliveries = []
    for file in files:
        before = known.get(file.source_file)
        if before is not None and before.is_present and before.stamp == file.stamp:
            continue
        fingerprint = content_hash(file)
        if before is not None and before.content_hash == fingerprint:
            warehouse.execute(
                "update raw.files set size_bytes = ?, modified_ns = ?, changed_ns = ?,"
                " is_present = true where file_id = ?",
                [*file.stamp, before.file_id],
            )
            continue
        file_id = warehouse.value("select nextval('raw.file_ids')")
        path_id = before.path_id if before is not None else file_id
        deliveries.append(Delivery(file, file_id, path_id, fingerprint, read_header(file)))
    return deliveries


def _note_missing(warehouse: Warehouse, files: list[RawFile], known: dict[str, KnownFile]) -> None:
    """Keep the rows of files that are gone from the folder, and say so once."""
    present = {file.source_file for file in files}
    for source_file, before in known.items():
        if source_file not in present and before.is_present:
            logger.warning("%s: gone from RAW_DATA_DIR; its rows stay", source_file)
            warehouse.execute(
                "update raw.files set is_present = false where file_id = ?", [before.file_id]
            )


def _load_lines(
    warehouse: Warehouse, tables: tuple[RawTable, ...], deliveries: list[Delivery]
) -> int:
    if not deliveries:
        return 0
    load_id = 1 + warehouse.value(
        "select greatest(coalesce(max(load_id), 0), coalesce(max(replaced_load_id), 0),"
        " (select coalesce(max(load_id), 0) from raw.builds)) from raw.files"
    )
    loaded_at = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    line_counts = dict.fromkeys((delivery.file_id for delivery in deliveries), 0)
    for table in tables:
        of_table = [delivery for delivery in deliveries if delivery.file.table is table]
        if of_table:
            logger.info("reading %d files of %s", len(of_table), table.name)
            batches = _batches(of_table, line_counts)
            warehouse.append(
                f"raw.{table.name}", pa.RecordBatchReader.from_batches(LINE_SCHEMA, batches)
            )
    for delivery in deliveries:
        warehouse.execute(
            "update raw.files set replaced_load_id = ?"
            " where path_id = ? and replaced_load_id is null",
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
                line_counts[delivery.file_id],
                loaded_at,
                load_id,
            ],
        )
    return sum(line_counts.values())


def _batches(deliveries: list[Delivery], line_counts: dict[int, int]) -> Iterator[pa.RecordBatch]:
    for delivery in deliveries:
        if delivery.header:
            for batch in read_lines(delivery.file, delivery.file_id):
                line_counts[delivery.file_id] += len(batch)
                yield batch


def _check_listed_types(warehouse: Warehouse, listed_types: tuple[str, ...]) -> None:
    """Refuse a list with types that no batch ever had, before anything is written."""
    unknown = listed_types and warehouse.rows(UNKNOWN_LISTED_TYPES, [list(listed_types)])
    if unknown:
        names = ", ".join(row[0] for row in unknown)
        raise InputError(
            f"AREPA_TYPES names {names}, which no batch ever had; correct the list or deliver the"
            " batch registry"
        )


def _write_run_settings(
    warehouse: Warehouse, settings: Settings, *, run_id: str, as_of: date
) -> None:
    built_as_of = warehouse.value("select max(as_of_date) from raw.builds") or BEGINNING_OF_TIME
    has_table = dict(
        warehouse.rows(
            "select source_table, true from raw.files where replaced_load_id is null group by all"
        )
    )
    warehouse.execute("delete from raw.run_settings")
    warehouse.execute(
        "insert into raw.run_settings values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            run_id,
            as_of,
            max(as_of, built_as_of),
            built_as_of,
            settings.horizon_days,
            settings.quarantine_limit,
            has_table.get("machines", False),
            has_table.get("maintenance_events", False),
            settings.arepa_types_file is not None,
        ],
    )
