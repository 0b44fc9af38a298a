"""`arepas doctor`: what is set, reachable, writable, fits together; every fault, not the first."""

import difflib
import fcntl
import os
import pwd
import re
import shutil
import socket
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import apprise
from rich.console import Console

from python_ml.engines.marts import find_machines_alone, read_modelled_types, read_parts
from python_ml.engines.model_files import (
    Parts,
    RegisteredModel,
    find_lost_part,
    find_misfit,
    find_unmade,
    load_file,
)
from python_ml.engines.postgres import check_server
from python_ml.engines.warehouse import Warehouse, published_tables
from python_ml.errors import (
    ArepasError,
    InputError,
    UnreachableRegistryError,
    UnreadableFileError,
    counted,
    describe_unknown,
    one_line,
    without_secrets,
)
from python_ml.files import holds_files
from python_ml.lifecycle.decision_terms import find_changed_costs
from python_ml.lifecycle.history import (
    check_identity,
    find_reign,
    read_champions,
    read_proposals,
)
from python_ml.metric_names import read_metric_names
from python_ml.morning.orders import read_layout
from python_ml.morning.publish import find_foreign_writes
from python_ml.morning.zone_rules import find_difference
from python_ml.raw.files import RawFile, find_raw_files, raw_tables, read_arepa_types
from python_ml.raw.foreign import ForeignFile
from python_ml.raw.layout_sql import zones_of
from python_ml.raw.layouts import Layout
from python_ml.raw.lines import missing_columns, read_header
from python_ml.raw.load import read_raw_layouts
from python_ml.run.record import ABORTED, RUNNING
from python_ml.seed_numbers import check_seeds, read_kitchens_with_slots
from python_ml.seen.notify import (
    find_missing_entry,
    find_silent_kitchen,
    find_unknown_kitchen,
    find_unusable_address,
    read_recipients,
    sent_path,
)
from python_ml.seen.published import RECENT_DAYS, read_kitchens
from python_ml.settings import (
    PROJECT_DIR,
    Settings,
    find_unusable_variables,
    known_variables,
)

if TYPE_CHECKING:  # at run time it is imported late: MLflow takes seconds
    from python_ml.engines.registry import Registry

SEEDS = PROJECT_DIR / "seeds"
PYTHON = (3, 11)
FREE_BYTES = 2 * 10**9
LIKENESS = 0.8
# Arguments of single commands that make passes on; they resemble settings and are none.
ARGUMENTS = {"AREPA_TYPE", "PHASE", "METRIC"}
REACH_TIMEOUT_S = 5
PORTS = {"http": 80, "https": 443}
NEWEST_PLAN = "select max(as_of_date) as newest_date from bi.rpt_maintenance_plan_daily"
TYPES_WITHOUT_MODEL = """
select distinct arepa_type from ml.predictions
where
    model_role = 'champion'
    and status = 'no_model'
    and as_of_date = (select max(as_of_date) from ml.predictions)
    and arepa_type not in (
        select arepa_type from ml.promotion_history where verdict in ('promote', 'rollback')
    )
order by arepa_type
"""
UNFINISHED_STEPS = """
select as_of_date, step, status, message from ml.runs
where
    status <> 'done'
    and run_id = (select run_id from ml.runs order by started_at desc, run_id desc limit 1)
order by started_at, step
"""
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    is_fault: bool
    said: str


@dataclass(frozen=True)
class _Known:
    """What the warehouse knows of the models, as far as it can be read.

    Attributes:
        parts: Which parts the log names; None where that is not known.
        reigns: Since when which version has been champion, of each modelled type that has one.
        newest: Which version the history made champion last, whatever the morning; by type.
    """

    parts: Parts | None = None
    reigns: Mapping[str, tuple[date, str]] = field(default_factory=dict)
    newest: Mapping[str, str] = field(default_factory=dict)


Check = Callable[[Settings, Mapping[str, str], date], Iterator[Finding]]


def doctor(settings: Settings, *, as_of: date, environment: Mapping[str, str] = os.environ) -> None:
    """Look at everything and print what was found; nothing is changed or created.

    Args:
        settings: Settings of the variables that can be used.
        as_of: Today, in the kitchens' zone.
        environment: All variables, the unusable and misspelt ones too.

    Raises:
        ArepasError: Something is at fault.
    """
    console = Console(soft_wrap=True)
    fault_count = 0
    for check in CHECKS:
        for finding in _findings(check, settings, environment, as_of):
            fault_count += finding.is_fault
            said = f"{'FAULT' if finding.is_fault else 'ok':6}{without_secrets(finding.said)}"
            console.print(said, markup=False, highlight=False)
    if fault_count:
        raise ArepasError(f"{counted(fault_count, 'fault')}; each line above says what to do")


def _findings(
    check: Check, settings: Settings, environment: Mapping[str, str], today: date
) -> Iterator[Finding]:
    """What a check finds; where it cannot go on, whatever stops it, that is its last finding."""
    try:
        yield from check(settings, environment, today)
    except Exception as error:
        yield Finding(True, " ".join(one_line(error).split()))


def _check_installation(*_: object) -> Iterator[Finding]:
    if sys.version_info[:2] < PYTHON:
        yield Finding(True, f"Python {sys.version.split()[0]}: 3.11 or newer is needed")
    pins = _read_pins()
    wrong = []
    for name, pinned in pins.items():
        try:
            if version_of(name) not in pinned:
                wrong.append(f"{name} {version_of(name)} (lock: {' or '.join(sorted(pinned))})")
        except PackageNotFoundError:
            wrong.append(f"{name} missing")
    if wrong:
        yield Finding(True, f"installed is not what the lock says, run `make install`: {wrong[:5]}")
    else:
        yield Finding(False, f"Python {sys.version.split()[0]}, {len(pins)} libraries as locked")


def _read_pins() -> dict[str, set[str]]:
    """Read the versions of what runs, as the lock of the image and that of developers have them."""
    pins: dict[str, set[str]] = {}
    for lock in ("requirements.txt", "requirements-dev.txt"):
        text = (PROJECT_DIR / lock).read_text(encoding="utf-8")
        for name, pinned in re.findall(r"^([\w.-]+)(?:\[.*\])?==([^ \\;]+)", text, re.MULTILINE):
            if lock == "requirements.txt" or name in pins:
                pins.setdefault(name, set()).add(pinned)
    return pins


def _check_variables(_: Settings, environment: Mapping[str, str], __: date) -> Iterator[Finding]:
    known = known_variables()
    for problem in find_unusable_variables(environment).values():
        yield Finding(True, problem)
    for name, value in environment.items():
        likely = difflib.get_close_matches(name, known, 1, LIKENESS)
        if value and likely and name not in {*known, *ARGUMENTS}:
            yield Finding(True, f"{name} is set and unknown; is {likely[0]} meant?")
    names = [name for name in known if environment.get(name, "").strip()]
    yield Finding(False, f"set: {', '.join(names) or 'nothing, all defaults'}")


def _check_time_zone(
    settings: Settings, environment: Mapping[str, str], today: date
) -> Iterator[Finding]:
    if settings.time_zone:
        yield Finding(False, f"TZ={settings.time_zone}: it is {today}")
    elif not environment.get("TZ"):
        yield Finding(False, f"TZ is not set: the machine's own zone says that it is {today}")
    converted = _read_converted_zones(settings)
    for zone in sorted(converted | {settings.time_zone or "UTC"}):
        # Where DuckDB converts no times of it, its rules change nothing; the machine's may be old.
        if (difference := find_difference(zone, today)) is not None:
            yield Finding(zone in converted, str(difference))


def _read_converted_zones(settings: Settings) -> set[str]:
    """Read which zones' times are converted; none where layouts cannot be read: that is told."""
    try:
        return {zone for layout in read_raw_layouts(settings) for zone in zones_of(layout)}
    except ArepasError:
        return set()


def _check_raw_files(settings: Settings, *_: object) -> Iterator[Finding]:
    if settings.is_demo and not holds_files(settings.raw_data_dir):
        yield Finding(False, "RAW_DATA_DIR is not set: `make daily` makes the demo fleet")
        return
    tables, layouts = raw_tables(settings.metrics), read_raw_layouts(settings)
    folder = find_raw_files(settings.raw_data_dir, tables, layouts)
    for problem in (*folder.problems.values(), *folder.unused_layouts):
        yield Finding(True, problem)
    for file in folder.files:
        if file.layout is not None:
            yield _look_through(file, file.layout)
            continue
        with file.open():
            pass
    yield from _find_lacking_metrics(folder.files)
    yield Finding(False, f"{settings.raw_data_dir}: {counted(len(folder.files), 'raw file')}")


def _find_lacking_metrics(files: Sequence[RawFile]) -> Iterator[Finding]:
    """Say how many files of readings are of before METRICS was widened: they are set aside."""
    of_readings = [file for file in files if file.table.metrics and file.layout is None]
    lacking: dict[str, list[str]] = {}
    for file in of_readings:
        if missing := _missing_metrics(file):
            lacking.setdefault(", ".join(missing), []).append(file.source_file)
    for metrics, names in lacking.items():
        count = f"{len(names)} of {counted(len(of_readings), 'file')} of readings"
        told = f"{count} {'lacks' if len(names) == 1 else 'lack'}, such as {max(names)}"
        yield Finding(
            True,
            f"METRICS names {metrics}, which {told}: they are set aside, so models and clocks begin"
            " with the others; deliver them with it, or take it out of METRICS",
        )


def _missing_metrics(file: RawFile) -> list[str]:
    """List the metrics that a file lacks; none where it is no file of readings by other signs."""
    table = file.table
    others = tuple(name for name in table.required_columns if name not in table.metrics)
    try:
        header = read_header(replace(file, table=replace(table, required_columns=others)))
    except UnreadableFileError:
        return []  # the load says what is wrong with it
    return missing_columns(table, header)


def _look_through(file: RawFile, layout: Layout) -> Finding:
    """Say how a file of another system is understood, by its first rows."""
    foreign = ForeignFile(file, 0)
    try:
        rows = foreign.sample()
    except UnreadableFileError as error:
        return Finding(True, str(error))
    told = "".join(f"\n      {row}" for row in (";".join(foreign.header), *rows))
    return Finding(False, f"{file.source_file}: {layout.table} by layout {layout.name}{told}")


def _check_metrics(settings: Settings, *_: object) -> Iterator[Finding]:
    names = read_metric_names("en")
    unnamed = [metric for metric in settings.metrics if metric not in names]
    told = f"metrics: {', '.join(names[metric].name for metric in settings.metrics)}"
    if unnamed:
        told += f"; a row in seeds/metrics.csv gives {', '.join(unnamed)} a name and a unit"
    yield Finding(False, told)


def _check_arepa_types(settings: Settings, *_: object) -> Iterator[Finding]:
    types = read_arepa_types(settings.arepa_types_file)
    yield Finding(False, f"arepa types: {', '.join(types) or 'those of seeds/arepa_types.csv'}")


def _check_seeds(*_: object) -> Iterator[Finding]:
    check_seeds(SEEDS)
    yield Finding(
        False, "seeds: each row once, costs and technicians are numbers that can be meant"
    )


def _check_slots(settings: Settings, *_: object) -> Iterator[Finding]:
    kitchens = list(_read_kitchens(settings))
    for name in read_kitchens_with_slots(SEEDS) if kitchens else []:
        if (unknown := describe_unknown("kitchen_id", name, kitchens, "such kitchen")) is not None:
            yield Finding(True, f"seeds/technician_slots.csv: {unknown}; its slots count for none")


def _check_outputs(settings: Settings, *_: object) -> Iterator[Finding]:
    places = {
        "WAREHOUSE_PATH": settings.warehouse_path.parent,
        "BI_PATH": settings.bi_path.parent,
        "REPORTS_DIR": settings.reports_dir,
        "PUBLIC_DIR": settings.public_dir,
        "ORDERS_DIR": settings.orders_dir,
    }
    if (store := settings.mlflow_store_file) is not None:
        places["MLFLOW_TRACKING_URI"] = store.parent
    if (folder := settings.mlflow_artifact_folder) is not None:
        places["MLFLOW_ARTIFACT_ROOT"] = folder
    for name, place in places.items():
        there = _nearest_folder(place)
        try:
            with tempfile.TemporaryFile(dir=there):
                pass
        except OSError as error:
            yield Finding(True, f"{name}={place}: cannot be written to ({error}); name another")
        else:
            yield Finding(False, f"{name}: {place} can be written to")
    space = shutil.disk_usage(_nearest_folder(settings.warehouse_path.parent))
    said = f"{settings.warehouse_path.parent}: {space.free / 1e9:.1f} GB free"
    is_full = space.total > 0 and space.free < FREE_BYTES
    yield Finding(is_full, f"{said}, make room" if is_full else said)


def _check_kept_files(settings: Settings, *_: object) -> Iterator[Finding]:
    """Name the files that a run writes on in and cannot, such as those of a run by another user."""
    kept = [settings.state_dir / "run.lock", settings.warehouse_path, sent_path(settings)]
    if (store := settings.mlflow_store_file) is not None:
        kept.append(store)
    for path in kept:
        if path.exists() and not os.access(path, os.R_OK | os.W_OK):
            owner, user = _name_of(path.stat().st_uid), _name_of(os.geteuid())
            said = f"it belongs to {owner}, this is {user}"
            yield Finding(True, f"{path}: cannot be read and written; {said}")


def _name_of(user_id: int) -> str:
    """Name a user by what files go by: LOGNAME says who the image was made for."""
    try:
        return pwd.getpwuid(user_id).pw_name
    except KeyError:  # of another machine or container
        return f"user {user_id}"


def _nearest_folder(place: Path) -> Path:
    return next(folder for folder in (place, *place.parents) if folder.exists())


def _check_warehouse(settings: Settings, _: Mapping[str, str], today: date) -> Iterator[Finding]:
    """Say who is at work; if nobody, whether somebody has the file open all the same."""
    if (owner := _find_owner(settings)) is not None:
        yield Finding(False, f"a run is at work: {owner}")
        return
    if not settings.warehouse_path.exists():
        yield Finding(False, f"{settings.warehouse_path}: not there yet, `make daily` makes it")
        return
    with Warehouse(settings.warehouse_path) as warehouse:
        yield Finding(False, f"{settings.warehouse_path}: nobody has it open")
        if warehouse.has_table("ml", "runs"):
            yield from _review_newest_run(warehouse)
        if warehouse.has_table("ml", "promotion_history"):
            yield from _review_types(warehouse, today)
        if alone := find_machines_alone(warehouse, settings.phases):
            said = "the only ones of their phase in a kitchen, so no plan stops them while they run"
            yield Finding(False, f"{said}: {', '.join(alone)}")


def _review_newest_run(warehouse: Warehouse) -> Iterator[Finding]:
    """Say which steps of the newest run did not end well; one that never ended was killed."""
    for day, step, status, message in warehouse.rows(UNFINISHED_STEPS):
        ended = "was killed" if status in {RUNNING, ABORTED} else status.replace("_", " ")
        said = f"the newest run, of {day}: {step}: {ended}"
        said += f" ({message})" if message and ended != "was killed" else ""
        yield Finding(True, f"{said}; mend that and run it again")


def _find_owner(settings: Settings) -> str | None:
    """Say who is at work, if anybody is."""
    path = settings.state_dir / "run.lock"
    if path.exists():
        with path.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return file.read().strip()
    return None


def _review_types(warehouse: Warehouse, today: date) -> Iterator[Finding]:
    """Say which versions wait for people or go by old costs, and which types have none."""
    proposals = read_proposals(warehouse, today)
    without = [str(row[0]) for row in warehouse.rows(TYPES_WITHOUT_MODEL)]
    for arepa_type, version in proposals.items():
        said = (
            f"{arepa_type}: version {version} is proposed, `make approve AREPA_TYPE={arepa_type}`"
        )
        yield Finding(arepa_type in without, f"{said} makes it champion")
    for said in find_changed_costs(warehouse, as_of=today):
        yield Finding(True, f"{said}: run `make retrain`")
    for arepa_type in without:
        if arepa_type not in proposals:
            said = f"{arepa_type}: has no champion, a control chart judges its machines"
            yield Finding(True, f"{said}; run `make retrain` when there is enough history")


def _check_models(settings: Settings, _: Mapping[str, str], today: date) -> Iterator[Finding]:
    shown, uri = settings.mlflow_tracking_uri, settings.mlflow_tracking_uri.get_secret_value()
    if (store := settings.mlflow_store_file) is not None and _is_unfilled(store):
        yield Finding(True, f"MLFLOW_TRACKING_URI={shown}: no models yet; run `make retrain`")
        return
    if (address := urlsplit(uri)).scheme in {"http", "https"}:
        # MLflow itself would try for minutes.
        _reach("MLFLOW_TRACKING_URI", address.hostname, address.port or 443)
    from python_ml.engines.registry import Registry

    registry, known = Registry(settings), _read_known(settings, today)
    # A morning goes by the history, whose versions the registry may have no more.
    by_alias = registry.find_champions()
    champions = by_alias | {name: last[1] for name, last in known.reigns.items()}
    if not champions:
        yield Finding(True, f"{shown}: no arepa type has a champion; run `make retrain`")
    foreign = registry.review_versions()[1]
    for problem in filter(None, (registry.find_experiment_fault(), *foreign)):
        yield Finding(True, problem)
    for arepa_type, version in sorted(champions.items()):
        for fault in _find_faults(registry, arepa_type, version, settings, known):
            if not fault.startswith(tuple(foreign)):
                yield Finding(True, f"{arepa_type}: {fault}")
    yield from _find_moved_aliases(by_alias, known)
    yield Finding(False, f"{shown}: {counted(len(champions), 'champion')}")


def _find_moved_aliases(by_alias: Mapping[str, str], known: _Known) -> Iterator[Finding]:
    """The endpoint follows the alias, so it would answer otherwise than the plan says."""
    for arepa_type, version in sorted(known.newest.items()):
        if (alias := by_alias.get(arepa_type, version)) != version:
            yield Finding(
                True,
                f"{arepa_type}: MLflow's alias champion is at version {alias}, the plan goes by"
                f" version {version}; `make promote` moves the alias back",
            )


def _is_unfilled(store: Path) -> bool:
    """Whether a file of models is missing or holds nothing: MLflow would fill it when asked."""
    if not store.exists():
        return True
    with closing(sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute("select 1 from sqlite_master limit 1").fetchone() is None


def _read_known(settings: Settings, today: date) -> _Known:
    """Read what the warehouse knows; nothing where a run is at work, or before the first.

    Nothing also where the warehouse cannot be opened, which is told by the look at it.
    """
    if _find_owner(settings) is not None or not settings.warehouse_path.exists():
        return _Known()
    try:
        with Warehouse(settings.warehouse_path) as warehouse:
            has_parts = warehouse.has_table("intermediate", "int_parts_serviced")
            champions = _read_champions(warehouse)
            reigns = {name: find_reign(moves, today) for name, moves in champions.items()}
            return _Known(
                read_parts(warehouse) if has_parts else None,
                {name: reign for name, reign in reigns.items() if reign is not None},
                {name: moves[-1][1] for name, moves in champions.items() if moves},
            )
    except ArepasError:
        return _Known()


def _read_champions(warehouse: Warehouse) -> dict[str, list[tuple[date, str]]]:
    needed = (("core", "dim_arepa_types"), ("ml", "promotion_history"))
    if not all(warehouse.has_table(*table) for table in needed):
        return {}
    return {
        arepa_type: read_champions(warehouse, arepa_type)
        for arepa_type in read_modelled_types(warehouse)
    }


def _find_champion(
    registry: "Registry", arepa_type: str, version: str, known: _Known
) -> RegisteredModel:
    """Find the version that is champion by the history or, before any history, by its alias.

    Raises:
        ArepasError: The registry does not have it, or does not answer.
    """
    try:
        champion = registry.find_version(arepa_type, version)
        reign = known.reigns.get(arepa_type)
        return champion if reign is None else check_identity(champion, reign[0])
    except UnreachableRegistryError:
        raise
    except ArepasError as error:
        raise ArepasError(f"{error}; run `make retrain`") from error


def _find_faults(
    registry: "Registry",
    arepa_type: str,
    version: str,
    settings: Settings,
    known: _Known,
) -> Iterator[str]:
    """What would keep a champion from scoring tomorrow."""
    try:
        champion = _find_champion(registry, arepa_type, version, known)
        if (misfit := find_misfit(champion, settings)) is not None:
            yield f"its champion {misfit}; set it back or run `make retrain`"
        file = registry.fetch(champion)
        if file.is_of_other_sklearn():
            yield (
                f"its champion was fitted with scikit-learn {file.sklearn_version},"
                f" {version_of('scikit-learn')} is installed; run `make retrain`"
            )
        load_file(champion, file)
        if (unmade := find_unmade(file.columns, settings)) is not None:
            yield f"its champion {unmade}; set it back or run `make retrain`"
        lost = find_lost_part(champion, known.parts) if known.parts is not None else None
        if lost is not None:
            yield f"its champion {lost}; run `make retrain`"
        if (fault := registry.find_fault(champion)) is not None:
            yield f"{champion}: {fault}"
    except ArepasError as error:
        yield str(error)


def _check_published(settings: Settings, _: Mapping[str, str], today: date) -> Iterator[Finding]:
    if foreign := list(find_foreign_writes(settings)):
        yield from (Finding(True, f"{said}; `make daily` publishes it anew") for said in foreign)
        return
    with published_tables(settings.bi_path) as published:
        newest = published.value(NEWEST_PLAN)
    if newest is None or (today - newest).days > 1:
        yield Finding(True, f"{settings.bi_path}: its newest plan is of {newest}; run `make daily`")
    elif (newest - today).days > 1:
        said = f"it is of {newest}, and today is {today}: the clock is wrong, or was"
        hint = "until that day, who reads the newest plan there reads that one"
        yield Finding(True, f"{settings.bi_path}: its newest plan lies ahead, {said}; {hint}")
    else:
        yield Finding(False, f"{settings.bi_path}: plan of {newest}")


def _check_recipients(settings: Settings, *_: object) -> Iterator[Finding]:
    recipients = read_recipients(settings.recipients_file)
    kitchens = _read_kitchens(settings)
    newest = max(kitchens.values(), default=date.min)
    recent = [name for name, day in kitchens.items() if newest - day < RECENT_DAYS]
    urls = dict(settings.notify_urls)
    for recipient in recipients:
        said = f"{settings.recipients_file}: {recipient.name}"
        if (unknown := find_unknown_kitchen(recipient, list(kitchens))) is not None:
            yield Finding(True, f"{said}: {unknown}")
        if (silent := find_silent_kitchen(recipient, list(kitchens), recent)) is not None:
            hint = "nothing is sent; where it is closed for good, take the line out"
            yield Finding(True, f"{said}: {silent}, {hint}")
        if urls and (missing := find_missing_entry(recipient, urls)) is not None:
            yield Finding(True, f"{said}: {missing}")
        if (unusable := find_unusable_address(recipient)) is not None:
            yield Finding(True, f"{said}: {unusable}")
    yield Finding(False, f"{settings.recipients_file}: {counted(len(recipients), 'recipient')}")


def _read_kitchens(settings: Settings) -> dict[str, date]:
    """Read which kitchens are published; none where the file cannot be opened: that is told."""
    try:
        return read_kitchens(settings)
    except ArepasError:
        return {}


def _check_notifications(settings: Settings, *_: object) -> Iterator[Finding]:
    wrong = [
        name
        for name, url in settings.notify_urls
        if not apprise.Apprise().add(
            url.get_secret_value().replace("{address}", "somebody@example.org")
        )
    ]
    if wrong:
        # Not the URL: it may hold a password.
        yield Finding(True, f"NOTIFY_URLS: Apprise cannot read the URL of {', '.join(wrong)}")
    else:
        yield Finding(False, f"{counted(len(settings.notify_urls), 'way')} to reach recipients")


def _check_addresses(settings: Settings, *_: object) -> Iterator[Finding]:
    if settings.host not in LOOPBACK and not settings.api_keys:
        yield Finding(True, f"HOST={settings.host} without API_KEYS: nobody can send answers")
    if settings.answers_url and not settings.answers_key:
        yield Finding(True, "ANSWERS_URL without ANSWERS_KEY: stops have no links to their answers")
    if settings.pushgateway_url:
        address = urlsplit(settings.pushgateway_url.get_secret_value())
        _reach("PUSHGATEWAY_URL", address.hostname, address.port or 9091)
        yield Finding(False, f"PUSHGATEWAY_URL={settings.pushgateway_url}: reached")


def _check_publication_server(settings: Settings, *_: object) -> Iterator[Finding]:
    if settings.publish_url is not None:
        check_server(settings.publish_url)
        yield Finding(False, f"PUBLISH_URL={settings.publish_url}: reached")


def _check_orders(settings: Settings, *_: object) -> Iterator[Finding]:
    read_layout(settings.orders_layout)
    if settings.orders_url:
        address = urlsplit(settings.orders_url)
        _reach("ORDERS_URL", address.hostname, address.port or PORTS[address.scheme])
        yield Finding(False, f"ORDERS_URL={settings.orders_url}: reached")


def _reach(name: str, host: str | None, port: int) -> None:
    """Open a connection and close it.

    Raises:
        InputError: Nobody answers there.
    """
    try:
        socket.create_connection((host or "", port), REACH_TIMEOUT_S).close()
    except OSError as error:
        raise InputError(f"{name}: {host}:{port} cannot be reached ({error})") from error


CHECKS: tuple[Check, ...] = (
    _check_installation,
    _check_variables,
    _check_time_zone,
    _check_raw_files,
    _check_metrics,
    _check_arepa_types,
    _check_seeds,
    _check_slots,
    _check_outputs,
    _check_kept_files,
    _check_warehouse,
    _check_models,
    _check_published,
    _check_notifications,
    _check_recipients,
    _check_addresses,
    _check_publication_server,
    _check_orders,
)
