"""Put schema `bi` where people and BI tools read it, and write down that it was."""

import fcntl
import hashlib
import logging
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from python_ml.engines.warehouse import (
    Warehouse,
    log_path,
    publish_schema,
    published_tables,
    write_parquet_copies,
)
from python_ml.errors import ArepasError
from python_ml.files import write_whole
from python_ml.run.code_version import code_version
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

PUBLICATION_COLUMNS = """
    run_id varchar not null,
    as_of_date date not null,
    published_at timestamp not null,
    code_version varchar not null,
    status varchar not null
"""
CREATE_PUBLICATIONS = f"""
create schema if not exists ml;
create table if not exists ml.publications ({PUBLICATION_COLUMNS}, is_in_time boolean);
"""
TABLES_BESIDE = "select count(*) from duckdb_tables() where not internal and schema_name <> 'bi'"
# Bytes 12 to 19 of a DuckDB file: the version of its format, here the one that 1.0 and later read.
FORMAT_PLACE = slice(12, 20)
FORMAT_OF_ALL = 64
# The file's own header and two of its contents, which are written in turns and count the writes.
HEADERS_BYTES = 3 * 4096
ADVICE = "open it read-only"


@dataclass(frozen=True)
class Publication:
    """What a published file says of itself.

    Attributes:
        run_id: The run that it comes from.
        as_of_date: The morning of its newest plan.
        published_at: When it was put into place, UTC.
        code_version: The code that made it.
        status: `complete`, or `partly_done` where some arepa types could not be scored.
    """

    run_id: str
    as_of_date: date
    published_at: datetime
    code_version: str
    status: str


def create_publications(warehouse: Warehouse) -> None:
    """Create the log of publications where it is missing."""
    warehouse.execute(CREATE_PUBLICATIONS)


def publish(settings: Settings, *, run_id: str, as_of: date, status: str) -> int:
    """Replace the published file by a copy of schema `bi`, then log it in `ml.publications`.

    What somebody else wrote to the old file is warned of and gone with it, its log too: DuckDB
    would add that to the new file, whatever it was written for.

    Returns:
        The number of rows published.

    Raises:
        ArepasError: The file cannot be written; the one that was published before is in place.
    """
    publication = Publication(
        run_id=run_id,
        as_of_date=as_of,
        published_at=datetime.now(UTC).replace(tzinfo=None, microsecond=0),
        code_version=code_version(),
        status=status,
    )
    row = pd.DataFrame([publication])
    told = row.assign(currency=settings.currency)
    for said in find_foreign_writes(settings):
        logger.warning("%s; this morning's publication takes its place", said)
    _keep_of_another(settings)
    # Whoever is killed before the new file is noted leaves none, and no false alarm.
    _note_path(settings).unlink(missing_ok=True)
    try:
        row_count = publish_schema(
            settings.warehouse_path, "bi", settings.bi_path, publication=told
        )
    except OSError as error:
        raise ArepasError(
            f"BI_PATH={settings.bi_path}: cannot be written ({error}); what was published before"
            " is still there"
        ) from error
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    write_whole(_note_path(settings), _stamp(settings.bi_path).encode())
    with Warehouse(settings.warehouse_path) as warehouse:
        create_publications(warehouse)
        warehouse.append("ml.publications", row.assign(is_in_time=_is_in_time(settings, as_of)))
    return row_count


def find_foreign_writes(settings: Settings) -> Iterator[str]:
    """Tell, one line each, what others than a run did to the published file since it was published.

    A client that opens it for writing keeps every reader out meanwhile, and a newer DuckDB may
    leave it in a format that older ones cannot read.
    """
    path, noted = settings.bi_path, _note_path(settings)
    if not (path.is_file() and os.access(path, os.R_OK)):
        return
    with path.open("rb") as file:
        version = int.from_bytes(file.read(FORMAT_PLACE.stop)[FORMAT_PLACE], "little")
        try:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            yield f"{path}: a client has it open for writing, so nobody can read it; {ADVICE}"
    if version > FORMAT_OF_ALL:
        yield (
            f"{path}: a newer DuckDB has opened it for writing and changed its format to"
            f" {version}, which older clients cannot read; {ADVICE}"
        )
    elif log_path(path).exists():
        yield f"{path}: a client that opened it for writing left {log_path(path).name}; {ADVICE}"
    elif noted.exists() and noted.read_text(encoding="utf-8") != _stamp(path):
        yield f"{path}: a client has opened it for writing and changed it; {ADVICE}"


def _keep_of_another(settings: Settings) -> None:
    """Keep what is not of this warehouse: if another is gone, the last copy of its history."""
    path = settings.bi_path
    if not path.exists() or (said := _find_other_origin(settings.warehouse_path, path)) is None:
        return
    kept = path.with_name(f"{path.stem}.before-{datetime.now(UTC):%Y%m%dT%H%M%S}{path.suffix}")
    shutil.copy2(path, kept)
    logger.warning("%s is %s; it is kept as %s (docs/runbook.md, 6)", path, said, kept)


def _find_other_origin(warehouse_path: Path, published_path: Path) -> str | None:
    """Say whose a file is that no run has published which this warehouse knows; None if one did.

    None, too, of a file of before publications said from which run they are.
    """
    try:
        with published_tables(published_path) as published:
            if not published.has_table("bi", "publication"):
                is_ours = not published.value(TABLES_BESIDE)
                return None if is_ours else "not what a run has published"
            run_id = published.value("select run_id from bi.publication")
    except ArepasError as error:  # whoever damaged it, nothing in it can be recovered
        logger.warning("%s", error)
        return None
    with Warehouse(warehouse_path, read_only=True) as warehouse:
        known = "select count(*) from ml.runs where run_id = ?"
        is_known = not warehouse.has_table("ml", "runs") or warehouse.value(known, [run_id]) > 0
    return None if is_known else "of another warehouse"


def _note_path(settings: Settings) -> Path:
    return settings.state_dir / "published_headers"


def _stamp(path: Path) -> str:
    """What every write of a DuckDB changes, and no copy, move or restored backup of the file."""
    with path.open("rb") as file:
        return hashlib.sha256(file.read(HEADERS_BYTES)).hexdigest()


def publish_parquet(settings: Settings) -> None:
    """Write what is published as Parquet files, too, in a folder beside it.

    Raises:
        ArepasError: Nothing is published, or the folder cannot be written.
    """
    folder = settings.bi_path.with_suffix("")
    try:
        count = write_parquet_copies(settings.bi_path, folder)
    except OSError as error:
        raise ArepasError(
            f"BI_PATH={settings.bi_path}: {folder} cannot be written ({error}); make room or give"
            " the run the right to write there"
        ) from error
    logger.info("wrote %d tables to %s", count, folder)


def _is_in_time(settings: Settings, as_of: date) -> bool | None:
    """Whether the deadline of the day was kept; None for a past day, which nobody waits for."""
    now = datetime.now()  # noqa: DTZ005  (the kitchens' own clock, told by the machine's zone)
    return now.time() <= settings.publish_deadline if as_of == now.date() else None
