"""What is read of foreign lines with types is what the text path makes of them, to the bit."""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from unittest import mock

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_ml.engines.warehouse import Warehouse
from python_ml.raw import typed
from python_ml.raw.files import RawFile, raw_tables, stamp
from python_ml.raw.foreign import ForeignFile, open_engine
from python_ml.raw.layouts import Layout
from python_ml.raw.typed import reading_schema
from tests.python_ml.raw.test_typed import HEADER, LATEST, NUMBERS, READER, bits, by_rules

[TABLE] = [table for table in raw_tables(HEADER[3:]) if table.name == "cooking_metrics"]
FOREIGN = ("Note", "When", "Oven", "Lot", "Temp", "Amps", "At")
COLUMNS = {
    "timestamp": "When", "machine_id": "Oven", "batch_id": "Lot",
    "metric_1": "Temp", "metric_2": "Amps",
}  # fmt: skip
PLAIN = {"Note": "k", "Oven": "m1", "Lot": "b 1", "Temp": "2", "Amps": "0.5", "At": "x"}


def of(time: dict | str, **words: object) -> Layout:
    columns = COLUMNS | {"timestamp": time} | words.pop("columns", {})
    given = {"name": "scada", "table": "cooking_metrics", "files": "*", "columns": columns}
    return Layout(**(given | {"kitchen_zone": "Europe/Rome"} | words))


# A layout for each way that is read so, and how it writes times.
LAYOUTS = {
    "parts": (
        of({"from": "When", "format": "%d.%m.%Y %H:%M:%S"}, decimal=",", encoding="windows-1252"),
        {"When": "%d.%m.%Y %H:%M:%S", "Amps": "0,5"},
    ),
    "iso": (
        of(
            "When",
            separator="|",
            no_value=["-1", "n/a"],
            columns={"machine_id": {"from": "Oven", "map": {"m2": "oven 2", "*": "oven"}}},
        ),
        {"When": "%Y-%m-%d %H:%M:%S"},
    ),
    "zone": (
        of(
            {"from": "When", "zone": "Europe/Rome"},
            separator="\t",
            kitchen_zone="America/New_York",
            only={"Note": "^k", "Lot": "b"},
        ),
        {"When": "%Y-%m-%dT%H:%M:%S.%f"},
    ),
    "offset": (
        of(
            {"from": "When", "zone": "offset"},
            separator=",",
            comment="#",
            columns={"machine_id": {"from": "Oven", "pattern": "^m(.*)$", "map": {"1": "a"}}},
        ),
        {"When": "%Y-%m-%dT%H:%M:%S+05:30"},
    ),
    "epoch": (
        of(
            {"from": "When", "format": "epoch_ms"},
            columns={"batch_id": {"constant": "b"}, "machine_id": {"from": ["Oven", "Lot"]}},
        ),
        {"When": "%s000"},
    ),
    "two": (
        of(
            {"from": ["When", "At"], "joined": " ", "format": ["%m/%d/%Y %H%M", "%Y-%m-%d"]},
            decimal=",",
            thousands=".",
        ),
        {"When": "%m/%d/%Y", "At": "%H%M", "Amps": "0,5"},
    ),
}
ODD = st.one_of(
    NUMBERS,
    st.text('m1k ;,.\t|#-"ßZ', max_size=4),
    st.sampled_from(["", "n/a", "-1", "-1.0", "m2", "1.230,5", "1,230.5", "31.02.2026 10:00:00"]),
    st.sampled_from(["2026-03-29T02:30:00.0", "2025-10-26T02:30:00.5", "2025-11-02T06:10:00.0"]),
    st.sampled_from(["2025-11-02T06:10:00Z", "2026-03-01 10:00", "1772359200000", "0x1F", "+5"]),
)
TIMES = st.datetimes(datetime(2001, 1, 2), LATEST - timedelta(days=1)).map(
    lambda time: time.replace(microsecond=0)
)


def fields_of(name: str, time: datetime) -> dict[str, str]:
    return {field: time.strftime(text) for field, text in (PLAIN | LAYOUTS[name][1]).items()}


def read_by(
    engine: Warehouse, path: Path, name: str, lines: list[list[str]], *, is_typed: bool
) -> tuple[dict, list]:
    """Read a file: its rows by their numbers, and what was said."""
    layout = LAYOUTS[name][0]
    texts = [layout.separator.join(line) for line in [list(FOREIGN), *lines]]
    encoding = layout.encoding.replace("windows-", "cp")
    path.write_bytes(("\n".join(texts) + "\n").encode(encoding, errors="replace"))
    file = ForeignFile(RawFile(TABLE, path, path.name, stamp(path), layout), 3)
    batches = list(file.read_lines(engine, READER if is_typed else None))
    rows = [row for batch in batches for row in batch.to_pylist()]
    assert len({row["source_line"] for row in rows}) == len(rows)
    return {row.pop("source_line"): row for row in rows}, file.told


def ruled(lines: list[str], columns: tuple[str, ...]) -> list[tuple | None]:
    """Read our lines by the rules of staging; what quotes hold keeps its semicolons."""
    unquoted = [
        ";".join(field.replace(";", "\x1f") for field in next(csv.reader([line], delimiter=";")))
        for line in lines
    ]
    return [
        row and tuple(v.replace("\x1f", ";") if isinstance(v, str) else v for v in row)
        for row in by_rules(unquoted, columns)
    ]


@st.composite
def lines_of_a_layout(draw: st.DrawFn) -> tuple[str, list[list[str]]]:
    """Lines with at most one odd field."""
    name = draw(st.sampled_from([*LAYOUTS]))
    lines = []
    for odd in draw(st.lists(st.sampled_from([*FOREIGN, None]), min_size=1, max_size=8)):
        fields = fields_of(name, draw(TIMES))
        if odd is not None:
            fields[odd] = draw(ODD)
        lines.append([*fields.values()])
    return name, [[line[[*PLAIN, "When"].index(field)] for field in FOREIGN] for line in lines]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[partial]:
    with open_engine() as engine:
        yield partial(read_by, engine, tmp_path_factory.mktemp("foreign") / "scada.csv")


@settings(deadline=None, max_examples=25)
@given(case=lines_of_a_layout())
def test_a_foreign_line_is_read_with_types_only_as_its_text_would_be(read: partial, case: tuple):
    name, lines = case
    text, told_of_text = read(name, lines, is_typed=False)
    with mock.patch.object(typed, "PIECE_LINES", 1):
        found, told = read(name, lines, is_typed=True)
    assert [*found] == [*text]
    assert told == told_of_text
    for number, row in found.items():
        if row.get("measured_at") is None:
            assert {field: row[field] for field in text[number]} == text[number]
    read_so = [number for number, row in found.items() if row.get("measured_at") is not None]
    assert {text[number]["line_reason"] for number in read_so} <= {None}
    ours = [text[number]["raw_line"] for number in read_so]
    rules = ruled(ours, LAYOUTS[name][0].our_columns)
    assert bits([tuple(found[number].values())[3:] for number in read_so]) == bits(rules)


@pytest.mark.parametrize("name", LAYOUTS)
def test_plain_foreign_lines_are_all_read_with_types(read: partial, name: str):
    times = [datetime(2026, 1, 7) + timedelta(minutes=17 * n) for n in range(300)]
    fields = [fields_of(name, time) for time in times]
    lines = [[line[field] for field in FOREIGN] for line in fields]
    found, told = read(name, lines, is_typed=True)
    text, _ = read(name, lines, is_typed=False)
    assert told == []
    rules = ruled([row["raw_line"] for row in text.values()], LAYOUTS[name][0].our_columns)
    assert bits([tuple(row.values())[3:] for row in found.values()]) == bits(rules)
    assert None not in rules
    separator = LAYOUTS[name][0].separator
    assert [row["raw_line"] for row in found.values()] == [separator.join(line) for line in lines]
    assert (
        pa.Table.from_pylist([*found.values()]).num_columns == len(reading_schema(HEADER[3:])) - 1
    )


TAGGED = Layout(
    name="historian", table="cooking_metrics", files="*", separator=",", kitchen_zone="Europe/Rome",
    columns={"timestamp": {"from": "When", "zone": "UTC"}}, only={"Quality": "^Good$"},
    tags={
        "from": "Tag", "value": "Value", "pattern": "^(.*)[.](.+)$", "align_seconds": 60,
        "columns": {"A": "metric_1", "LOT": "batch_id", "T": "metric_2"},
    },
)  # fmt: skip
TAG_HEADER = ("Tag", "When", "Value", "Quality")
TAG_LINES = st.tuples(
    st.sampled_from(["o1.A", "o1.LOT", "o1.T", "o2.A", "o2.LOT", "o2.T"]),
    st.sampled_from(["2026-03-01T10:00:00", "2026-03-01T10:00:09", "2026-03-01T10:01:00"]),
    st.sampled_from(["1", "0.5", "7"]),
    st.sampled_from(["Good", "Good", "Bad"]),
)
ODD_TAG_LINES = st.tuples(
    st.sampled_from(["o1.A", "o1.DOOR", ".T", "o1"]),
    st.sampled_from(["2026-03-01T10:00:00", "2026-03-29 02:30:00", "x", '"2026-03-01T10:00:00"']),
    st.one_of(NUMBERS, st.sampled_from(["1", "", "a b", " 1"])),
    st.just("Good"),
)


def read_tags(
    engine: Warehouse, path: Path, lines: list[tuple], *, is_typed: bool
) -> tuple[dict, set, list]:
    """Read a historian's file: rows by their numbers, what belongs together, what is told."""
    path.write_text("\n".join(",".join(line) for line in [TAG_HEADER, *lines]) + "\n")
    file = ForeignFile(RawFile(TABLE, path, path.name, stamp(path), TAGGED), 3)
    batches = list(file.read_lines(engine, READER if is_typed else None))
    rows = [row for batch in batches for row in batch.to_pylist()]
    members = [tuple(row.values()) for table in file.foreign_lines for row in table.to_pylist()]
    assert len({*members}) == len(members)
    return {row.pop("source_line"): row for row in rows}, {*members}, file.told


@settings(deadline=None, max_examples=15)
@given(st.lists(TAG_LINES, max_size=12), st.lists(ODD_TAG_LINES, max_size=1))
def test_rows_of_tags_are_read_with_types_only_as_their_text_would_be(
    read: partial, plain: list[tuple], odd: list[tuple]
):
    lines = [*plain, *odd]
    text, members_of_text, told_of_text = read_tags(*read.args, lines, is_typed=False)
    found, members, told = read_tags(*read.args, lines, is_typed=True)
    assert (members, told, {*found}) == (members_of_text, told_of_text, {*text})
    read_so = [number for number, row in found.items() if row.get("measured_at") is not None]
    for number in {*found} - {*read_so}:
        assert {field: found[number][field] for field in text[number]} == text[number]
    assert {text[number]["line_reason"] for number in read_so} <= {None}
    rules = ruled([text[number]["raw_line"] for number in read_so], TAGGED.our_columns)
    assert bits([tuple(found[number].values())[3:] for number in read_so]) == bits(rules)


def test_whole_rows_of_plain_tags_are_read_with_types_beside_those_that_are_not(read: partial):
    minutes = [f"2026-03-01T10:{minute:02}:00" for minute in range(20)]
    lines = [
        (f"o1.{tag}", when, value, "Good")
        for tag, value in (("T", "2"), ("LOT", "b"), ("A", "0.5"))
        for when in minutes
    ]
    found, members, _ = read_tags(*read.args, lines[:-1], is_typed=True)
    assert len([row for row in found.values() if row.get("metric_1") == 0.5]) == 19
    assert sorted(row["line_reason"] for row in found.values() if row["line_reason"]) == [
        "missing_field", "missing_field",
    ]  # fmt: skip
    assert found[2]["raw_line"] == "o1.T,2026-03-01T10:00:00,2,Good"
    assert {member[2] for member in members if member[1] == 2} == {2, 22, 42}
