"""`arepas restore`: the way back from a warehouse whose file is damaged, or gone.

The damaged file is put aside and stays. What can be read of its raw lines and of the history in
schema `ml` is recovered, table by table; where the raw lines cannot, they are loaded again from
RAW_DATA_DIR, and where the history cannot, what is published of it is taken. All other tables are
built from these. Models, copies of champions and what was sent stand elsewhere and are untouched.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.warehouse import Warehouse, log_path
from python_ml.errors import DamagedWarehouseError, InputError, counted
from python_ml.files import put_whole, unfinished_name, write_whole
from python_ml.morning.build import build
from python_ml.morning.publish import create_publications
from python_ml.raw.files import raw_tables
from python_ml.raw.load import create_raw_tables
from python_ml.run.record import CREATE_RUNS, Run
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

# What is published of the history, by its table in schema `ml`.
PUBLISHED: Mapping[str, str] = {
    "predictions": "rpt_predictions",
    "prediction_log": "rpt_predictions",
    "promotion_history": "rpt_promotion_history",
    "runs": "rpt_runs",
    "week_plan": "rpt_week_plan",
    "backtest_metrics": "rpt_model_backtest",
    "calibration": "rpt_model_calibration",
}
# What is written anew by the next morning.
MADE_ANEW = {"model_versions", "publications"}
# What is missing where a table is not, or not wholly, recovered.
NOTHING, ALL_OF_IT = "nothing of it is missing", "all of it is missing"
AFTER_IT = "what came after it is missing"
LACKING: Mapping[str, str] = {
    "predictions": "the champions' alone",
    "prediction_log": "the champions' newest alone",
    "week_plan": "what is booked of machines on no plan is missing",
    "prediction_curves": "so past mornings tell no days ahead until `make backfill`",
    "drift_references": "so no drift is told until the next `make retrain`",
    "prediction_inputs": "so past mornings cannot be replayed",
    "decision_terms": "so past plans go by the costs of today",
    "training_costs": "so costs are compared from now on",
    "calendar_rulings": "so the models decide alone until the next `make promote`",
    "calendar_terms": "so past plans go by the models alone",
    "late_facts": "so what came late is told from now on",
    "late_fact_versions": "so what came late is told from now on",
    "work_orders": "so stops that have an order may get another",
    "backtest_predictions": "until the next `make retrain`",
    "backtest_metrics": "the newest back-test alone",
    "calibration": "the newest back-test's alone",
}
ASIDE = ".damaged-"
FOREIGN = "foreign_lines"
NEWEST = "fleet"  # a warehouse of older code lacks it, and the next load makes it
BEGUN = "begun_builds"  # of no use: what is restored is built from scratch
FEW = 5
TABLES = """
select table_name from duckdb_tables()
where database_name = current_database() and schema_name = ? order by table_name
"""
HAS_TABLE = """
select count(*) from duckdb_tables() where database_name = 'old' and schema_name = 'raw'
and table_name = ?
"""
# A run that it does not know has published after all that it does know.
IS_OLDER = """
select count(*) as run_count from published.bi.publication
where
    run_id not in (select run_id from old.ml.runs)
    and published_at > (select max(started_at) from old.ml.runs)
"""
NUMBERS_GIVEN = "select coalesce(max(greatest(file_id, path_id)), 0) from raw.files"


@dataclass
class _Recovery:
    """What came of a recovery.

    Attributes:
        told: What was recovered from where, one line each.
        lost: What was not, or not wholly, one line each.
        delivered: The files of raw lines that have to be loaded again.
        is_older: Whether something else was published since the old file was written.
    """

    told: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    delivered: set[str] = field(default_factory=set)
    is_older: bool = False


def restore(settings: Settings, run: Run) -> None:
    """Put a damaged warehouse aside and build one of what can be recovered.

    Raises:
        InputError: There is neither a warehouse nor a published file.
        ArepasError: The file is open elsewhere, or the build failed.
        PartlyDoneError: Something could not be recovered; the message names it.
    """
    with run.step("restore") as step:
        recovery = _exchange(settings)
        for line in recovery.told:
            logger.info("%s", line)
        step.message = "; ".join([*recovery.told, *recovery.lost])
    build(settings, run, from_scratch=True)
    run.problems += [*recovery.lost, *_files_gone(settings, recovery)]
    _noted(settings).unlink()
    run.raise_problems()


def _exchange(settings: Settings) -> _Recovery:
    """Recover into a new file, put the old one aside, and the new one into its place.

    Whatever dies in between, the next restore finds the old file again, and after it what was
    lost; what it could not finish, on a full disk say, takes no room.
    """
    path = settings.warehouse_path
    old = _find_old(path)
    if old is None and not settings.bi_path.exists():
        raise InputError(f"{path}: there is nothing to restore; run `make daily`")
    for leftover in path.parent.glob(f".{path.name}.*"):
        leftover.unlink()
    if old != path:
        _put_log_aside(path, old)
    with put_whole(path) as unfinished:
        with Warehouse(unfinished) as warehouse:
            recovery = _recover(warehouse, settings, old)
        _note(settings, recovery)
        if old == path:
            aside = _name_aside(path)
            path.rename(aside)
            if (log := log_path(path)).exists():
                log.rename(log_path(aside))
            recovery.told.append(f"the old file is kept as {aside}")
    return recovery


def _name_aside(path: Path) -> Path:
    return path.with_name(f"{path.name}{ASIDE}{datetime.now(UTC):%Y%m%dT%H%M%S}")


def _put_log_aside(path: Path, old: Path | None) -> None:
    """Put the log of a file that is gone aside: DuckDB would not open the new file beside it.

    It is that of the file put aside last, where a restore was killed between the two, or of one
    that somebody moved away without it.
    """
    if not (log := log_path(path)).exists():
        return
    owner = _name_aside(path) if old is None or log_path(old).exists() else old
    aside = log_path(owner)
    log.rename(aside)
    logger.warning("%s: its file is gone; it is kept as %s", log, aside)


def _note(settings: Settings, recovery: _Recovery) -> None:
    """Write down what is lost, with what a restore before has noted and was killed before telling.

    The file that it left in place is whole, so nothing else knows of it any more.
    """
    noted = _noted(settings)
    if noted.exists():
        before = json.loads(noted.read_text(encoding="utf-8"))
        recovery.lost = list(dict.fromkeys([*before["lost"], *recovery.lost]))
        recovery.delivered |= set(before["delivered"])
    noted.parent.mkdir(exist_ok=True)
    lost = {"lost": recovery.lost, "delivered": sorted(recovery.delivered)}
    write_whole(noted, json.dumps(lost).encode())


def _noted(settings: Settings) -> Path:
    return settings.state_dir / "restore.json"


def _find_old(path: Path) -> Path | None:
    """Find the file to recover from: the warehouse or, if it is gone, what was put aside last.

    Raises:
        ArepasError: It is open elsewhere, so it is not damaged.
    """
    if not path.exists():
        return max(path.parent.glob(f"{path.name}{ASIDE}*[0-9]"), default=None)
    try:
        with Warehouse(path):
            pass
    except DamagedWarehouseError as error:
        logger.warning("%s", error)
    return path


def _recover(warehouse: Warehouse, settings: Settings, old: Path | None) -> _Recovery:
    create_raw_tables(warehouse, raw_tables(settings.metrics))
    create_ml_tables(warehouse)
    warehouse.execute(CREATE_RUNS)
    create_publications(warehouse)
    recovery = _Recovery()
    if old is None or not _attach_old(warehouse, old, recovery):
        recovery.told.append("nothing can be read of the old file")
    warehouse.attach(settings.bi_path, "published")
    recovery.is_older = _is_older(warehouse)
    if recovery.is_older:
        recovery.lost.append(f"{old} is older than what is published, and no newer one is there")
    _recover_raw_lines(warehouse, recovery)
    for (table,) in warehouse.rows(TABLES, ["ml"]):
        _recover_history(warehouse, table, recovery)
    return recovery


def _attach_old(warehouse: Warehouse, old: Path, recovery: _Recovery) -> bool:
    """Attach the old file, without the log beside it where that one cannot be read."""
    if warehouse.attach(old, "old"):
        return True
    if not (log := log_path(old)).exists():
        return False
    # Under another name there is no log beside it; DuckDB follows symbolic links.
    alone = unfinished_name(old.with_name(f"{old.name}.alone"))
    try:
        alone.hardlink_to(old)
        is_attached = warehouse.attach(alone, "old")
    except OSError:  # a file system without such links
        return False
    finally:
        alone.unlink(missing_ok=True)
    if is_attached:
        recovery.lost.append(f"{log.name} cannot be read: what was written last is missing")
    return is_attached


def _is_older(warehouse: Warehouse) -> bool:
    """Say whether the old file is a copy, or was put aside, of before what is published."""
    warehouse.execute("create temporary table later_runs (run_count bigint)")
    warehouse.copy_rows(f"({IS_OLDER})", "later_runs")
    return warehouse.value("select coalesce(sum(run_count), 0) from later_runs") > 0


def _recover_raw_lines(warehouse: Warehouse, recovery: _Recovery) -> None:
    """Take all raw lines over, or none: a day is built from whole files."""
    found = (table for (table,) in warehouse.rows(TABLES, ["raw"]))
    tables = [table for table in found if table not in {NEWEST, BEGUN}]
    counts = {table: warehouse.copy_rows(f"old.raw.{table}", f"raw.{table}") for table in tables}
    if counts[FOREIGN] is None and not warehouse.value(HAS_TABLE, [FOREIGN]):
        counts[FOREIGN] = 0  # made by code of before there were layouts
    if None not in counts.values():
        warehouse.copy_rows(f"old.raw.{NEWEST}", f"raw.{NEWEST}")
        given = warehouse.value(NUMBERS_GIVEN)
        warehouse.execute(f"create or replace sequence raw.file_ids start {given + 1}")
        recovery.told.append(
            f"raw lines: of {counted(counts['files'] or 0, 'file')}, from the old file"
        )
        if recovery.is_older:
            recovery.delivered = _delivered(warehouse)
        return
    recovery.delivered = _delivered(warehouse)
    for table in tables:
        warehouse.execute(f"truncate raw.{table}")
    recovery.told.append("raw lines: loaded again from RAW_DATA_DIR")


def _delivered(warehouse: Warehouse) -> set[str]:
    """The files that are known to have been delivered once."""
    warehouse.execute("create temporary table delivered (source_file varchar)")
    for source in ("old.raw.files", "published.bi.rpt_file_ledger"):
        warehouse.copy_rows(source, "delivered")
    return {row[0] for row in warehouse.rows("from delivered")}


def _recover_history(warehouse: Warehouse, table: str, recovery: _Recovery) -> None:
    """Take one table of schema `ml` over, or what is published of it: the newer of both first."""
    published = PUBLISHED.get(table)
    from_old = (f"old.ml.{table}", "the old file")
    from_published = (f"published.bi.{published}", "what is published")
    sources = [from_old] if published is None else [from_old, from_published]
    for source, told in reversed(sources) if recovery.is_older else sources:
        count = warehouse.copy_rows(source, f"ml.{table}")
        if count is None:
            continue
        if source == from_old[0] and (not recovery.is_older or table in MADE_ANEW):
            recovery.told.append(f"ml.{table}: {counted(count, 'row')}, from {told}")
        else:
            lacking = NOTHING if source == from_published[0] else AFTER_IT
            recovery.lost.append(
                f"ml.{table}: {counted(count, 'row')} from {told}, {LACKING.get(table, lacking)}"
            )
        return
    if table not in MADE_ANEW:
        lacking = ALL_OF_IT if table in PUBLISHED else LACKING.get(table, ALL_OF_IT)
        recovery.lost.append(f"ml.{table}: not recovered, {lacking}")


def _files_gone(settings: Settings, recovery: _Recovery) -> list[str]:
    """Name the files that were delivered once, stand nowhere any more and were not recovered."""
    with Warehouse(settings.warehouse_path) as warehouse:
        now = {row[0] for row in warehouse.rows("select source_file from raw.files")}
    gone = sorted(recovery.delivered - now)
    if not gone:
        return []
    more = f" and {len(gone) - FEW} more" if len(gone) > FEW else ""
    names = f"{', '.join(gone[:FEW])}{more}"
    files = counted(len(gone), "file")
    return [f"the lines of {files} are lost, deliver again: {names}"]
