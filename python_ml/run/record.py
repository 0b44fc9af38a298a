"""`ml.runs`: what each run did, step by step."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from urllib.parse import unquote, urlsplit

from prometheus_client import CollectorRegistry, Gauge, push_to_gateway
from prometheus_client.exposition import basic_auth_handler

from python_ml.engines.warehouse import Warehouse
from python_ml.errors import ArepasError, PartlyDoneError, one_line, without_secrets
from python_ml.run.log_lines import CURRENT_RUN_ID, CURRENT_STEP
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

RUNNING, DONE, PARTLY_DONE, FAILED = "running", "done", "partly_done", "failed"
ABORTED = "aborted"
CREATE_RUNS = """
create schema if not exists ml;
create table if not exists ml.runs (
    run_id varchar not null,
    step varchar not null,
    as_of_date date not null,
    started_at timestamp not null,
    ended_at timestamp,
    status varchar not null,
    row_count bigint,
    message varchar
);
"""
# Under the run lock nobody else is at work: what still says `running` was killed.
MARK_ABORTED = """
update ml.runs
set status = 'aborted', message = 'ended without a word: killed, or the machine stopped'
where status = 'running' and run_id <> ?
"""
DELETE_STEP = "delete from ml.runs where run_id = ? and step = ? and as_of_date = ?"
INSERT_STEP = "insert into ml.runs values (?, ?, ?, ?, ?, ?, ?, ?)"
LAST_STATUS = "select status from ml.runs where step = ? order by started_at desc limit 1"
PUSH_TIMEOUT_S = 5


@dataclass(eq=False)
class Step:
    """One step of a run; who runs it sets `row_count` and, where it helps, `message`."""

    name: str
    as_of: date
    started_at: datetime
    ended_at: datetime | None = None
    status: str = RUNNING
    row_count: int | None = None
    message: str | None = None


@dataclass(eq=False)
class Run:
    """One run of one verb.

    The warehouse is opened only while a row is written, and never created for it: before the first
    load, and while the file cannot be opened, steps wait in memory for the next one that can be
    written. The log never stops a morning.

    Attributes:
        run_id: The run's name, in log lines, predictions and pages.
        as_of: The run's morning.
        problems: What was let pass, one line each.
    """

    settings: Settings
    as_of: date
    run_id: str
    problems: list[str] = field(default_factory=list)
    _steps: list[Step] = field(default_factory=list)
    _unwritten: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, *, as_of: date | None = None) -> Generator[Step]:
        """Write down that a step begins and how it ended; its exception goes on."""
        step = Step(name, as_of or self.as_of, _now())
        self._steps.append(step)
        self._write(step)
        token = CURRENT_STEP.set(name)
        try:
            yield step
        except BaseException as error:
            step.status = PARTLY_DONE if isinstance(error, PartlyDoneError) else FAILED
            step.message = one_line(error)
            raise
        else:
            step.status = DONE if step.status == RUNNING else step.status
        finally:
            CURRENT_STEP.reset(token)
            step.ended_at = _now()
            self._write(step)

    @contextmanager
    def attempt(self, name: str) -> Generator[Step]:
        """A step whose failure does not stop the ones after it: it is logged and kept."""
        try:
            with self.step(name) as step:
                yield step
        except Exception as error:
            self.problems.append(f"{name}: {one_line(error)}")
            logger.error("%s: %s", name, one_line(error))
            logger.debug("traceback", exc_info=True)

    def raise_problems(self) -> None:
        """End a run whose steps all had their turn.

        Raises:
            PartlyDoneError: Something was let pass; the message names all of it.
        """
        if self.problems:
            raise PartlyDoneError(*self.problems)

    def push_metrics(self, exit_status: int) -> None:
        """Tell the Prometheus push gateway, where one is set, how the run went."""
        if not self.settings.pushgateway_url or not self._steps:
            return
        metrics = CollectorRegistry()
        durations = Gauge(
            "arepas_step_duration_seconds", "Seconds a step took", ["step"], registry=metrics
        )
        rows = Gauge("arepas_step_rows", "Rows a step wrote", ["step"], registry=metrics)
        for step in self._steps:
            if step.ended_at is not None:
                durations.labels(step.name).set((step.ended_at - step.started_at).total_seconds())
            if step.row_count is not None:
                rows.labels(step.name).set(step.row_count)
        status = Gauge("arepas_run_exit_status", "0 done, 1, 2 failed, 3 partly", registry=metrics)
        status.set(exit_status)
        ended = Gauge("arepas_run_ended_timestamp_seconds", "When the run ended", registry=metrics)
        ended.set_to_current_time()
        try:
            _push(self.settings.pushgateway_url.get_secret_value(), metrics)
        except OSError as error:
            logger.warning("PUSHGATEWAY_URL=%s: %s", self.settings.pushgateway_url, error)

    def _write(self, step: Step) -> None:
        if step not in self._unwritten:
            self._unwritten.append(step)
        if not self.settings.warehouse_path.exists():
            return
        try:
            with Warehouse(self.settings.warehouse_path) as warehouse, warehouse.transaction():
                warehouse.execute(CREATE_RUNS)
                warehouse.execute(MARK_ABORTED, [self.run_id])
                for unwritten in self._unwritten:
                    warehouse.execute(DELETE_STEP, [self.run_id, unwritten.name, unwritten.as_of])
                    warehouse.execute(INSERT_STEP, self._row(unwritten))
        except ArepasError as error:
            logger.warning("run log: %s", error)
        else:
            self._unwritten.clear()

    def _row(self, step: Step) -> list[object]:
        return [
            self.run_id,
            step.name,
            step.as_of,
            step.started_at,
            step.ended_at,
            step.status,
            step.row_count,
            None if step.message is None else without_secrets(step.message),
        ]


@contextmanager
def start_run(settings: Settings, as_of: date) -> Generator[Run]:
    """Name a run by its morning and the millisecond it started; its log lines carry the name."""
    started_at = datetime.now(UTC)
    milliseconds = started_at.microsecond // 1000
    run = Run(settings, as_of, f"{as_of:%Y%m%d}-{started_at:%Y%m%dT%H%M%S}.{milliseconds:03d}")
    token = CURRENT_RUN_ID.set(run.run_id)
    exit_status = 1
    try:
        yield run
        exit_status = 0
    except ArepasError as error:
        exit_status = error.exit_status
        raise
    finally:
        run.push_metrics(exit_status)
        CURRENT_RUN_ID.reset(token)


def _push(address: str, metrics: CollectorRegistry) -> None:
    """Push to a gateway; who we are goes into a header, not into an address that errors repeat."""
    parts = urlsplit(address)
    user, password = (part and unquote(part) for part in (parts.username, parts.password))
    gateway = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    handler = partial(basic_auth_handler, username=user, password=password)
    push_to_gateway(gateway, "arepas", metrics, timeout=PUSH_TIMEOUT_S, handler=handler)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def was_aborted(settings: Settings, step: str) -> bool:
    """Say whether a step was last killed before it could end, so that it may be half done."""
    with Warehouse(settings.warehouse_path) as warehouse:
        found = warehouse.rows(LAST_STATUS, [step]) if warehouse.has_table("ml", "runs") else []
    return bool(found) and found[0][0] in {RUNNING, ABORTED}
