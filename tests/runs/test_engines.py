"""What both engines promise, once: the door to the tables, and raw files become the same lines."""

import gzip
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from python_ml.errors import InputError
from python_ml.raw.deliveries import read_unreadable_files
from tests.engines import Engine

AS_OF = date(2026, 3, 14)


# The door


CREATE_TABLE = """
create table door.kept (machine_id string, row_count bigint, share double, measured_at timestamp)
"""
NAMES = ["machine_id", "row_count", "share", "measured_at"]
ROWS = [
    ("m1", 1, 0.1, datetime(2026, 3, 1, 23, 59, 59, 999999)),
    ('m;"2', 9_007_199_254_740_993, 1e300, datetime(1970, 1, 1)),
    ("á\n3", None, None, None),
]
READ = "select machine_id, row_count, share, measured_at from door.kept order by machine_id"


@pytest.fixture
def door(engine: Engine) -> Iterator[Any]:
    """The engine's door, and an empty table behind it."""
    with engine.open() as door:
        door.execute("create schema door")
        assert not door.has_table("door", "kept")
        door.execute(CREATE_TABLE)
        yield door
        door.execute("drop schema door cascade")


def in_other_order(rows: list[tuple]) -> pa.Table:
    table = pa.Table.from_pylist([dict(zip(NAMES, row, strict=True)) for row in rows])
    return table.select(NAMES[::-1])


def test_rows_come_back_as_they_were_appended_by_name(door: Any):
    door.append("door.kept", in_other_order(ROWS[:2]))
    door.append("door.kept", in_other_order(ROWS[2:]).cast(in_other_order(ROWS).schema))
    assert door.rows(READ) == ROWS
    assert all(isinstance(row, tuple) for row in door.rows(READ))
    assert door.value("select count(*) from door.kept where share is null") == 1


def test_a_frame_has_the_values_and_times_without_a_zone(door: Any):
    door.append("door.kept", pd.DataFrame(ROWS[:2], columns=NAMES))
    frame = door.frame(READ)
    assert list(frame.columns) == NAMES
    assert frame["measured_at"].dt.tz is None
    assert [tuple(row) for row in frame.itertuples(index=False)] == ROWS[:2]
    assert frame["row_count"].dtype == "int64"


def test_a_frame_without_rows_keeps_its_columns_and_appends_nothing(door: Any):
    empty = in_other_order(ROWS).slice(0, 0)
    door.append("door.kept", empty)
    assert list(door.frame(READ).columns) == NAMES
    assert door.rows(READ) == []


def test_rows_with_another_column_are_refused_whole(door: Any):
    door.append("door.kept", in_other_order(ROWS))
    other = in_other_order(ROWS).append_column("price", pa.array([1.0, 2.0, 3.0]))
    with pytest.raises(Exception, match="price"):
        door.append("door.kept", other)
    assert door.rows(READ) == ROWS


def test_a_table_is_there_from_its_making_to_its_dropping_and_a_view_too(door: Any):
    assert door.has_table("door", "kept")
    assert not door.has_table("nowhere", "kept")
    door.execute("create view door.seen as select * from door.kept")
    assert door.has_table("door", "seen")
    door.execute("drop view door.seen")
    door.execute("drop table door.kept")
    assert not door.has_table("door", "seen")
    assert not door.has_table("door", "kept")


# Raw files


HEADER = "timestamp;machine_id;batch_id;metric_1;metric_2"
READINGS = ["2026-03-01T10:00:00;m1;b1;0,5;1", '2026-03-01T10:00:01;"m;2";b1;;', "not a reading"]
CORRECTED = [*READINGS[:1], "2026-03-01T10:00:09;m9;b1;0,5;1"]
WHOLE = gzip.compress("\n".join([HEADER, *READINGS[:2]]).encode())
DAMAGED, CORRECTED_FILE = "k2/cooking_metrics_6.csv.gz", "k1/cooking_metrics_2.csv.gz"
PROBLEM = (
    f"{DAMAGED}: cannot be read (Compressed file ended before the end-of-stream marker was reached)"
    "; deliver the file again"
)
SCADA, TAGS = "scada/cooking_metrics.txt", "tags/cooking_metrics.txt"
LAYOUTS = """
[scada]
table = "cooking_metrics"
files = "scada/*"
separator = ","
[scada.columns]
timestamp = "When"
machine_id = { from = "Oven", map = { o1 = "m1" } }
batch_id = "Lot"
metric_1 = "A"
metric_2 = "B"

[historian]
table = "cooking_metrics"
files = "tags/*"
separator = ","
[historian.columns]
timestamp = { from = "Time", zone = "UTC" }
[historian.tags]
from = "Tag"
value = "Value"
pattern = "^(.+)[.](.+)$"
columns = { LOT = "batch_id", A = "metric_1", B = "metric_2" }
"""
FILES = {
    "batch_registry.csv": b"batch_id;arepa_type\nb1;a1\n",
    "faulty_intervals.csv": b"",
    "k1/Cooking_Metrics_1.csv": "\r\n".join(
        ["\ufeff" + HEADER, READINGS[0], "", *READINGS[1:]]
    ).encode(),
    CORRECTED_FILE: gzip.compress("\n".join([HEADER, READINGS[0], ""]).encode()),
    "k2/cooking_metrics_3.csv": f"{HEADER}\nm\\1\n".encode() + b"m\xff1;\x00\n",
    "k2/cooking_metrics_5.csv": HEADER.encode(),
    DAMAGED: WHOLE[:-12],
    "machines.csv": b"machine_id;kitchen_id;phase\nm1;k1;1",
    "notes.csv": b"no raw file\n",
    SCADA: b'When,Oven,Lot,A,B\n2026-03-01 10:00:00,o1,"b;1",1,2\n2026-03-01 10:00:01,o9,b1,1,2\n',
    # Quotes, so that both engines read it as text.
    TAGS: b'Tag,Time,Value\n"m1.LOT",2026-03-01 09:00:00,b1\nm1.A,2026-03-01 09:00:00,0.5\n'
    b"m1.B,2026-03-01 09:00:00,1\nm1.A,2026-03-01 09:05:00,7\n",
}
FURTHER_LINES = {TAGS: 2}
PARQUET = {
    "timestamp": pa.array([datetime(2026, 3, 1, 10, 0, 0, 500000), None], pa.timestamp("us")),
    "machine_id": ["m1", 'm"2'],
    "batch_id": ["b1", None],
    "metric_1": [0.5, None],
    "metric_2": [1, 2],
}
LINES = {
    ("batch_registry", "batch_registry.csv", 2, "b1;a1", None),
    ("cooking_metrics", "k1/Cooking_Metrics_1.csv", 2, READINGS[0], None),
    ("cooking_metrics", "k1/Cooking_Metrics_1.csv", 4, READINGS[1], None),
    ("cooking_metrics", "k1/Cooking_Metrics_1.csv", 5, READINGS[2], None),
    ("cooking_metrics", CORRECTED_FILE, 2, READINGS[0], None),
    ("cooking_metrics", "k2/cooking_metrics_3.csv", 2, "m\\1", None),
    ("cooking_metrics", "k2/cooking_metrics_3.csv", 3, "m\\xff1;\\x00", "bad_encoding"),
    ("cooking_metrics", "k2/cooking_metrics_4.parquet", 1,
     "2026-03-01T10:00:00.500000;m1;b1;0.5;1", None),
    ("cooking_metrics", "k2/cooking_metrics_4.parquet", 2, ';"m""2";;;2', None),
    ("cooking_metrics", DAMAGED, 1, PROBLEM, "unreadable_file"),
    ("machines", "machines.csv", 2, "m1;k1;1", None),
    ("cooking_metrics", SCADA, 2, '2026-03-01T10:00:00;m1;"b;1";1;2', None),
    ("cooking_metrics", SCADA, 3, "2026-03-01 10:00:01,o9,b1,1,2", "unknown_value"),
    ("cooking_metrics", TAGS, 2, "2026-03-01T10:00:00;m1;b1;0.5;1", None),
    ("cooking_metrics", TAGS, 5, "m1.A,2026-03-01 09:05:00,7", "missing_field"),
}  # fmt: skip
LINES_LATER = {line for line in LINES if line[1] not in (CORRECTED_FILE, DAMAGED)} | {
    ("cooking_metrics", name, number, text, None)
    for name, texts in ((CORRECTED_FILE, CORRECTED), (DAMAGED, READINGS[:2]))
    for number, text in enumerate(texts, start=2)
}
TABLES = ("batch_registry", "cooking_metrics", "faulty_intervals", "machines", "maintenance_events")
LOG = """
select source_table, source_file, header, column_count, line_count, is_present,
    problem is not null as is_damaged
from raw.files where replaced_load_id is null order by source_file
"""


def deliver(engine: Engine, files: Mapping[str, bytes | None]) -> None:
    """Write files into the folder; those without contents are taken away."""
    for name, content in files.items():
        path = engine.workspace.raw / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content)


def read_lines(engine: Engine) -> list[tuple]:
    """The lines of all files as they count now: table, file, number, text, reason."""
    return [
        row
        for table in TABLES
        for row in engine.rows(
            f"select '{table}', files.source_file, lines.source_line, lines.raw_line,"
            f" lines.line_reason from raw.{table} as lines"
            " inner join raw.files as files on lines.file_id = files.file_id"
            " where files.replaced_load_id is null"
        )
    ]


@pytest.fixture(scope="module")
def loaded(engine: Engine) -> Engine:
    """The files after their first load; the tests deliver what comes next, one after the other."""
    deliver(engine, FILES)
    pq.write_table(pa.table(PARQUET), engine.workspace.raw / "k2/cooking_metrics_4.parquet")
    types = engine.workspace.folder / "types.txt"
    types.write_text("a1")
    (engine.workspace.folder / "layouts.toml").write_text(LAYOUTS)
    variables = {"HORIZON_DAYS": "5", "AREPA_TYPES": str(types), "QUARANTINE_LIMIT": "0.3"}
    assert engine.load(AS_OF, **variables) == len(LINES) + sum(FURTHER_LINES.values())
    return engine


def assert_lines(engine: Engine, expected: set[tuple]) -> None:
    """Exactly these lines, each once."""
    lines = read_lines(engine)
    assert len(lines) == len(set(lines))
    assert set(lines) == expected


def read_problems(engine: Engine) -> list[str]:
    with engine.open() as door:
        return read_unreadable_files(door)


def test_every_line_of_every_file_is_there_once_with_its_number(loaded: Engine):
    assert_lines(loaded, LINES)
    counts = Counter(name for _, name, *_ in LINES)
    log = {row[1]: row for row in loaded.rows(LOG)}
    assert set(log) == {*FILES, "k2/cooking_metrics_4.parquet"} - {"notes.csv"}
    for name, (table, _, header, column_count, line_count, is_present, is_damaged) in log.items():
        assert Path(name).name.lower().startswith(table)
        assert line_count == counts[name] + FURTHER_LINES.get(name, 0)
        assert column_count == len([column for column in header.split(";") if column])
        assert (is_present, is_damaged) == (True, name == DAMAGED)
    assert log["k1/Cooking_Metrics_1.csv"][2] == HEADER
    assert log["faulty_intervals.csv"][2:5] == ("", 0, 0)


def test_lines_of_another_system_s_file_that_make_one_of_ours_are_named(loaded: Engine):
    members = "select source_line, foreign_line, is_further from raw.foreign_lines order by 2"
    assert loaded.rows(members) == [(2, 2, False), (2, 3, True), (2, 4, True)]


def test_a_run_says_what_it_is_about(loaded: Engine):
    said = """
    select run_id, as_of_date, latest_as_of_date, horizon_days, publish_deadline_at, has_machines,
        has_maintenance_events, has_arepa_type_list
    from raw.run_settings
    """
    assert loaded.rows(said) == [("test", AS_OF, AS_OF, 5, None, True, False, True)]
    assert loaded.rows("select arepa_type from raw.listed_arepa_types") == [("a1",)]
    limits = dict(loaded.rows("select check_name, limit_value from raw.data_check_limits"))
    assert limits["quarantine_share"] == 0.3


def test_the_same_files_again_change_nothing_but_what_the_run_is_about(loaded: Engine):
    log = loaded.rows(LOG)
    (loaded.workspace.raw / "machines.csv").touch()
    assert loaded.load(AS_OF) == 0
    assert_lines(loaded, LINES)
    assert loaded.rows(LOG) == log
    settings = "select horizon_days, has_arepa_type_list from raw.run_settings"
    assert loaded.rows(settings) == [(7, False)]
    assert loaded.rows("select * from raw.listed_arepa_types") == []


def test_a_corrected_file_takes_the_place_of_the_old_and_a_gone_one_keeps_its_lines(
    loaded: Engine,
):
    corrected = gzip.compress("\n".join([HEADER, *CORRECTED]).encode())
    deliver(loaded, {CORRECTED_FILE: corrected, DAMAGED: WHOLE, "k2/cooking_metrics_3.csv": None})
    assert loaded.load(AS_OF) == len(CORRECTED) + 2
    assert_lines(loaded, LINES_LATER)
    gone = "select source_file from raw.files where not is_present"
    assert loaded.rows(gone) == [("k2/cooking_metrics_3.csv",)]
    replaced = "select source_file from raw.files where replaced_load_id is not null order by 1"
    assert loaded.rows(replaced) == [(CORRECTED_FILE,), (DAMAGED,)]
    numbers = "select count(distinct path_id), count(distinct file_id) from raw.files"
    assert loaded.rows(numbers) == [(11, 13)]


def test_a_damaged_correction_leaves_the_whole_file_and_is_named(loaded: Engine):
    assert read_problems(loaded) == []
    deliver(loaded, {DAMAGED: WHOLE[:-12]})
    assert loaded.load(AS_OF) == 0
    assert_lines(loaded, LINES_LATER)
    assert read_problems(loaded) == [PROBLEM]


def test_a_file_that_is_not_its_table_s_is_set_aside_and_named_and_the_others_go_on(
    loaded: Engine,
):
    new, good = "k9/cooking_metrics_new.csv", "k9/cooking_metrics_good.csv"
    missing = "k9/cooking_metrics_new.csv: column batch_id, metric_1, metric_2 is missing"
    lines = b"machine_id;timestamp\n1;2\n3;4\n"
    # One that was read before keeps the lines that it had.
    deliver(loaded, {new: lines, "machines.csv": lines, good: f"{HEADER}\nx".encode()})
    assert loaded.load(AS_OF) == 2
    [damaged, said, of_machines] = read_problems(loaded)
    assert damaged == PROBLEM
    assert said.startswith(missing)
    assert of_machines.startswith("machines.csv: column kitchen_id, phase is missing")
    added = {(new, 1, said, "unreadable_file"), (good, 2, "x", None)}
    assert_lines(loaded, LINES_LATER | {("cooking_metrics", *line) for line in added})


@pytest.mark.parametrize(
    ("name", "before", "content", "said"),
    [
        ("batch_registry.csv", FILES["batch_registry.csv"], None, r"no batch_registry\*\.csv"),
        ("maintenance_events.csv", None, b"kind\nplanned\n", "machine_id, start_time, end_time is"),
    ],
)
def test_what_nobody_can_go_on_from_is_refused_and_nothing_is_noted(
    loaded: Engine, name: str, before: bytes | None, content: bytes | None, said: str
):
    log, lines = loaded.rows(LOG), set(read_lines(loaded))
    refused = f"{HEADER}\n{READINGS[0]}".encode()
    deliver(loaded, {"k9/cooking_metrics_refused.csv": refused, name: content})
    with pytest.raises(InputError, match=said):
        loaded.load(AS_OF)
    assert loaded.rows(LOG) == log
    assert_lines(loaded, lines)
    deliver(loaded, {name: before})


def test_what_was_read_while_the_clock_was_behind_is_read_again_when_it_is_right(
    loaded: Engine, monkeypatch: pytest.MonkeyPatch
):
    early = "k9/cooking_metrics_early.csv"
    current = f"select loaded_at from raw.files where source_file = '{early}'"
    module = "raw.deliveries" if loaded.spark is None else "spark.load"
    clock = f"python_ml.{module}.now_as_kept"
    loaded.load(AS_OF)
    deliver(loaded, {early: f"{HEADER}\n{READINGS[0]}".encode()})
    with monkeypatch.context() as behind:
        behind.setattr(clock, lambda: datetime(2020, 1, 1))
        assert loaded.load(AS_OF) == 1
        assert loaded.load(AS_OF) == 0
        assert loaded.rows(current) == [(datetime(2020, 1, 1),)]
    assert loaded.load(AS_OF) == 1
    assert loaded.load(AS_OF) == 0
    [(loaded_at,)] = loaded.rows(f"{current} and replaced_load_id is null")
    assert loaded_at > datetime(2021, 1, 1)
