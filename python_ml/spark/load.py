"""Bring the lines of new and changed raw files into the Spark target, read by its executors."""

import logging
import re
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa

from python_ml.errors import InputError
from python_ml.raw.deliveries import (
    FILE_SCHEMA,
    UNREADABLE_LINE,
    WAS_READ_TOO_EARLY,
    can_stay,
    now_as_kept,
)
from python_ml.raw.files import (
    RawTable,
    has_known_ending,
    is_read_alike,
    raw_tables,
    read_arepa_types,
    table_of,
    tell_unused,
)
from python_ml.raw.layouts import Layout, layout_of
from python_ml.raw.lines import LINE_SCHEMA
from python_ml.raw.load import BEGINNING_OF_TIME, describe_run, read_raw_layouts
from python_ml.settings import Settings
from python_ml.spark.files import (
    FACT_COLUMNS,
    FOREIGN_COLUMNS,
    LINE_COLUMNS,
    Reading,
    facts_of,
    facts_of_empty,
    foreign_lines_of,
    lines_of,
)
from python_ml.spark.warehouse import GivenFiles, SparkWarehouse

logger = logging.getLogger(__name__)

# A note about a file is appended, in one piece, and its newest one holds: nothing is rewritten, so
# a load that is killed leaves at most lines that no note speaks of.
CREATE_RAW_TABLES = (
    "create database if not exists raw",
    """
    create table if not exists raw.file_notes (
        note_id bigint, file_id bigint, path_id bigint, source_table string, source_file string,
        size_bytes bigint, modified_ns bigint, changed_ns bigint, content_hash string,
        header string, column_count bigint, line_count bigint, loaded_at timestamp,
        load_id bigint, replaced_load_id bigint, is_present boolean, problem string
    ) using parquet
    """,
    """
    create or replace view raw.files as
    select newest.* from (
        select max_by(struct(*), note_id) as newest from raw.file_notes group by file_id
    )
    """,
    """
    create table if not exists raw.builds (
        load_id bigint, as_of_date date, fingerprint string, new_reading_count bigint,
        late_reading_count bigint, built_at timestamp
    ) using parquet
    """,
    """
    create table if not exists raw.begun_builds (
        fingerprint string, begun_at timestamp
    ) using parquet
    """,
    f"create table if not exists raw.foreign_lines ({FOREIGN_COLUMNS}) using parquet",
    # About the present run alone, and made anew where older code had other columns.
    "drop table if exists raw.run_settings",
    """
    create table raw.run_settings (
        run_id string, as_of_date date, latest_as_of_date date, built_as_of_date date,
        horizon_days int, readings_win_days int, folder_problems string,
        publish_deadline_at timestamp, has_machines boolean, has_maintenance_events boolean,
        has_arepa_type_list boolean
    ) using parquet
    """,
    "create table if not exists raw.listed_arepa_types (arepa_type string) using parquet",
    """
    create table if not exists raw.data_check_limits (
        check_name string, severity string, limit_value double
    ) using parquet
    """,
)
CREATE_LINES_TABLE = "create table if not exists raw.{} (" + LINE_COLUMNS + ") using parquet"
NEWEST_LOAD = """
select greatest(
    coalesce((select max(greatest(load_id, coalesce(replaced_load_id, 0))) from raw.files), 0),
    coalesce((select max(load_id) from raw.builds), 0)
)
"""
NEWEST_FILE = "select coalesce(max(file_id), 0) from raw.{}"
NEWEST_NOTE = "select coalesce(max(note_id), 0) from raw.file_notes"
FILES = f"""
select * from (
    select *, {WAS_READ_TOO_EARLY.format(now="timestamp '{now}'")} as was_read_too_early
    from raw.files
)
where replaced_load_id is null
"""  # noqa: S608  (a constant)
# Nothing is proved there of the times in files.
NOTE_SCHEMA = pa.schema(
    [("note_id", pa.int64()), *(each for each in FILE_SCHEMA if each.name != "has_rising_times")]
)
# Spark writes file:/folder where it was told file:///folder.
SCHEME = re.compile("^[a-z0-9]+:(//[^/]*)?")

Note = dict[str, Any]


@dataclass(frozen=True)
class _Found:
    """A file of the folder: its table, where Spark finds it, and its stamp."""

    table: RawTable
    path: str
    size_bytes: int
    modified_ns: int
    layout: Layout | None = None

    def is_untouched(self, before: Note | None) -> bool:
        return (
            before is not None
            and before["is_present"]
            and before["problem"] is None
            and (before["size_bytes"], before["modified_ns"]) == (self.size_bytes, self.modified_ns)
            and not before["was_read_too_early"]
            and is_read_alike(before["content_hash"], self.layout)
            and self.can_stay(before)
        )

    def can_stay(self, before: Note | None) -> bool:
        """Whether the version before still counts, as in `deliveries`."""
        return before is not None and can_stay(self.table, before["content_hash"], before["header"])

    def changes_nothing(self, before: Note | None, fact: Note) -> bool:
        """Whether the version before goes on, as in `deliveries`."""
        if before is None:
            return False
        if fact["problem"] is None:
            is_same = fact["content_hash"] == before["content_hash"]
            return is_same and self.can_stay(before) and not before["was_read_too_early"]
        return self.can_stay(before) or fact["problem"] == before["problem"]

    @property
    def stamp(self) -> Note:
        """What a note says of it; file systems of a cluster tell no other time of change."""
        return {
            "size_bytes": self.size_bytes,
            "modified_ns": self.modified_ns,
            "changed_ns": self.modified_ns,
            "is_present": True,
            "problem": None,
        }


def load_on_spark(settings: Settings, spark: SparkWarehouse, *, run_id: str, as_of: date) -> int:
    """Load new and changed raw files and say what this run is about, as `load` does in DuckDB.

    Returns:
        The number of lines loaded.

    Raises:
        InputError: A needed file is missing, or no file of a table can be read.
    """
    reading = Reading(raw_tables(settings.metrics), read_raw_layouts(settings))
    tables = reading.tables
    for statement in CREATE_RAW_TABLES:
        spark.execute(statement)
    for table in tables:
        spark.execute(CREATE_LINES_TABLE.format(table.name))
    current = {
        note["source_file"]: note
        for note in spark.table(FILES.format(now=now_as_kept())).to_pylist()
    }
    known = {note["file_id"] for note in current.values()}
    found = _find_files(settings, spark, reading)
    notes = _note_deliveries(settings, spark, reading, found, current)
    for source_file, before in current.items():
        if source_file not in found and before["is_present"]:
            logger.warning("%s: gone from RAW_DATA_DIR; its rows stay", source_file)
            notes.append(before | {"is_present": False})
    current |= {note["source_file"]: note for note in notes if note["replaced_load_id"] is None}
    _check_readable(current)
    if notes:
        note_id = spark.value(NEWEST_NOTE) + 1
        rows = [note | {"note_id": note_id} for note in notes]
        spark.append("raw.file_notes", pa.Table.from_pylist(rows, NOTE_SCHEMA))
    _describe_run(settings, spark, current, run_id=run_id, as_of=as_of)
    return sum(note["line_count"] for note in notes if note["file_id"] not in known)


def _find_files(settings: Settings, spark: SparkWarehouse, reading: Reading) -> dict[str, _Found]:
    """List the raw files of the folder by their paths below it, in the order of `load`.

    Raises:
        InputError: The folder is missing, a needed table has no file, or two layouts fit one.
    """
    address = _address(settings)
    root = SCHEME.sub("", address)
    found = {}
    for file in spark.list_files(address).to_pylist():
        source_file = PurePosixPath(SCHEME.sub("", file["path"])).relative_to(root)
        layout = layout_of(str(source_file), reading.layouts)
        table = table_of(source_file.name, reading.tables)
        if layout is not None:
            [table] = [table for table in reading.tables if table.name == layout.table]
        elif not has_known_ending(source_file.name):
            continue
        if table is not None:
            found[source_file] = _Found(
                table, file["path"], file["length"], file["modification_ns"], layout
            )
    unused = tell_unused(reading.layouts, [file.layout for file in found.values()], address)
    for table in reading.tables:
        if table.is_needed and not any(file.table is table for file in found.values()):
            raise InputError(
                f"{address}: no {table.name}*.csv (or .csv.gz, .parquet); add the file", *unused
            )
    for told in unused:
        logger.warning("%s", told)
    return {str(source_file): found[source_file] for source_file in sorted(found)}


def _note_deliveries(
    settings: Settings,
    spark: SparkWarehouse,
    reading: Reading,
    found: dict[str, _Found],
    current: dict[str, Note],
) -> list[Note]:
    """Load what is new or changed; returns what is to be noted of it."""
    looked_at = {
        source_file: file
        for source_file, file in found.items()
        if not file.is_untouched(current.get(source_file))
    }
    if not looked_at:
        return []
    facts = _read_facts(settings, spark, reading, looked_at)
    load_id = spark.value(NEWEST_LOAD) + 1
    file_id = _newest_file(settings, spark)
    loaded_at = now_as_kept()
    notes, delivered, unreadable = [], [], []
    for source_file, file in looked_at.items():
        fact, before = facts[file.path], current.get(source_file)
        if fact["problem"] is not None:
            logger.warning("%s", fact["problem"])
        if before is not None and file.changes_nothing(before, fact):
            notes.append(before | file.stamp | {"problem": fact["problem"]})
        else:
            file_id += 1
            if before is not None:
                notes.append(before | {"replaced_load_id": load_id})
            for told in fact["told"] or ():
                logger.warning("%s", told)
            note = file.stamp | {
                "file_id": file_id,
                "path_id": file_id if before is None else before["path_id"],
                "source_table": file.table.name,
                "source_file": source_file,
                "loaded_at": loaded_at,
                "load_id": load_id,
                "replaced_load_id": None,
                **_contents(fact),
            }
            notes.append(note)
            (delivered if note["problem"] is None else unreadable).append(note)
    _load_lines(settings, spark, reading, delivered, looked_at)
    _set_aside(spark, unreadable)
    logger.info("loaded %d of %d raw files", len(delivered) + len(unreadable), len(found))
    return notes


def _contents(fact: Note) -> Note:
    """What a note says of a new file's contents; one that cannot be read is one line."""
    if fact["problem"] is not None:
        return {
            "content_hash": "",
            "header": "",
            "column_count": 0,
            "line_count": 1,
            "problem": fact["problem"],
        }
    header = fact["header"]
    return {
        "content_hash": fact["content_hash"],
        "header": header,
        "column_count": len(header.split(";")) if header else 0,
        "line_count": fact["line_count"],
    }


def _read_facts(
    settings: Settings, spark: SparkWarehouse, reading: Reading, files: dict[str, _Found]
) -> dict[str, Note]:
    chosen, facts = [], []
    for source_file, file in files.items():
        row = {"path": file.path, "source_file": source_file, "source_table": file.table.name}
        # Spark reads no files without a byte.
        if file.size_bytes > 0:
            chosen.append(row)
        else:
            facts.append(facts_of_empty(reading, row))
    if chosen:
        given = GivenFiles(_address(settings), pa.Table.from_pylist(chosen))
        facts += spark.read_files(given, facts_of(reading), FACT_COLUMNS).to_pylist()
    return {fact["path"]: fact for fact in facts}


def _newest_file(settings: Settings, spark: SparkWarehouse) -> int:
    """The newest number of a file, also of lines without a note: none is used twice."""
    names = ("file_notes", *(table.name for table in raw_tables(settings.metrics)))
    return max(spark.value(NEWEST_FILE.format(name)) for name in names)


def _load_lines(
    settings: Settings,
    spark: SparkWarehouse,
    reading: Reading,
    notes: list[Note],
    files: dict[str, _Found],
) -> None:
    address, grouped = _address(settings), []
    for table in reading.tables:
        chosen = []
        for note in notes:
            if note["source_table"] == table.name and note["header"]:
                file = files[note["source_file"]]
                row = {name: note[name] for name in ("source_file", "source_table", "file_id")}
                chosen.append({"path": file.path, **row})
                if file.layout is not None and (file.layout.tags or file.layout.machines):
                    grouped.append(chosen[-1])
        if chosen:
            logger.info("reading %d files of %s", len(chosen), table.name)
            given = GivenFiles(address, pa.Table.from_pylist(chosen))
            spark.load_files(given, lines_of(reading), LINE_COLUMNS, table=f"raw.{table.name}")
    if grouped:
        given = GivenFiles(address, pa.Table.from_pylist(grouped))
        spark.load_files(
            given, foreign_lines_of(reading), FOREIGN_COLUMNS, table="raw.foreign_lines"
        )


def _set_aside(spark: SparkWarehouse, notes: list[Note]) -> None:
    for table in sorted({note["source_table"] for note in notes}):
        lines = [
            {
                "file_id": note["file_id"],
                "source_line": 1,
                "raw_line": note["problem"],
                "line_reason": UNREADABLE_LINE,
            }
            for note in notes
            if note["source_table"] == table
        ]
        spark.append(f"raw.{table}", pa.Table.from_pylist(lines, LINE_SCHEMA))


def _check_readable(current: dict[str, Note]) -> None:
    """Refuse a table without any file that can be read, before anything is noted."""
    for name in sorted({note["source_table"] for note in current.values()}):
        of_table = [note for note in current.values() if note["source_table"] == name]
        problems = [note["problem"] for note in of_table if not note["column_count"]]
        if len(problems) == len(of_table) and None not in problems:
            raise InputError(min(problems))


def _describe_run(
    settings: Settings,
    spark: SparkWarehouse,
    current: dict[str, Note],
    *,
    run_id: str,
    as_of: date,
) -> None:
    built_as_of = spark.value("select max(as_of_date) from raw.builds") or BEGINNING_OF_TIME
    has_table = {note["source_table"]: True for note in current.values()}
    described = describe_run(settings, as_of=as_of, built_as_of=built_as_of, has_table=has_table)
    spark.overwrite("raw.run_settings", _as_table([{"run_id": run_id, **described}]))
    limits = [
        {"check_name": check.name, "severity": check.severity, "limit_value": check.limit}
        for check in settings.data_checks
    ]
    spark.overwrite("raw.data_check_limits", _as_table(limits))
    listed = read_arepa_types(settings.arepa_types_file)
    spark.overwrite("raw.listed_arepa_types", pa.table({"arepa_type": pa.array(listed, "string")}))


def _as_table(rows: list[dict[str, Any]]) -> pa.Table:
    """Make a table of rows; the name of a column without any value says whether it holds times."""
    table = pa.Table.from_pylist(rows)
    return table.cast(
        pa.schema(
            field.with_type(pa.timestamp("us") if field.name.endswith("_at") else pa.string())
            if pa.types.is_null(field.type)
            else field
            for field in table.schema
        )
    )


def _address(settings: Settings) -> str:
    return settings.raw_data_address or f"file://{settings.raw_data_dir.resolve()}"
