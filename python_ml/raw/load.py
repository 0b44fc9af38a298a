"""`arepas load`: bring the lines of new and changed raw files into the warehouse, each once."""

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

import pandas as pd

from python_ml.demo.files import read_demo_fleet
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import InputError, counted, shortened
from python_ml.raw.deliveries import (
    KnownFile,
    delete_replaced,
    find_deliveries,
    known_files,
    load_lines,
    note_missing,
)
from python_ml.raw.files import (
    RawFile,
    RawTable,
    content_hash,
    find_raw_files,
    raw_tables,
    read_arepa_types,
)
from python_ml.raw.layouts import Layout, read_layouts
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

# Made where they are missing; a warehouse of older code gets the columns that it lacks.
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
    is_present boolean not null,
    problem varchar,
    has_rising_times boolean
);
alter table raw.files add column if not exists problem varchar;
-- Of files that older code has loaded nothing is known.
alter table raw.files add column if not exists has_rising_times boolean;
create table if not exists raw.builds (
    load_id bigint not null,
    as_of_date date not null,
    fingerprint varchar not null,
    new_reading_count bigint not null,
    late_reading_count bigint not null,
    built_at timestamp not null
);
alter table raw.builds add column if not exists new_reading_count bigint default 0;
alter table raw.builds add column if not exists late_reading_count bigint default 0;
-- Begun, whether finished or not.
create table if not exists raw.begun_builds (
    fingerprint varchar not null, begun_at timestamp not null
);
-- Only of files in another system's layout, where its lines and ours are not one of each.
create table if not exists raw.foreign_lines (
    file_id bigint not null,
    source_line bigint not null,
    foreign_line bigint not null,
    is_further boolean not null
);
-- One row, from the first load on: whose files these are.
create table if not exists raw.fleet (fleet varchar not null);
-- The three that follow are about the present run and written anew by each.
create or replace table raw.run_settings (
    run_id varchar not null,
    as_of_date date not null,
    latest_as_of_date date not null,
    built_as_of_date date not null,
    horizon_days integer not null,
    readings_win_days integer not null,
    folder_problems varchar,
    publish_deadline_at timestamp,
    has_machines boolean not null,
    has_maintenance_events boolean not null,
    has_arepa_type_list boolean not null
);
create or replace table raw.listed_arepa_types (arepa_type varchar not null);
create or replace table raw.data_check_limits (
    check_name varchar not null,
    severity varchar not null,
    limit_value double not null
);
"""
# Told how to pack lines, DuckDB tries no other way: less to write and a tenth of the time.
CREATE_LINES_TABLE = """
create table if not exists raw.{table} (
    file_id bigint not null,
    source_line bigint not null,
    raw_line varchar not null using compression zstd,
    line_reason varchar
)
"""
# What plain lines say is kept beside them; nothing is where METRICS has grown since.
ADD_TYPED_COLUMN = "alter table raw.{table} add column if not exists {name} {type}"
TYPED_COLUMNS = {
    "measured_date": "date",
    "measured_at": "timestamp",
    "machine_id": "varchar",
    "batch_id": "varchar",
}
# Which readings may repeat another one of their file.
TIES = {"is_tied": "boolean"}
# Quoted fields are only searched here; the dbt test on the parsed ones has the last word.
UNKNOWN_LISTED_TYPES = """
select listed.arepa_type
from (select unnest(?) as arepa_type) as listed
where not exists (
    select 1 from raw.batch_registry
    where contains(raw_line, '"') and contains(raw_line, replace(listed.arepa_type, '"', '""'))
)
and listed.arepa_type not in (
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
OWN_FILES = "files of your own"


def load(settings: Settings, *, run_id: str, as_of: date) -> int:
    """Load new and changed raw files in one transaction and say what this run is about.

    A file or a folder that cannot be read does not stop the others: a file is set aside as one line
    of the quarantine or, where an earlier version of it was read, that one stays; of a folder the
    files that were read before stay.

    Returns:
        The number of lines loaded.

    Raises:
        InputError: A needed file is missing, or no file of a table can be read; the warehouse is
            as it was.
    """
    if settings.raw_data_address is not None:
        raise InputError(
            f"RAW_DATA_DIR={settings.raw_data_address}: only Spark reads addresses; name a folder,"
            " or run `make spark-build`"
        )
    tables = raw_tables(settings.metrics)
    folder = find_raw_files(settings.raw_data_dir, tables, read_raw_layouts(settings))
    for problem in (*folder.problems.values(), *folder.unused_layouts):
        logger.warning("%s", problem)
    listed_types = read_arepa_types(settings.arepa_types_file)
    with Warehouse(settings.warehouse_path) as warehouse, warehouse.transaction():
        create_raw_tables(warehouse, tables)
        delete_replaced(warehouse, tables)
        known = known_files(warehouse)
        _check_fleet(warehouse, settings, folder.files, known)
        deliveries = find_deliveries(warehouse, folder.files, known)
        note_missing(warehouse, folder, known)
        line_count = load_lines(warehouse, tables, deliveries)
        _check_listed_types(warehouse, listed_types)
        _write_run_settings(
            warehouse, settings, run_id=run_id, as_of=as_of, problems=folder.problems
        )
        _write_data_check_limits(warehouse, settings)
        if listed_types:
            warehouse.append("raw.listed_arepa_types", pd.DataFrame({"arepa_type": listed_types}))
    new_count = sum(not delivery.changes_nothing for delivery in deliveries)
    logger.info("loaded %d of %s", new_count, counted(len(folder.files), "raw file"))
    return line_count


def read_raw_layouts(settings: Settings) -> tuple[Layout, ...]:
    """Read the layouts of other systems' files, if there are any.

    Raises:
        InputError: RAW_LAYOUTS cannot be used.
    """
    required = {table.name: table.required_columns for table in raw_tables(settings.metrics)}
    return read_layouts(settings.raw_layouts_file, required, settings.time_zone)


def create_raw_tables(warehouse: Warehouse, tables: tuple[RawTable, ...]) -> None:
    """Create what the lines of raw files and their log are kept in, where it is missing."""
    warehouse.execute(CREATE_RAW_TABLES)
    for table in tables:
        warehouse.execute(CREATE_LINES_TABLE.format(table=table.name))
        typed = (
            TYPED_COLUMNS | dict.fromkeys(table.metrics, "double") | TIES if table.metrics else {}
        )
        for name, type_ in typed.items():
            warehouse.execute(ADD_TYPED_COLUMN.format(table=table.name, name=name, type=type_))


def _check_fleet(
    warehouse: Warehouse,
    settings: Settings,
    files: Sequence[RawFile],
    known: Mapping[str, KnownFile],
) -> None:
    """Refuse files of one's own in a demo's warehouse, and a demo's files in any other."""
    demo = read_demo_fleet(settings)
    fleet = OWN_FILES if demo is None else str(demo)
    before = [row[0] for row in warehouse.rows("select fleet from raw.fleet")]
    if not before:
        warehouse.execute("insert into raw.fleet values (?)", [fleet])
    elif before != [fleet] and not _have_met(files, known):
        raise InputError(
            f"{settings.raw_data_dir} holds {fleet}, {settings.warehouse_path} {before[0]}: name"
            " another WAREHOUSE_PATH and MLFLOW_TRACKING_URI"
        )


def _have_met(files: Sequence[RawFile], known: Mapping[str, KnownFile]) -> bool:
    """Say whether some readings are just those that were loaded before, whatever made them."""
    return any(
        content_hash(file) == known[file.source_file].content_hash
        for file in files
        if file.table.name == "cooking_metrics" and file.source_file in known
    )


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
    warehouse: Warehouse,
    settings: Settings,
    *,
    run_id: str,
    as_of: date,
    problems: Mapping[str, str],
) -> None:
    built_as_of = warehouse.value("select max(as_of_date) from raw.builds") or BEGINNING_OF_TIME
    has_table = dict(
        warehouse.rows(
            "select source_table, true from raw.files where replaced_load_id is null group by all"
        )
    )
    described = describe_run(
        settings, as_of=as_of, built_as_of=built_as_of, has_table=has_table, problems=problems
    )
    warehouse.execute(
        "insert into raw.run_settings values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [run_id, *described.values()],
    )


def describe_run(
    settings: Settings,
    *,
    as_of: date,
    built_as_of: date,
    has_table: Mapping[str, bool],
    problems: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, object]:
    """Say what a run is about, by column of `raw.run_settings` from the second on."""
    return {
        "as_of_date": as_of,
        "latest_as_of_date": max(as_of, built_as_of),
        "built_as_of_date": built_as_of,
        "horizon_days": settings.horizon_days,
        "readings_win_days": settings.readings_win_days,
        "folder_problems": shortened("; ".join(problems.values())) or None,
        "publish_deadline_at": _publish_deadline(settings, as_of),
        "has_machines": has_table.get("machines", False),
        "has_maintenance_events": has_table.get("maintenance_events", False),
        "has_arepa_type_list": settings.arepa_types_file is not None,
    }


def _publish_deadline(settings: Settings, as_of: date) -> datetime | None:
    """When the plan has to be out, local time; nobody waits for a past day that is run again."""
    is_today = as_of == date.today()  # noqa: DTZ011
    return datetime.combine(as_of, settings.publish_deadline) if is_today else None


def _write_data_check_limits(warehouse: Warehouse, settings: Settings) -> None:
    for check in settings.data_checks:
        warehouse.execute(
            "insert into raw.data_check_limits values (?, ?, ?)",
            [check.name, check.severity, check.limit],
        )


def purge_replaced(settings: Settings) -> None:
    """Delete the lines and log entries of file versions that no table builds on any more."""
    with Warehouse(settings.warehouse_path) as warehouse, warehouse.transaction():
        delete_replaced(warehouse, raw_tables(settings.metrics))
