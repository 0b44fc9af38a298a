"""`arepas daily` once more: a morning that stands is not made again, only told.

A morning stands where everything that it was made of and everything that it left is as it was at
its end: code and libraries, settings, raw files, the warehouse, MLflow's store, what was published.
Whatever wrote to one of them since then, another verb or a person, has it made anew. Imports
neither dbt nor MLflow, which cost more than all that is left to do.
"""

import hashlib
import logging
import os
import sys
import sysconfig
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from python_ml.files import write_whole
from python_ml.morning.plan import print_plan
from python_ml.raw.files import stamp
from python_ml.run.code_version import code_version
from python_ml.run.record import Run
from python_ml.seen.digest import send_alerts, send_digests
from python_ml.settings import PROJECT_DIR, Settings

logger = logging.getLogger(__name__)

CODE = ("python_ml", "models", "macros", "seeds", "notebooks", "dashboard")
CODE_FILES = ("dbt_project.yml", "profiles.yml", "selectors.yml")


def daily_unless_it_stands(settings: Settings, run: Run) -> None:
    """Run a whole morning, or only tell people of it where it stands.

    What is sent is sent once, so who was told is not told again.

    Raises:
        PartlyDoneError: The plan is published, but not all of the rest was done; such a morning
            does not stand.
        ArepasError: There is no new plan.
    """
    if stands(settings, run.as_of):
        logger.info("nothing has changed since this morning was made: plan, report and pages stay")
        _tell_again(settings, run)
    else:
        from python_ml.morning.daily import daily

        daily(settings, run)
    if _is_all_in_sight(settings):
        _note(settings, run.as_of)


def stands(settings: Settings, as_of: date) -> bool:
    """Say whether a morning ended well and nothing that it rests on has changed since."""
    noted = _note_path(settings)
    return (
        _is_all_in_sight(settings)
        and noted.exists()
        and noted.read_text(encoding="utf-8") == fingerprint(settings, as_of)
    )


def fingerprint(settings: Settings, as_of: date) -> str:
    """Fingerprint what a morning is made of and what it leaves: code by content, files by stamp.

    Where mails and reports to servers go is not part of it: those are attempted each time.
    """
    digest = hashlib.sha256()
    for part in (
        as_of.isoformat(),
        settings.model_dump_json(),
        code_version(),
        sys.version,
        *_libraries(),
        *_code(),
        *_stamps(settings),
    ):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def tell_plan(settings: Settings, run: Run) -> None:
    """Print the plan and alert people; each is attempted, whatever became of the other."""
    with run.attempt("print"):
        print_plan(settings, run.as_of)
    with run.attempt("alerts") as step:
        step.row_count = send_alerts(settings, as_of=run.as_of)


def _tell_again(settings: Settings, run: Run) -> None:
    tell_plan(settings, run)
    with run.attempt("digest") as step:
        step.row_count = send_digests(settings, as_of=run.as_of)
    run.raise_problems()


def _is_all_in_sight(settings: Settings) -> bool:
    """Whether no other system has a part in the morning: what it knows leaves no stamp here."""
    is_served = settings.publish_url is not None or bool(settings.orders_url)
    places = (settings.mlflow_store_file, settings.mlflow_artifact_folder)
    has_own_models = all(place is not None for place in places)
    return has_own_models and not is_served


def _note_path(settings: Settings) -> Path:
    return settings.state_dir / "standing"


def _note(settings: Settings, as_of: date) -> None:
    """Write down that a morning stands; where that fails, it is only made again."""
    noted = _note_path(settings)
    try:
        write_whole(noted, fingerprint(settings, as_of).encode())
    except OSError as error:
        logger.warning("%s: %s; run again, this morning is made anew", noted, error.strerror)


def _libraries() -> list[str]:
    installed = Path(sysconfig.get_path("purelib")).glob("*.dist-info")
    return sorted(path.name for path in installed)


def _code() -> Iterator[str]:
    folders = (path for name in CODE for path in (PROJECT_DIR / name).rglob("*"))
    files = (path for path in folders if path.is_file() and path.suffix != ".pyc")
    for path in sorted([*files, *(PROJECT_DIR / name for name in CODE_FILES)]):
        yield f"{path} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def _stamps(settings: Settings) -> Iterator[str]:
    """Size and times of every file that a morning reads or leaves."""
    # A process that was killed leaves what it wrote last beside its database.
    databases = [
        database.with_name(database.name + ending)
        for database, log in (
            (settings.warehouse_path, ".wal"),
            (settings.bi_path, ".wal"),
            (settings.mlflow_store_file, "-wal"),
        )
        if database is not None
        for ending in ("", log)
    ]
    optional = (
        settings.mlflow_artifact_folder,
        settings.arepa_types_file,
        settings.raw_layouts_file,
        settings.orders_layout,
    )
    places = [
        settings.raw_data_dir,
        *databases,
        settings.public_dir,
        settings.reports_dir,
        settings.recipients_file,
        *(path for path in optional if path is not None),
    ]
    for place in places:
        yield from sorted(_stamps_below(place))


def _stamps_below(place: Path) -> Iterator[str]:
    if not place.is_dir():
        yield _stamp(place)
        return
    for folder, _, names in os.walk(place):
        for name in names:
            yield _stamp(Path(folder, name))


def _stamp(path: Path) -> str:
    try:
        return f"{path} {stamp(path)}"
    except OSError as error:
        return f"{path} {error.strerror}"
