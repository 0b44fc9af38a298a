"""Random raw files with every kind of dirt, and an independent reading of them.

The reader here shares nothing with the project: no DuckDB, no dbt, only the standard library and
pandas, written from the contract.
"""

import csv
import gzip
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
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
DIRTY_LINES_OF_LISTS = (
    "m1",
    "m1;b1;c1;d1;e1;f1;g1",
    ";;",
    ";;;;",
    "   ",
    '"m1;b1',
    '"m1"x;b1;1',
    "m\x001;a1;1",
    "'; drop table x; --",
    "<script>alert(1)</script>",
    "x" * 100_000,
    "b1;a1",
    "b1;a2",
    "m1;k9;4",
    "m1;2026-03-02T10:00:00;2026-03-02T09:00:00",
    "m1;2026-03-02T10:00:00;soon",
    "nobody;2026-03-02T10:00:00;2026-03-02T11:00:00",
    "m1;2026-03-02T10:00:00;;breakdown;belt",
    "m1;2026-03-02T10:00:00;2026-03-02T09:00:00;planned;belt",
    "m1;;;planned;belt",
    "nobody;2026-03-02T10:00:00;;planned;belt",
    "m1;2999-03-02T10:00:00;;breakdown;belt",
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
            _write(random, path, columns, rows)


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


def _write(random: Random, path: Path, columns: list[str], rows: list[list[str]]) -> None:
    is_metrics = path.name.startswith("cooking_metrics")
    dirt = DIRTY_LINES if is_metrics else (*DIRTY_LINES_OF_LISTS, ";".join(columns))
    mark = random.choice([",", "."])
    is_widened = random.random() < 0.3
    is_shuffled = not is_metrics and random.random() < 0.5
    order = random.sample(range(len(columns)), len(columns)) if is_shuffled else range(len(columns))
    header = [columns[i] for i in order] + (["note"] if is_widened else [])
    lines = [";".join(header).encode()]
    for row in rows:
        cells = [row[i].replace(".", mark) if i > 2 else row[i] for i in order]
        cells += ["a note"] if is_widened else []
        lines.append(";".join(_quote(cell) for cell in cells).encode())
    for template in random.sample(dirt, random.randrange(8)):
        time = FIRST_DAY + timedelta(seconds=random.randrange(DAYS * 86400))
        line = template.replace("{time}", time.isoformat()).encode()
        lines.insert(random.randrange(1, len(lines) + 1), line)
    if random.random() < 0.3:
        lines.insert(random.randrange(1, len(lines) + 1), INVALID_UTF8)
    if random.random() < 0.3:
        lines.insert(random.randrange(1, len(lines) + 1), b"")
    if len(lines) > 1 and random.random() < 0.2:
        lines[-1] = lines[-1][: len(lines[-1]) // 2]
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
    lists = read_lists(folder)
    types = {batch: arepa_type for batch, arepa_type in lists.kept["batch_registry"]}
    machines = (
        {machine for machine, *_ in lists.kept["machines"]}
        if any(folder.rglob("machines*"))
        else None
    )
    intervals = [
        (machine, datetime.fromisoformat(start), datetime.fromisoformat(end))
        for machine, start, end in lists.kept["faulty_intervals"]
    ]
    seen: set[tuple] = set()
    kept, ledger, rejected = [], dict(lists.ledger), dict(lists.rejected)
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


def _registration_problem(
    row: tuple, types: dict[str, str], machines: set[str] | None
) -> str | None:
    if row[2] not in types:
        return "unknown_batch"
    return "unknown_machine" if machines is not None and row[1] not in machines else None


def _metrics_rows(path: Path) -> Iterable[tuple[int, tuple | str]]:
    if path.suffix == ".parquet":
        for number, row in enumerate(pd.read_parquet(path).itertuples(index=False), start=1):
            yield number, (row[0].to_pydatetime(), *row[1:])
        return
    for number, row in _rows(path):
        yield number, row if isinstance(row, str) else _metrics_row(row)


def _rows(path: Path) -> Iterable[tuple[int, dict[str, str] | str]]:
    """Split a text file into rows by column name; a line that is none comes as its reason."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    header = lines[0].decode().rstrip("\r").split(";")
    for number, line in enumerate(lines[1:], start=2):
        if line := line.rstrip(b"\r"):
            yield number, _row(line, header)


def _row(line: bytes, header: list[str]) -> dict[str, str] | str:
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
    return dict(zip(header, cells, strict=True))


def _metrics_row(row: dict[str, str]) -> tuple | str:
    time, machine, batch = row["timestamp"], row["machine_id"], row["batch_id"]
    numbers = [row["metric_1"], row["metric_2"]]
    if "" in (time, machine, batch, *numbers):
        return "missing_field"
    at = _time(time)
    if at is None:
        return "bad_timestamp"
    if not all(NUMBER.fullmatch(number) for number in numbers):
        return "not_a_number"
    values = [float(number.replace(",", ".")) for number in numbers]
    if any(math.fabs(value) > 1e9 for value in values):
        return "out_of_range"
    return "future_timestamp" if at.year > 2900 else (at, machine, batch, *values)


def _time(text: str) -> datetime | None:
    if not TIME.fullmatch(text) or text[11:13] == "24":
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Lists:
    """What an independent reader makes of the four tables beside the readings, a file each."""

    kept: dict[str, list[tuple[str, ...]]]
    ledger: dict[str, tuple[int, int, int, int]]
    rejected: dict[tuple[str, int], str]


def read_lists(folder: Path) -> Lists:
    """Read machines, registry, intervals and events as the contract says."""
    lists = Lists({}, {}, {})
    known: set[str] | None = None
    for table, reader in LIST_READERS.items():
        lists.kept[table] = []
        for path in folder.rglob(f"{table}*"):
            _read_list(lists, table, path, reader, known)
        if table == "machines" and list(folder.rglob("machines*")):
            known = {machine for machine, *_ in lists.kept["machines"]}
    return lists


def _read_list(
    lists: Lists, table: str, path: Path, reader: Callable, known: set[str] | None
) -> None:
    """The last row of a key is kept; a batch's earlier rows of another type are in conflict."""
    winners: dict[tuple, tuple[tuple, int]] = {}
    rows: dict[int, tuple[tuple, tuple]] = {}
    rejected: dict[int, str] = {}
    line_count = 0
    for number, row in _rows(path):
        line_count += 1
        read = row if isinstance(row, str) else reader(row)
        if not isinstance(read, str) and table not in ("machines", "batch_registry"):
            read = "unknown_machine" if known is not None and read[0][0] not in known else read
        if isinstance(read, str):
            rejected[number] = read
            continue
        key, fullness, values = read
        rows[number] = (key, values)
        winners[key] = max(winners.get(key, ((), 0)), (fullness, number))
    for number, (key, values) in rows.items():
        winner = rows[winners[key][1]][1]
        if number == winners[key][1]:
            lists.kept[table].append(values)
        elif table == "batch_registry" and values != winner:
            rejected[number] = "conflicting_batch"
    kept = len(winners)
    duplicate = line_count - kept - len(rejected)
    lists.ledger[path.name] = (line_count, kept, duplicate, len(rejected))
    lists.rejected.update({(path.name, number): reason for number, reason in rejected.items()})


Read = tuple[tuple, tuple, tuple[str, ...]] | str


def _read_machine(row: dict[str, str]) -> Read:
    machine, kitchen, phase = row["machine_id"], row["kitchen_id"], row["phase"]
    if "" in (machine, kitchen, phase):
        return "missing_field"
    return ((machine,), (), (machine,)) if phase in {"1", "2", "3"} else "unknown_phase"


def _read_batch(row: dict[str, str]) -> Read:
    batch, arepa_type = row["batch_id"], row["arepa_type"]
    if "" in (batch, arepa_type):
        return "missing_field"
    if (batch, arepa_type) == ("batch_id", "arepa_type"):
        return "repeated_header"
    return (batch,), (), (batch, arepa_type)


def _read_interval(row: dict[str, str]) -> Read:
    machine, start, end = row["machine_id"], row["start_time"], row["end_time"]
    if "" in (machine, start, end):
        return "missing_field"
    started_at, ended_at = _time(start), _time(end)
    if started_at is None or ended_at is None:
        return "bad_timestamp"
    if ended_at < started_at:
        return "end_before_start"
    return (machine, started_at, ended_at), (), (machine, start, end)


def _read_event(row: dict[str, str]) -> Read:
    machine, start, end, kind = (
        row[name] for name in ("machine_id", "start_time", "end_time", "kind")
    )
    if "" in (machine, start, kind):
        return "missing_field"
    started_at, ended_at = _time(start), _time(end)
    if started_at is None or (ended_at is None and end):
        return "bad_timestamp"
    if ended_at is not None and ended_at < started_at:
        return "end_before_start"
    if kind not in {"breakdown", "planned"}:
        return "unknown_kind"
    if kind == "breakdown" and started_at.year > 2900:
        return "future_timestamp"
    # An event that has ended is the fuller one.
    return (machine, started_at, kind, row["component"]), (ended_at is not None,), (machine,)


LIST_READERS: dict[str, Callable[[dict[str, str]], Read]] = {
    "machines": _read_machine,
    "batch_registry": _read_batch,
    "faulty_intervals": _read_interval,
    "maintenance_events": _read_event,
}


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


def assert_every_line_is_accounted_for(
    query: Callable[[str], list[tuple]],
    raw: Path,
    expected: Readings,
    *,
    others: tuple[str, ...] = (),
) -> None:
    """Compare an engine's ledger and quarantine with what the independent reader made.

    Args:
        query: Reads rows of the engine.
        raw: The folder of the raw files.
        expected: What the reader made of it.
        others: Folders below it that the reader did not see.
    """
    ledger = query(
        "select source_file, lines_read, rows_kept, rows_duplicate, rows_quarantined"
        " from quarantine.row_ledger"
    )
    assert expected.ledger == {row[0]: row[1:] for row in ledger if not row[0].startswith(others)}
    rejected = query(
        "select source_file, source_line, reason, raw_line from quarantine.rejected_rows"
    )
    rows = [row for row in rejected if not row[0].startswith(others)]
    assert {(file, line): reason for file, line, reason, _ in rows} == expected.rejected
    for file, line, reason, raw_line in rows:
        if Path(file).suffix == ".csv" and reason != "bad_encoding":
            lines = (raw / file).read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
            assert raw_line.encode() == lines[line - 1].rstrip(b"\r")
