"""Layouts: how exports of other systems become our tables, by RAW_LAYOUTS alone; nothing is read.

`foreign.py` reads a file by its layout. The words of the file are explained in docs/layouts.md.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from python_ml.errors import InputError, shortened

OPTIONAL_COLUMNS = {
    "machines": ("zone", "installed_on"),
    "maintenance_events": ("finding", "component"),
}
TIME_COLUMNS = ("timestamp", "start_time", "end_time", "installed_on")
# Whoever answers a stop here writes these; they are in our own form wherever they lie.
OWN_FILES = "maintenance_events_answers_"
EPOCHS = ("epoch_s", "epoch_ms", "epoch_us", "epoch_ns")  # since 1970, UTC
DAY_COUNTS = ("excel_days", "wincc")
TAG_GROUPS = 2
# Lines that tell of several machines are numbered by line and machine.
MOST_MACHINES = 1000
OFFSET = "offset"  # as a zone: each time says its own


def _zone(name: str) -> str:
    if name == OFFSET:
        return name
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no zone; write it as Europe/Rome, UTC or offset") from error


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no pattern ({error})") from error
    return text


def _listed(given: Any) -> Any:  # noqa: ANN401  (pydantic says what is no list of texts)
    return [given] if isinstance(given, str) else given


def _column(given: Any) -> Any:  # noqa: ANN401
    return {"from": given} if isinstance(given, str) else given


Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Pattern = Annotated[str, BeforeValidator(_pattern)]


class Words(BaseModel):
    """A table of the file with these words and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(Words):
    """Where the text of one of our columns comes from, and what becomes of it, in this order.

    Attributes:
        source: The foreign columns, joined by `joined`; none for a constant.
        constant: The same text in each row.
        pattern: A regular expression whose first group is taken.
        map: What becomes of each text; `*` is for all that have no entry.
        format: How times are written, as strptime has it, or `epoch_s` and its like, `excel_days`
            or `wincc`: days since 1899-12-30, and millionths of them.
        zone: Of which zone times are, or `offset`; none: the kitchens' own.
    """

    source: Texts = Field((), alias="from")
    joined: str = "-"
    constant: str = ""
    pattern: Pattern = ""
    map: dict[str, str] = {}
    format: Texts = ()
    zone: Annotated[str, BeforeValidator(_zone)] | None = None


Columns = dict[str, Annotated[Column, BeforeValidator(_column)]]


class Tags(Words):
    """One row a tag and time: whose tag it is, and of which of our columns.

    Attributes:
        source: The foreign column that names the tag.
        value: The one that holds its value.
        pattern: Finds the machine (first group) and the tag's own name (second) in it.
        columns: Our column by the tag's own name.
        align_seconds: Times are cut to multiples of this, where tags come a little apart.
    """

    source: str = Field(alias="from")
    value: str
    pattern: Pattern
    columns: dict[str, str]
    align_seconds: Annotated[int, Field(ge=0, le=3600)] = 0


class Layout(Words):
    """How the files of one kind become one of the five tables.

    Attributes:
        name: Its name in RAW_LAYOUTS.
        kitchen_zone: The zone that the kitchens' clocks show.
        table: Ours.
        files: Patterns of paths below RAW_DATA_DIR, letter case aside.
        header: Whether the first line that is not skipped names the columns.
        names: The columns' names where it does not.
        skip_lines: Lines before the header.
        skip_after_header: Lines after it that are no data, of units for instance.
        comment: What lines begin with that are no data.
        quoted_line_feeds: Whether a quoted field may hold line feeds.
        no_value: Texts that mean that there is none.
        only: Patterns by foreign column: lines where one does not match are no data.
        columns: Our columns.
        machines: For files with all machines in a line: by machine, the foreign column of each
            of ours.
        tags: For files with one tag a line.
    """

    name: str
    kitchen_zone: str | None = None
    table: Literal[
        "cooking_metrics", "batch_registry", "faulty_intervals", "machines", "maintenance_events"
    ]
    files: Texts
    separator: Annotated[str, Field(min_length=1, max_length=1)] = ";"
    encoding: Literal["utf-8", "utf-16", "windows-1252"] = "utf-8"
    header: bool = True
    names: Texts = ()
    skip_lines: Annotated[int, Field(ge=0, le=1000)] = 0
    skip_after_header: Annotated[int, Field(ge=0, le=1000)] = 0
    comment: str = ""
    quoted_line_feeds: bool = False
    decimal: Literal[".", ","] = "."
    thousands: Annotated[str, Field(max_length=1)] = ""
    no_value: Texts = ()
    only: dict[str, Pattern] = {}
    columns: Columns = {}
    machines: dict[str, dict[str, str]] = {}
    tags: Tags | None = None

    def fits(self, source_file: str) -> bool:
        """Say whether it is of a file, by its path below RAW_DATA_DIR."""
        path = source_file.lower()
        is_own = path.rpartition("/")[2].startswith(OWN_FILES)
        return not is_own and any(fnmatch(path, pattern.lower()) for pattern in self.files)

    @property
    def our_columns(self) -> tuple[str, ...]:
        """Name the columns that it makes."""
        names = dict.fromkeys(self.columns)
        for of_machine in self.machines.values():
            names |= dict.fromkeys(("machine_id", *of_machine))
        if self.tags is not None:
            names |= dict.fromkeys(("machine_id", *self.tags.columns.values()))
        return tuple(names)

    @property
    def fingerprint(self) -> str:
        """Fingerprint all it says: a file that was read by another is read anew."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


def read_layouts(
    path: Path | None, required: Mapping[str, tuple[str, ...]], kitchen_zone: str | None
) -> tuple[Layout, ...]:
    """Read the layouts; none without a file.

    Args:
        path: The file of RAW_LAYOUTS.
        required: Columns that each table must have.
        kitchen_zone: The zone that the kitchens' clocks show, if it is set.

    Raises:
        InputError: The file cannot be used; one line for each thing that is wrong.
    """
    if path is None:
        return ()
    told = f"RAW_LAYOUTS={path}"
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{told}: cannot be read ({error}); see docs/layouts.md") from error
    if not tables or not all(isinstance(words, dict) for words in tables.values()):
        raise InputError(f"{told}: write one table [name] for each layout; see docs/layouts.md")
    layouts, problems = [], []
    for name, words in tables.items():
        try:
            layout = Layout(**(words | {"name": name, "kitchen_zone": kitchen_zone}))
        except ValidationError as error:
            problems += [f"{name}{_say(fault)}" for fault in error.errors()]
        else:
            problems += [f"{name}: {what}" for what in _faults(layout, required[layout.table])]
            layouts.append(layout)
    if problems:
        raise InputError(*(f"{told}: {problem}" for problem in problems))
    return tuple(layouts)


def layout_of(source_file: str, layouts: tuple[Layout, ...]) -> Layout | None:
    """Find the layout of a file; None where it is in our own form, or none of ours.

    Raises:
        InputError: Two fit.
    """
    fitting = [layout for layout in layouts if layout.fits(source_file)]
    if len(fitting) > 1:
        names = " and ".join(layout.name for layout in fitting)
        raise InputError(f"{source_file}: the layouts {names} both fit it; narrow their `files`")
    return fitting[0] if fitting else None


def _say(fault: Any) -> str:  # noqa: ANN401  (pydantic's own)
    where = "".join(f".{part}" for part in fault["loc"])
    what = "no such word" if fault["type"] == "extra_forbidden" else fault["msg"]
    return shortened(f"{where}: {what.removeprefix('Value error, ')}; see docs/layouts.md")


def _faults(layout: Layout, required: tuple[str, ...]) -> list[str]:
    """What is wrong with a layout as a whole."""
    ours = layout.our_columns
    known = {*required, *OPTIONAL_COLUMNS.get(layout.table, ())}
    faults = [f"{layout.table} has no column {column}" for column in sorted({*ours} - known)]
    if missing := [column for column in required if column not in ours]:
        faults.append(
            f"{layout.table} needs {', '.join(missing)}; say where it comes from, or write a"
            " constant"
        )
    if layout.header == bool(layout.names):
        faults.append("write names where header = false, and only there")
    if layout.thousands == layout.decimal:
        faults.append(f"decimal and thousands are both {layout.decimal!r}; correct one")
    faults += _faults_of_shape(layout)
    for name, column in layout.columns.items():
        faults += [f"column {name}{what}" for what in _faults_of_column(name, column, layout)]
    return faults


def _faults_of_shape(layout: Layout) -> Iterator[str]:
    """What is wrong with lines that tell of several machines, or of one tag."""
    if (layout.tags or layout.machines) and layout.table != "cooking_metrics":
        yield f"tags and machines are for cooking_metrics, not for {layout.table}"
    if len(layout.machines) > MOST_MACHINES:
        yield f"{len(layout.machines)} machines in a line are too many, {MOST_MACHINES} is the most"
    if layout.tags and layout.machines:
        yield "write tags or machines, not both"
    if layout.tags and re.compile(layout.tags.pattern).groups != TAG_GROUPS:
        yield "tags.pattern needs two groups, the machine and the tag's own name"
    if layout.tags and "timestamp" not in layout.columns:
        yield "tags need columns.timestamp"


def _faults_of_column(name: str, column: Column, layout: Layout) -> Iterator[str]:
    if bool(column.source) == bool("constant" in column.model_fields_set):
        yield ": write either from or constant"
    if column.pattern and re.compile(column.pattern).groups != 1:
        yield ": its pattern needs one group, which is taken"
    if (column.format or column.zone) and name not in TIME_COLUMNS:
        yield " is no time: format and zone are for times"
    if len(column.format) > 1 and {*column.format} & {*EPOCHS, *DAY_COUNTS}:
        yield ": a format that counts from a day stands alone"
    if (column.zone or {*column.format} & {*EPOCHS}) and not layout.kitchen_zone:
        yield " has times of another zone; set TZ to the kitchens', for instance America/Bogota"
