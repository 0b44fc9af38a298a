"""Random raw files with every kind of dirt, and an independent reading of them.

The reader here shares nothing with the project: no DuckDB, no dbt, only the standard library and
pandas, written from the contract.
"""

import csv
import gzip
import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pandas as pd

FIRST_DAY = datetime(2026, 3, 1)
DAYS = 12
MACHINES = ("m1", "m2", "m3", 'm"4', "m;5")
TYPES = ("a1", "a2", "á3")
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?")
NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?", re.ASCII)
DIRTY_LINES = (
    "{time};m1",
    "{time};m1;b1;0,5;0,5;0,5;7;8",
    "not a time;m1;b1;0,5;0,5",
    "2026-02-30T10:00:00;m1;b1;0,5;0,5",
    "2026-03-02T24:00:00;m1;b1;0,5;0,5",
    "2026-03-02;m1;b1;0,5;0,5",
    "{time}Z;m1;b1;0,5;0,5",
    "{time};m1;b1;nan;0,5",
    "{time};m1;b1;inf;0,5",
    "{time};m1;b1;1_000;0,5",
    "{time};m1;b1;0x10;0,5",
    "{time};m1;b1;1.234,5;0,5",
    "{time};m1;b1;;0,5",
    "{time};;b1;0,5;0,5",
    "{time};m1;;0,5;0,5",
    "{time};m1;b1;1e12;0,5",
    "{time};m1;nobody;0,5;0,5",
    "{time};nobody;b1;0,5;0,5",
    '{time};"m1;b1;0,5;0,5',
    '{time};"m1"x;b1;0,5;0,5',
    "2999-01-01T00:00:00;m1;b1;0,5;0,5",
    "timestamp;machine_id;batch_id;metric_1;metric_2",
    "{time};m1;b1;\x00;0,5",
    "   ",
    ";;;;",
    "'; drop table x; --",
    "<script>alert(1)</script>",
    "x" * 100_000,
)
INVALID_UTF8 = b"2026-03-02T10:00:00;m\xff1;b1;0,5;0,5"


@dataclass(frozen=True)
class Readings:
    """What an independent reader makes of a folder.

    Attributes:
        kept: One row per kept reading: measured_at, machine_id, batch_id, metric_1, metric_2.
        ledger: By file: lines read, kept, duplicate, quarantined.
        rejected: (file, line) to reason.
    """

    kept: pd.DataFrame
    ledger: dict[str, tuple[int, int, int, int]]
    rejected: dict[tuple[str, int], str]
    types: dict[str, str]
    intervals: list[tuple[str, datetime, datetime]]


def write_dirty_files(random: Random, folder: Path) -> None:
    """Write raw files with dirt of every kind into a folder."""
    batches = [f"b{number}" for number in range(40)]
    registry = [[batch, random.choice(TYPES)] for batch in batches if random.random() < 0.95]
    registry += random.sample(registry, 3)
    _write(random, folder / "batch_registry.csv", ["batch_id", "arepa_type"], registry)
    intervals = [_interval(random) for _ in range(random.randrange(12))]
    _write(
        random,
        folder / "faulty_intervals.csv",
        ["machine_id", "start_time", "end_time"],
        [[machine, start.isoformat(), end.isoformat()] for machine, start, end in intervals],
    )
    machines = [[machine, "k1", "1"] for machine in MACHINES if random.random() < 0.9]
    if random.random() < 0.7:
        _write(
            random,
            folder / "machines.csv",
            ["machine_id", "kitchen_id", "phase"],
            machines or [["m1", "k1", "1"]],
        )
    if random.random() < 0.7:
        _write(
            random,
            folder / "maintenance_events.csv",
            ["machine_id", "start_time", "end_time", "kind", "component"],
            [_event(random) for _ in range(random.randrange(12))],
        )
    readings = [_reading(random, batches, intervals) for _ in range(random.randrange(50, 400))]
    for number in range(random.randrange(1, 6)):
        rows = [row for row in readings if random.random() < 0.4] or readings[:1]
        rows += random.sample(rows, min(2, len(rows)))
        suffix = random.choice([".csv", ".csv", ".csv.gz", ".parquet"])
        path = (
            folder / random.choice(["", "k1/", "k1/2026-03/"]) / f"cooking_metrics_{number}{suffix}"
        )
        if suffix == ".parquet":
            _write_parquet(path, rows)
        else:
            columns = ["timestamp", "machine_id", "batch_id", "metric_1", "metric_2"]
            _write(random, path, columns, rows, dirty=True)


def _interval(random: Random) -> tuple[str, datetime, datetime]:
    start = FIRST_DAY + timedelta(seconds=random.randrange(DAYS * 86400))
    hours = random.choice([0, 1, 5, 30])
    return random.choice(MACHINES), start, start + timedelta(hours=hours)


def _event(random: Random) -> list[str]:
    machine, start, end = _interval(random)
    kind = random.choice(["planned", "breakdown", "exploded"])
    end_text = random.choice([end.isoformat(), end.isoformat(), ""])
    return [machine, start.isoformat(), end_text, kind, random.choice(["", "belt", "pump"])]


def _reading(random: Random, batches: list[str], intervals: list) -> list[str]:
    at = FIRST_DAY + timedelta(seconds=random.randrange(DAYS * 86400))
    machine = random.choice(MACHINES)
    if intervals and random.random() < 0.2:
        machine, *ends = random.choice(intervals)
        at = random.choice(ends) + timedelta(seconds=random.choice([-1, 0, 1]))
    metrics = [f"{random.uniform(-5, 500):.{random.randrange(1, 9)}f}" for _ in range(2)]
    return [at.isoformat(), machine, random.choice(batches), *metrics]


def _write(
    random: Random, path: Path, columns: list[str], rows: list[list[str]], *, dirty: bool = False
) -> None:
    mark = random.choice([",", "."])
    is_widened = dirty and random.random() < 0.3
    order = random.sample(range(len(columns)), len(columns)) if not dirty else range(len(columns))
    header = [columns[i] for i in order] + (["note"] if is_widened else [])
    lines = [";".join(header).encode()]
    for row in rows:
        cells = [row[i].replace(".", mark) if i > 2 else row[i] for i in order]
        cells += ["a note"] if is_widened else []
        lines.append(";".join(_quote(cell) for cell in cells).encode())
    if dirty:
        for template in random.sample(DIRTY_LINES, random.randrange(8)):
            time = FIRST_DAY + timedelta(seconds=random.randrange(DAYS * 86400))
            line = template.replace("{time}", time.isoformat()).encode()
            lines.insert(random.randrange(1, len(lines) + 1), line)
        if random.random() < 0.3:
            lines.insert(random.randrange(1, len(lines) + 1), INVALID_UTF8)
        if random.random() < 0.3:
            lines.insert(random.randrange(1, len(lines) + 1), b"")
    end = random.choice([b"\n", b"\r\n"])
    content = random.choice([b"", b"\xef\xbb\xbf"]) + end.join(lines) + random.choice([b"", end])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def _quote(cell: str) -> str:
    needs_quotes = ";" in cell or cell.startswith('"')
    return '"' + cell.replace('"', '""') + '"' if needs_quotes else cell


def _write_parquet(path: Path, rows: list[list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame(
        rows, columns=["timestamp", "machine_id", "batch_id", "metric_1", "metric_2"]
    ).astype({"timestamp": "datetime64[us]", "metric_1": float, "metric_2": float})
    frame.to_parquet(path, index=False)


def read_independently(folder: Path) -> Readings:
    """Read a folder of raw files as the contract says, with plain Python."""
    types = dict(_fields(folder, "batch_registry", ["batch_id", "arepa_type"]))
    machines = {row[0] for row in _fields(folder, "machines", ["machine_id"])}
    intervals = [
        (machine, datetime.fromisoformat(start), datetime.fromisoformat(end))
        for machine, start, end in _fields(
            folder, "faulty_intervals", ["machine_id", "start_time", "end_time"]
        )
        if not machines or machine in machines
    ]
    seen: set[tuple] = set()
    kept, ledger, rejected = [], {}, {}
    for path in sorted(
        folder.rglob("cooking_metrics*"), key=lambda p: p.relative_to(folder).as_posix()
    ):
        name = path.relative_to(folder).as_posix()
        counts: Counter[str] = Counter()
        for number, row in _metrics_rows(path):
            counts["read"] += 1
            reason = row if isinstance(row, str) else None
            if reason is None and row in seen:
                counts["duplicate"] += 1
                continue
            if reason is None:
                seen.add(row)
                reason = _registration_problem(row, types, machines)
            if reason is not None:
                counts["quarantined"] += 1
                rejected[name, number] = reason
            else:
                counts["kept"] += 1
                kept.append(row)
        ledger[name] = (counts["read"], counts["kept"], counts["duplicate"], counts["quarantined"])
    columns = ["measured_at", "machine_id", "batch_id", "metric_1", "metric_2"]
    return Readings(pd.DataFrame(kept, columns=columns), ledger, rejected, types, intervals)


def _registration_problem(row: tuple, types: dict[str, str], machines: set[str]) -> str | None:
    if row[2] not in types:
        return "unknown_batch"
    return "unknown_machine" if machines and row[1] not in machines else None


def _metrics_rows(path: Path) -> Iterable[tuple[int, tuple | str]]:
    if path.suffix == ".parquet":
        for number, row in enumerate(pd.read_parquet(path).itertuples(index=False), start=1):
            yield number, (row[0].to_pydatetime(), *row[1:])
        return
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    header = lines[0].decode().rstrip("\r").split(";")
    for number, line in enumerate(lines[1:], start=2):
        if line := line.rstrip(b"\r"):
            yield number, _metrics_row(line, header)


def _metrics_row(line: bytes, header: list[str]) -> tuple | str:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return "bad_encoding"
    if "\0" in text:
        return "bad_encoding"
    try:
        cells = next(csv.reader([text], delimiter=";", strict=True))
    except csv.Error:
        return "broken_quotes"
    if len(cells) != len(header):
        return "missing_field" if len(cells) < len(header) else "extra_field"
    row = dict(zip(header, cells, strict=True))
    time, machine, batch = row["timestamp"], row["machine_id"], row["batch_id"]
    numbers = [row["metric_1"], row["metric_2"]]
    if "" in (time, machine, batch, *numbers):
        return "missing_field"
    try:
        at = datetime.fromisoformat(time) if TIME.fullmatch(time) else None
    except ValueError:
        at = None
    if at is None or time[11:13] == "24":
        return "bad_timestamp"
    if not all(NUMBER.fullmatch(number) for number in numbers):
        return "not_a_number"
    values = [float(number.replace(",", ".")) for number in numbers]
    if any(math.fabs(value) > 1e9 for value in values):
        return "out_of_range"
    return "future_timestamp" if at.year > 2900 else (at, machine, batch, *values)


def _fields(folder: Path, table: str, columns: list[str]) -> list[list[str]]:
    rows = []
    for path in sorted(folder.rglob(f"{table}*")):
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        cells = list(csv.reader(lines, delimiter=";"))
        rows += [[row[cells[0].index(column)] for column in columns] for row in cells[1:] if row]
    return rows


def hourly_means(readings: Readings) -> pd.DataFrame:
    """Average the reliable readings by hour with plain pandas."""
    kept = readings.kept
    is_faulty = pd.Series(False, index=kept.index)
    for machine, start, end in readings.intervals:
        is_faulty |= (
            (kept["machine_id"] == machine)
            & (kept["measured_at"] >= start)
            & (kept["measured_at"] <= end)
        )
    reliable = kept[~is_faulty]
    return (
        reliable.assign(
            date=reliable["measured_at"].dt.strftime("%Y-%m-%d"),
            hour=reliable["measured_at"].dt.hour,
            arepa_type=reliable["batch_id"].map(readings.types),
        )
        .groupby(["date", "hour", "machine_id", "arepa_type"])[["metric_1", "metric_2"]]
        .mean()
        .reset_index()
    )
