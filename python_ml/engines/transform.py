"""The one door to dbt: run its commands in this process."""

import hashlib
import logging
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Protocol, cast

import pandas as pd
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.artifacts.schemas.run import RunExecutionResult, RunResult
from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import extended_mashumuro_decoder

from python_ml.engines.parsed import kept_path
from python_ml.engines.warehouse import Warehouse, check_damage
from python_ml.environment import environment_with
from python_ml.errors import ArepasError, InputError, counted, shortened
from python_ml.seed_numbers import check_seeds
from python_ml.settings import PROJECT_DIR, Settings

logger = logging.getLogger(__name__)

# A row of the table in which dbt says where a model breaks its contract.
CONTRACT_COLUMN = re.compile(
    r"^\s*\| *(\S+) *\| *([^|]*?) *\| *([^|]*?) *\| *"
    r"(data type mismatch|missing in contract|missing in definition) *\|",
    re.MULTILINE,
)
# Unit tests judge the SQL, not the day's data: `make test` runs them.
BUILD = ("build", "--no-write-json", "--exclude-resource-type", "unit_test")
NAMING_ORDERS = ("rpt_maintenance_plan_daily", "rpt_alarm_episodes")
FEATURES = "+feat_machine_arepa_daily"
DESCRIBE_BUILD = """
select
    (select coalesce(max(greatest(load_id, coalesce(replaced_load_id, 0))), 0) from raw.files)
        as load_id,
    latest_as_of_date as as_of_date,
    new_reading_count,
    late_reading_count
from raw.run_settings cross join intermediate.int_readings_delivered
"""
# What builds were begun with of which the last complete one knows nothing.
UNFINISHED = """
select distinct fingerprint from raw.begun_builds
where begun_at > coalesce((select max(built_at) from raw.builds), timestamp '1970-01-01 00:00:00')
"""
# Versions of files that came and went since: a build that was stopped may have built on them, and
# neither what is there nor what was built last tells of that.
COME_AND_GONE = """
select count(*) from raw.files
where
    replaced_load_id is not null
    and load_id > (select coalesce(max(load_id), 0) from raw.builds)
"""
SHOWN_ROWS = 3
SQL_FOLDERS = ("models", "macros", "seeds")
PARSED: dict[tuple[Path, str, str, tuple[str, ...]], Manifest] = {}


class Tables(Protocol):
    """What an engine's tables are asked between two dbt commands."""

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query and return its rows."""
        ...

    def frame(self, sql: str) -> pd.DataFrame:
        """Run a query and return its rows as a data frame."""
        ...

    def append(self, table: str, rows: pd.DataFrame) -> None:
        """Append rows to a table by column name."""
        ...


@dataclass(frozen=True)
class Engine:
    """Where dbt builds: the verb hands it in, so that this door knows none of the engines.

    Attributes:
        target: dbt's target, as in `profiles.yml`.
        state_dir: Folder of dbt's own files.
        open: Opens the engine's tables; what it returns closes them again.
    """

    target: str
    state_dir: Path
    open: Callable[[], AbstractContextManager[Tables]]


def duckdb_engine(settings: Settings) -> Engine:
    """The warehouse's file, opened late and closed early."""
    return Engine("duckdb", settings.state_dir, lambda: Warehouse(settings.warehouse_path))


def _nothing() -> None:
    """Do nothing."""


class Transformer:
    """Runs dbt commands on an engine; between two of them DuckDB's file is not open."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._settings = settings
        self._engine = engine

    def build_features(
        self, *, from_scratch: bool = False, before_complete: Callable[[], object] = _nothing
    ) -> None:
        """Build and test everything from the raw lines to the features.

        Builds from scratch when told to, the first time, where the SQL or what it was compiled with
        has changed since the tables were built, or where a build was stopped on files that are
        others by now; otherwise only the affected days.

        Raises:
            InputError: A seed holds what cannot be meant, or lacks what plans need.
            ArepasError: A model or a test failed; the message names it.
        """
        check_seeds(PROJECT_DIR / "seeds")
        with self._engine.open() as warehouse:
            fingerprint = _fingerprint(self._settings, warehouse)
            is_current = _is_built_with(fingerprint, warehouse)
            begun = pd.DataFrame({"fingerprint": [fingerprint], "begun_at": [_now()]})
            warehouse.append("raw.begun_builds", begun)
        refresh = [] if is_current and not from_scratch else ["--full-refresh"]
        self._run([*BUILD, "--selector", "before_scoring", *refresh])
        with self._engine.open() as warehouse:
            before_complete()
            build = warehouse.frame(DESCRIBE_BUILD)
            warehouse.append("raw.builds", build.assign(fingerprint=fingerprint, built_at=_now()))

    def build_risks(self) -> None:
        """Build and test what the morning's plan is made from.

        Raises:
            ArepasError: A model or a test failed; the message names it.
        """
        self._run([*BUILD, "--selector", "before_planning"])

    def build_reports(self) -> None:
        """Build and test what reads the predictions and the plan.

        Raises:
            ArepasError: A model or a test failed; the message names it.
        """
        self._run([*BUILD, "--selector", "after_planning"])

    def build_order_numbers(self) -> None:
        """Build again what names work orders, after they were made from the plan.

        Raises:
            ArepasError: A model or a test failed; the message names it.
        """
        self._run([*BUILD, "--select", *NAMING_ORDERS])

    def build_docs(self) -> Path:
        """Write the documentation of all models as one page; returns its path."""
        self._run(["docs", "generate", "--static"])
        return self._engine.state_dir / "target" / "static_index.html"

    def compile_features(self) -> list[str]:
        """Compile the features' models and all before them, as a build from nothing would.

        Returns:
            The statements that build them, in their order.
        """
        compiled = cast(
            "RunExecutionResult", self._run(["compile", "--full-refresh", "--select", FEATURES])
        )
        nodes = {
            outcome.node.unique_id: outcome.node
            for outcome in compiled.results
            if outcome.node.resource_type == "model"
        }
        order = TopologicalSorter(
            {key: set(node.depends_on.nodes) & nodes.keys() for key, node in nodes.items()}
        ).static_order()
        schemas = sorted({node.schema for node in nodes.values()})
        return [f"create schema if not exists {schema}" for schema in schemas] + [
            f"create {'view' if node.config.materialized == 'view' else 'table'}"
            f" {node.relation_name} as {node.compiled_code}"
            for node in (nodes[key] for key in order)
        ]

    def compile_model(self, name: str) -> str:
        """Compile one model's query, as a build from nothing would."""
        compiled = cast(
            "RunExecutionResult", self._run(["compile", "--full-refresh", "--select", name])
        )
        nodes = (outcome.node for outcome in compiled.results if outcome.node.name == name)
        return getattr(next(nodes), "compiled_code", "")

    def check_freshness(self) -> None:
        """Say of each kind of raw file how old its newest delivery is.

        Raises:
            ArepasError: One is older than its limit; the message names it.
        """
        self._run(["source", "freshness"])

    def parse(self) -> Manifest:
        """Parse the project's files, and leave what dbt keeps of that in the engine's folder.

        Raises:
            ArepasError: dbt refuses one; the message names it.
        """
        return cast("Manifest", self._invoke(["parse"], None))

    def _run(self, arguments: Sequence[str]) -> object:
        logger.info("dbt %s %s", arguments[0], " ".join(arguments[5:]))
        return self._invoke(arguments, self._parsed())

    def _parsed(self) -> Manifest:
        """Parse the project once a process, or a version, whatever warehouse and day it works on.

        dbt itself keeps what it has parsed for one place of the warehouse only.
        """
        key = (
            PROJECT_DIR,
            self._engine.target,
            self._settings.warehouse_path.stem,
            self._settings.metrics,
        )
        if key not in PARSED:
            PARSED[key] = _read_kept(kept_path(*key)) or self.parse()
        return PARSED[key]

    def _invoke(self, arguments: Sequence[str], manifest: Manifest | None) -> object:
        variables = {
            "WAREHOUSE_PATH": str(self._settings.warehouse_path),
            "METRICS": ",".join(self._settings.metrics),
            "DBT_TARGET_PATH": str(self._engine.state_dir / "target"),
            "DBT_LOG_PATH": str(self._engine.state_dir / "logs"),
        }
        is_debugging = self._settings.log_level == "DEBUG"
        try:
            with environment_with(variables):
                result = dbtRunner(manifest).invoke(
                    [
                        "--log-level",
                        "debug" if is_debugging else "none",
                        *arguments,
                        "--project-dir",
                        str(PROJECT_DIR),
                        "--profiles-dir",
                        str(PROJECT_DIR),
                        "--target",
                        self._engine.target,
                    ]
                )
        finally:
            # Held through the command, since opening costs as much as a small model.
            DuckDBConnectionManager.close_all_connections()
        if result.exception is not None:
            check_damage(self._settings.warehouse_path, str(result.exception))
            raise ArepasError(
                f"dbt {arguments[0]}: {_describe_error(result.exception)}"
            ) from result.exception
        if not result.success:
            outcomes = cast("RunExecutionResult", result.result)
            failed = [
                outcome
                for outcome in outcomes.results
                if outcome.status in {"error", "fail", "runtime error"}
            ]
            failures = [f"{outcome.node.name}: {self._describe(outcome)}" for outcome in failed]
            check_damage(self._settings.warehouse_path, "\n".join(failures))
            first, *others = failures
            kind = InputError if all(map(_is_of_seeds, failed)) else ArepasError
            raise kind(f"dbt {arguments[0]}: {first}", *others)
        return result.result

    def _describe(self, outcome: RunResult) -> str:
        """Say what is wrong: rows that a test found, how old a source is, or the error."""
        if (newest := getattr(outcome, "max_loaded_at", None)) is not None:
            return f"the newest delivery was loaded {newest:%Y-%m-%d %H:%M} UTC"
        test_sql = getattr(outcome.node, "compiled_code", None)
        if outcome.status != "fail" or test_sql is None:
            return _describe_error(outcome.message)
        with self._engine.open() as warehouse:
            rows = warehouse.frame(test_sql).head(SHOWN_ROWS).to_dict("records")
        told = (", ".join(f"{column}={value}" for column, value in row.items()) for row in rows)
        return f"{counted(outcome.failures or 0, 'row')}, the first is {'; then '.join(told)}"


def _is_of_seeds(outcome: RunResult) -> bool:
    """Whether it is of a test that looks at what the business wrote, which people mend there."""
    return outcome.node.config.meta.get("looks_at") == "seeds"


def _read_kept(path: Path) -> Manifest | None:
    """Read a manifest as dbt wrote it; None where none is kept."""
    if not path.exists():
        return None
    manifest = Manifest.from_msgpack(path.read_bytes(), decoder=extended_mashumuro_decoder)
    manifest.metadata.generated_at = _now()
    manifest.build_flat_graph()
    return manifest


def _fingerprint(settings: Settings, warehouse: Tables) -> str:
    """Fingerprint what the tables were built with: the SQL, the seeds, the metrics, the tables."""
    digest = hashlib.sha256()
    for folder in SQL_FOLDERS:
        for path in sorted((PROJECT_DIR / folder).rglob("*")):
            # Neither a mail address nor a metric's name changes a table that is built day by day.
            if path.suffix in {".sql", ".csv"} and path.stem not in {"recipients", "metrics"}:
                digest.update(str(path.relative_to(PROJECT_DIR)).encode() + path.read_bytes())
    presence = warehouse.rows("select has_machines, has_maintenance_events from raw.run_settings")
    digest.update(f"{settings.metrics} {presence} {settings.readings_win_days}".encode())
    return digest.hexdigest()


def _is_built_with(fingerprint: str, warehouse: Tables) -> bool:
    """Say whether the tables are those of the last complete build, but for days affected since."""
    built = warehouse.rows(
        "select fingerprint from raw.builds order by load_id desc, built_at desc limit 1"
    )
    unfinished = {begun for (begun,) in warehouse.rows(UNFINISHED)}
    [(gone_count,)] = warehouse.rows(COME_AND_GONE)
    if not built:
        return False
    if built[0][0] != fingerprint or not unfinished <= {fingerprint}:
        logger.info("the SQL or the metrics changed since the last build: rebuilding all days")
        return False
    if gone_count:
        logger.info("a build was stopped on files that are others by now: rebuilding all days")
    return not gone_count


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _describe_error(message: object) -> str:
    """Write what dbt or the engine says as one short line; a broken contract by its columns.

    dbt puts those below a text as long as our limit.
    """
    text = str(message or "no message")
    if columns := CONTRACT_COLUMN.findall(text):
        told = [
            f"{name} ({why}: {built or 'nothing'} is built, {promised or 'nothing'} promised)"
            for name, built, promised, why in columns
        ]
        text = f"breaks its contract: {'; '.join(told)}"
    return shortened(text)
