"""The seeds that plans rest on, their numbers and keys looked through before an engine reads them.

The engines differ in what they make of a cell that is no value of its column: of 2.5 technicians
DuckDB makes 3 and Spark 2, and `nan` costs nothing on either.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from python_ml.errors import InputError

USUAL = "default"  # whose row counts for each kitchen that has none
# Optional columns of the seed technician_slots: a weekday's own slots, Monday first.
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WHOLE = re.compile(r"\+?[0-9]+(\.0*)?")
DECIMAL = re.compile(r"\+?[0-9]*\.?[0-9]+([eE][+-]?[0-9]+)?|\+?[0-9]+\.")


@dataclass(frozen=True)
class Number:
    """What the cells of a column are to be: numbers between two limits, both included.

    Attributes:
        low: The least.
        high: The greatest.
        is_whole: Whether there is nothing between whole numbers.
        may_be_empty: Whether a cell may say nothing, and the column be missing.
    """

    low: int
    high: int
    is_whole: bool = True
    may_be_empty: bool = False

    def __str__(self) -> str:
        """Name it as one would be asked to write it."""
        return f"a {'whole ' if self.is_whole else ''}number from {self.low} to {self.high}"

    def holds(self, text: str) -> bool:
        """Say whether a cell can be meant."""
        if not text:
            return self.may_be_empty
        is_written = (WHOLE if self.is_whole else DECIMAL).fullmatch(text)
        return bool(is_written) and self.low <= float(text) <= self.high


@dataclass(frozen=True)
class Flag:
    """What the cells of a column are to be: yes or no, as both engines read it; empty is no."""

    may_be_empty: bool = False

    def __str__(self) -> str:
        """Name it as one would be asked to write it."""
        return "true or false"

    def holds(self, text: str) -> bool:
        """Say whether a cell can be meant."""
        return text.lower() in {"", "true", "false", "t", "f", "yes", "no", "y", "n", "1", "0"}


AMOUNT = Number(0, 10**12, is_whole=False)
SLOTS = Number(0, 1_000_000)
COLUMNS: Mapping[str, Mapping[str, Number | Flag]] = {
    "maintenance_costs": {
        "phase": Number(1, 3),
        "breakdown_cost": AMOUNT,
        "planned_stop_cost": AMOUNT,
        "false_stop_cost": AMOUNT,
    },
    "technician_slots": {
        "technician_slots": SLOTS,
        **dict.fromkeys(WEEKDAYS, Number(SLOTS.low, SLOTS.high, may_be_empty=True)),
    },
    "arepa_types": {"is_modelled": Flag()},
}
# What names a row of each seed: written, and once.
KEYS = {
    "maintenance_costs": ("phase",),
    "technician_slots": ("kitchen_id",),
    "arepa_types": ("arepa_type",),
    "metrics": ("metric",),
    "recipients": ("kitchen_id", "recipient"),
}


def check_seeds(folder: Path) -> None:
    """Look through the seeds' numbers and keys.

    Raises:
        InputError: Cells that cannot be meant, rows that are missing or there twice; each line
            names file, row, column and value.
    """
    problems: list[str] = []
    for seed, key in KEYS.items():
        path = folder / f"{seed}.csv"
        problems += _find_problems(path, COLUMNS.get(seed, {}))
        problems += _find_key_problems(path, key)
    slots = folder / "technician_slots.csv"
    if slots.exists() and not any(row.get("kitchen_id") == USUAL for _, row in _read_rows(slots)):
        problems.append(
            f"seeds/{slots.name}: the row {USUAL} is missing;"
            " add it for kitchens that are not named"
        )
    if problems:
        raise InputError(*problems)


def read_kitchens_with_slots(folder: Path) -> list[str]:
    """Read which kitchens have technicians of their own, as they are written."""
    rows = (row for _, row in _read_rows(folder / "technician_slots.csv"))
    return [row["kitchen_id"] for row in rows if row.get("kitchen_id") not in {None, USUAL}]


def _find_problems(path: Path, columns: Mapping[str, Number | Flag]) -> Iterator[str]:
    place = f"seeds/{path.name}"
    for number, row in _read_rows(path):
        for column, expected in columns.items():
            text = row.get(column)
            if text is None and not expected.may_be_empty:
                yield f"{place}: line {number}: {column} is missing, write {expected}"
            elif not expected.holds(text or ""):
                yield f"{place}: line {number}: {column}={text!r}: write {expected}"


def _find_key_problems(path: Path, key: Sequence[str]) -> Iterator[str]:
    first_line: dict[tuple[str, ...], int] = {}
    for number, row in _read_rows(path):
        cells = tuple(row.get(column, "") for column in key)
        place = f"seeds/{path.name}: line {number}"
        if "" in cells:
            column = key[cells.index("")]
            if column not in COLUMNS.get(path.stem, {}):  # of those it is told
                yield f"{place}: {column} is empty; write it, or take the line out"
        elif (first := first_line.setdefault(cells, number)) != number:
            yield f"{place}: {', '.join(cells)} stands on line {first}, too; keep one of them"


def _read_rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Read a seed's rows, each with the number of its line; dbt says it where a file is missing."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            return [
                (
                    reader.line_num,
                    {
                        name.strip().lower(): text.strip()
                        for name, text in row.items()
                        if isinstance(name, str) and isinstance(text, str)
                    },
                )
                for row in reader
            ]
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read ({error}); write it as UTF-8 text") from error
