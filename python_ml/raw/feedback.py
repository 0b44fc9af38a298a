"""Answers to planned stops: a line for the maintenance log, and the file that it is appended to."""

import fcntl
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from python_ml.errors import InputError
from python_ml.settings import Settings

FINDINGS = ("fault_found", "nothing_found", "postponed", "not_inspected")
HEADER = "machine_id;start_time;end_time;kind;finding;component"
TIME_FORMAT = "%Y-%m-%dT%H:%M:%S"
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}")
LONGEST_NAME = 200


@dataclass(frozen=True)
class Answer:
    """What came of one planned stop.

    Attributes:
        machine_id: The machine that was to be stopped.
        started_at: When the stop began, kitchen-local; with the machine it names the stop, so
            that a second answer takes the place of the first.
        ended_at: When it ended. An answer always has an end: an open stop means "still down".
        finding: One of `FINDINGS`. `postponed` and `not_inspected` say that nobody touched the
            machine, so they are no stop for the labels and features.
        component: The part serviced, empty if none.
    """

    machine_id: str
    started_at: datetime
    ended_at: datetime
    finding: str
    component: str = ""


def parse_answer(fields: Mapping[str, str]) -> Answer:
    """Check an answer as a form or a command gives it.

    Args:
        fields: `machine_id`, `start_time`, `end_time` (as the raw files write times), `finding`,
            and optionally `component`.

    Raises:
        InputError: A field is missing or cannot be used; the message names it.
    """
    started_at, ended_at = _time(fields, "start_time"), _time(fields, "end_time")
    if ended_at < started_at:
        raise InputError(f"end_time {ended_at} lies before start_time {started_at}; swap them")
    finding = fields.get("finding", "").strip()
    if finding not in FINDINGS:
        raise InputError(f"finding={finding!r}: answer with one of {', '.join(FINDINGS)}")
    machine_id = _name(fields, "machine_id")
    if not machine_id:
        raise InputError("machine_id is empty; name the machine that was to be stopped")
    return Answer(machine_id, started_at, ended_at, finding, _name(fields, "component"))


def answer_line(answer: Answer) -> str:
    """Write an answer as one line of the maintenance log, without line end."""
    fields = (
        answer.machine_id,
        answer.started_at.strftime(TIME_FORMAT),
        answer.ended_at.strftime(TIME_FORMAT),
        "planned",
        answer.finding,
        answer.component,
    )
    return ";".join(_quoted(field) for field in fields)


def append_answer(settings: Settings, answer: Answer) -> str:
    """Append an answer to the answers of its month in the raw folder; returns the file's name.

    The file is replaced whole, so that a run that reads it meanwhile never sees half a line; a
    line that is there already is not written twice.

    Raises:
        InputError: The folder is missing or cannot be written to.
    """
    folder = settings.raw_data_dir
    path = folder / f"maintenance_events_answers_{answer.started_at:%Y-%m}.csv"
    # Hidden names are no raw files: the loader goes by how a name starts.
    unfinished = folder / f".{path.name}.{os.getpid()}"
    line = answer_line(answer)
    try:
        with (folder / ".maintenance_events_answers.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else [HEADER]
            if lines[-1] == line:
                return path.name
            with unfinished.open("w", encoding="utf-8", newline="\n") as file:
                file.write("\n".join([*lines, line]) + "\n")
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
    except OSError as error:
        raise InputError(
            f"{path}: the answer cannot be written ({error}); check RAW_DATA_DIR"
        ) from error
    return path.name


def _time(fields: Mapping[str, str], name: str) -> datetime:
    text = fields.get(name, "").strip()
    try:
        if not TIME.fullmatch(text):
            raise ValueError("not of that form")
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{name}={text!r} is no time: write YYYY-MM-DDTHH:MM:SS") from error


def _name(fields: Mapping[str, str], name: str) -> str:
    text = fields.get(name, "").strip()
    # One physical line is one row, so a line break cannot be quoted away.
    if not text.isprintable() or len(text) > LONGEST_NAME:
        raise InputError(
            f"{name}={text[:LONGEST_NAME]!r}: at most {LONGEST_NAME} characters, on one line"
        )
    return text


def _quoted(field: str) -> str:
    if ";" not in field and '"' not in field:
        return field
    return '"' + field.replace('"', '""') + '"'
