"""What is read of foreign lines with types is what the text path makes of them, to the bit."""

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
    ruled = by_rules(ours, LAYOUTS[name][0].our_columns)
    assert bits([tuple(found[number].values())[3:] for number in read_so]) == bits(ruled)


@pytest.mark.parametrize("name", LAYOUTS)
def test_plain_foreign_lines_are_all_read_with_types(read: partial, name: str):
    times = [datetime(2026, 1, 7) + timedelta(minutes=17 * n) for n in range(300)]
    fields = [fields_of(name, time) for time in times]
    lines = [[line[field] for field in FOREIGN] for line in fields]
    found, told = read(name, lines, is_typed=True)
    text, _ = read(name, lines, is_typed=False)
    assert told == []
    ruled = by_rules([row["raw_line"] for row in text.values()], LAYOUTS[name][0].our_columns)
    assert bits([tuple(row.values())[3:] for row in found.values()]) == bits(ruled)
    assert None not in ruled
    separator = LAYOUTS[name][0].separator
    assert [row["raw_line"] for row in found.values()] == [separator.join(line) for line in lines]
    assert (
        pa.Table.from_pylist([*found.values()]).num_columns == len(reading_schema(HEADER[3:])) - 1
    )
