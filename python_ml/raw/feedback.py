"""Answers to planned stops: a line for the maintenance log, and the file that it is appended to."""

import csv
import os
import re
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, count
from pathlib import Path
from typing import Any

from python_ml.errors import InputError
from python_ml.files import claim, drop_claim, put_whole, read_claim, writer_name
from python_ml.settings import Settings

FINDINGS = ("fault_found", "nothing_found", "postponed", "not_inspected")
COLUMNS = ("machine_id", "start_time", "end_time", "kind", "finding", "component")
HEADER = ";".join(COLUMNS)
TIME_FORMAT = "%Y-%m-%dT%H:%M:%S"
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}")
LONGEST_NAME = 200
LONGEST_STOP = timedelta(days=31)
# Writing an answer takes milliseconds: whoever holds the lock for so long is dead.
DEAD_AFTER_S = 10.0
LOOK_EVERY_S = 0.02


class UnusableAnswerError(InputError):
    """An answer that cannot be taken.

    Attributes:
        fault: The text of the languages' table `answer_fault` that says so to a kitchen.
        values: What that text names.
    """

    def __init__(self, fault: str, message: str, **values: Any) -> None:  # noqa: ANN401
        super().__init__(message)
        self.fault = fault
        self.values = values


@dataclass(frozen=True)
class Answer:
    """What came of one planned stop.

    Attributes:
        machine_id: The machine that was to be stopped.
        started_at: When the stop began, kitchen-local; its day and the machine name the stop.
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
        UnusableAnswerError: A field is missing or cannot be used; the message names it.
    """
    started_at, ended_at = _time(fields, "start_time"), _time(fields, "end_time")
    if ended_at < started_at:
        raise UnusableAnswerError(
            "end_before_start",
            f"end_time {ended_at} lies before start_time {started_at}; swap them",
        )
    if ended_at - started_at > LONGEST_STOP:
        raise UnusableAnswerError(
            "too_long",
            f"end_time {ended_at} lies more than {LONGEST_STOP.days} days after start_time"
            f" {started_at}; a machine that is down for so long belongs into the maintenance log",
            days=LONGEST_STOP.days,
        )
    finding = fields.get("finding", "").strip()
    if finding not in FINDINGS:
        raise UnusableAnswerError(
            "no_finding", f"finding={finding!r}: answer with one of {', '.join(FINDINGS)}"
        )
    # Blanks belong to a name: a fleet whose exports pad names has no machine without them.
    machine_id = _name(fields, "machine_id", beside_it="\r\n")
    if not machine_id.strip():
        raise UnusableAnswerError(
            "bad_name", "machine_id is empty; name the machine that was to be stopped"
        )
    return Answer(machine_id, started_at, ended_at, finding, _name(fields, "component"))


def check_time_of_answer(answer: Answer, days: tuple[date, date], *, now: datetime) -> None:
    """Check that a stop can have been: that it has ended, and began on days with a plan.

    Args:
        answer: The answer.
        days: The first and last day on which the stop may have begun.
        now: The kitchens' local time.

    Raises:
        UnusableAnswerError: It cannot have been.
    """
    first, last = days
    if answer.ended_at > now:
        raise UnusableAnswerError(
            "end_in_future",
            f"end_time {answer.ended_at} lies in the future (it is {now:%Y-%m-%d %H:%M});"
            " answer when the machine runs again",
        )
    if not first <= answer.started_at.date() <= last:
        raise UnusableAnswerError(
            "not_on_day",
            f"start_time {answer.started_at} is on no day that {answer.machine_id} had a plan for,"
            f" {first} to {last}",
            first=first,
            last=last,
        )


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

    A stop has one answer, for each part that was serviced: a later one takes the place of those
    before it, also where it corrects when the stop began. The file is replaced whole, so that a
    run that reads it meanwhile never sees half a line. One that somebody has saved in another form
    (other columns, not UTF-8) is left as it is, and the next number begun.

    Raises:
        InputError: The folder is missing or cannot be written to.
    """
    folder = settings.raw_data_dir
    month = f"maintenance_events_answers_{answer.started_at:%Y-%m}"
    try:
        with _lock(folder / ".maintenance_events_answers.owner"):
            path, lines = _file_of(folder, month)
            kept = [line for line in lines if not _is_replaced(line, answer)]
            _write_lines(path, [HEADER, *kept, answer_line(answer)])
    except OSError as error:
        raise InputError(
            f"{folder}: the answer cannot be written ({error}); check RAW_DATA_DIR"
        ) from error
    return path.name


def read_answers(settings: Settings, machine_id: str, day: date) -> list[Answer]:
    """Read what was answered to one stop; grain: a serviced part, the newest last."""
    month = f"maintenance_events_answers_{day:%Y-%m}"
    lines = [
        line
        for path in sorted(settings.raw_data_dir.glob(f"{month}*.csv"))
        for line in _read_lines(path) or []
    ]
    answers = (_parse_line(line) for line in lines)
    return [
        answer
        for answer in answers
        if answer and (answer.machine_id, answer.started_at.date()) == (machine_id, day)
    ]


def _file_of(folder: Path, month: str) -> tuple[Path, list[str]]:
    """Find the first file of a month that is ours, with what it says; the next one may be new."""
    numbers = chain([""], (f"_{number}" for number in count(2)))
    paths = (folder / f"{month}{number}.csv" for number in numbers)
    files = ((path, _read_lines(path)) for path in paths)
    return next((path, lines) for path, lines in files if lines is not None)


def _read_lines(path: Path) -> list[str] | None:
    """Read a file's answers; an empty or missing file has none, None where it is not ours."""
    try:
        lines = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except FileNotFoundError:
        return []
    except UnicodeDecodeError:
        return None
    filled = [line for line in lines if line.strip()]
    if filled and filled[0] != HEADER:
        return None
    return filled[1:]


def _write_lines(path: Path, lines: list[str]) -> None:
    content = ("\n".join(lines) + "\n").encode()
    if path.exists() and path.read_bytes() == content:
        return
    with put_whole(path) as unfinished, unfinished.open("wb", buffering=0) as file:
        file.write(content)
        os.fsync(file.fileno())


def _is_replaced(line: str, answer: Answer) -> bool:
    other = _parse_line(line)
    if other is None or other.machine_id != answer.machine_id:
        return False
    if other.started_at != answer.started_at:
        return other.started_at.date() == answer.started_at.date()
    return other.component in {"", answer.component} or not answer.component


def _parse_line(line: str) -> Answer | None:
    """Read a line of our own, whatever it says; None where somebody has made it into none."""
    try:
        machine_id, started, ended, _, finding, component = next(csv.reader([line], delimiter=";"))
        times = (datetime.fromisoformat(started), datetime.fromisoformat(ended))
    except (csv.Error, ValueError):
        return None
    return Answer(machine_id, *times, finding, component)


@contextmanager
def _lock(path: Path) -> Generator[None]:
    """Wait until nobody else writes answers, in whatever process, container or machine."""
    owner = f"{writer_name()} {time.time_ns()}"
    seen, seen_at = None, time.monotonic()
    while not claim(path, owner):
        if (other := read_claim(path)) != seen:
            seen, seen_at = other, time.monotonic()
        elif other is not None and time.monotonic() - seen_at > DEAD_AFTER_S:
            drop_claim(path, other)
        time.sleep(LOOK_EVERY_S)
    try:
        yield
    finally:
        drop_claim(path, owner)


def _time(fields: Mapping[str, str], name: str) -> datetime:
    text = fields.get(name, "").strip()
    try:
        if not TIME.fullmatch(text):
            raise ValueError("not of that form")
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise UnusableAnswerError(
            "bad_time", f"{name}={text!r} is no time: write YYYY-MM-DDTHH:MM:SS"
        ) from error


def _name(fields: Mapping[str, str], name: str, *, beside_it: str | None = None) -> str:
    text = fields.get(name, "").strip(beside_it)
    # One physical line is one row, so a line break cannot be quoted away.
    if not text.isprintable() or len(text) > LONGEST_NAME:
        raise UnusableAnswerError(
            "bad_name",
            f"{name}={text[:LONGEST_NAME]!r}: at most {LONGEST_NAME} characters, on one line",
        )
    return text


def _quoted(field: str) -> str:
    if ";" not in field and '"' not in field:
        return field
    return '"' + field.replace('"', '""') + '"'
