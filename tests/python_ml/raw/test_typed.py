"""What the load reads with types is what staging's rules make of the same text, to the bit."""

import csv
import io
from datetime import datetime, timedelta
from functools import cache
from unittest import mock

import duckdb
import numpy as np
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from python_ml.raw import typed
from python_ml.raw.lines import as_batch
from python_ml.raw.typed import TypedReader, reading_schema
from python_ml.settings import PROJECT_DIR

HEADER = ("timestamp", "machine_id", "batch_id", "metric_1", "metric_2")
LATEST = datetime(2026, 3, 15, 12)
READER = TypedReader(HEADER[3:], LATEST)
ENGINE = duckdb.connect(config={"threads": 1})
MACROS = (PROJECT_DIR / "macros" / "raw_lines.sql").read_text()
OTHER_HEADER = ("metric_2", "note", "batch_id", "metric_1", "metric_1", "timestamp", "machine_id")
PLAIN = "2026-03-01T10:00:00;m 1;b1;0,5;-1e3"


@cache
def rules(header: tuple[str, ...]) -> str:
    """The rules of staging for lines without quotes, as a query."""
    env = Environment(autoescape=False)
    env.globals["is_full_match"] = lambda text, pattern: f"regexp_full_match({text}, '{pattern}')"
    field = {name: f"fields[{header.index(name) + 1}]" for name in HEADER}

    def rendered(rule: str, name: str) -> str:
        template = f"{MACROS}{{{{ {rule}('{field[name]}') }}}} as {name}"
        return env.from_string(template).render().strip()

    return f"""
        with split as (
            select string_split(line, ';') as fields, ordinality
            from unnest(?::varchar[]) with ordinality as lines (line, ordinality)
        ),
        read as (
            select
                ordinality, len(fields) as field_count, {rendered("parse_timestamp", "timestamp")},
                {field["machine_id"]} as machine_id, {field["batch_id"]} as batch_id,
                {rendered("parse_number", "metric_1")}, {rendered("parse_number", "metric_2")}
            from split
        )
        select
            field_count = {len(header)} and machine_id <> '' and batch_id <> ''
            and timestamp >= date '2001-01-01' and timestamp <= ?::timestamp
            and abs(metric_1) <= 1e9 and abs(metric_2) <= 1e9,
            cast(timestamp as date), timestamp, machine_id, batch_id, metric_1, metric_2
        from read order by ordinality
    """


def by_rules(lines: list[str], header: tuple[str, ...]) -> list[tuple | None]:
    """Read lines by the rules of staging, run by DuckDB: a reading each, or none."""
    rows = ENGINE.execute(rules(header), [lines, LATEST]).fetchall()
    return [row[1:] if row[0] else None for row in rows]


def read_typed(lines: list[str], header: tuple[str, ...] = HEADER) -> list[tuple | None]:
    """Read lines with types: a reading each, or none; the lines come back as they are."""
    numbers = np.arange(len(lines)) + 2
    texts = pa.array([line.encode() for line in lines], pa.binary())
    batches = list(READER.read(as_batch(np.ones(len(lines)), numbers, texts), header))
    table = pa.Table.from_batches(batches, reading_schema(READER.metrics))
    assert table.column("raw_line").to_pylist() == [line.rstrip("\r") for line in lines]
    assert table.column("source_line").to_pylist() == numbers.tolist()
    rows = [tuple(row.values())[4:] for row in table.to_pylist()]
    return [None if row == (None,) * 6 else row for row in rows]


def bits(rows: list[tuple | None]) -> list[str]:
    """Tell -0.0 from 0.0, too."""
    return [repr(row) for row in rows]


TIMES = st.one_of(
    st.datetimes(datetime(2000, 12, 30), datetime(2026, 3, 17)).map(datetime.isoformat),
    st.from_regex(
        r"\A20[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}[T ]?[0-9]{2}:[0-9]{2}(:[0-6][0-9])?([.][0-9]{1,7})?"
        r"(Z|[+-][0-9]{2})?\Z"
    ),
    st.sampled_from(["2026-03-01T24:00:00", "2026-02-30T10:00:00", "2026-03-01T10:00:60", "", "x"]),
)
NUMBERS = st.one_of(
    st.floats(-1.1e9, 1.1e9).map(lambda number: repr(number).replace(".", ",")),
    st.from_regex(r"\A[+-]?[0-9]{0,25}[.,]?[0-9]{0,25}([eE][+-]?[0-9]{1,3})?\Z"),
    st.sampled_from(
        ["nan", "-inf", "Infinity", "0x1F", "1_0", "1e", "1f", "", " 1", "1\t", "\v1", "١", "NA"]
    ),
)
NAMES = st.one_of(
    st.sampled_from(["m1", "b1", "", " ", "m 1", " m", "NULL", "á"]),
    st.text("m1 ;\t\r\v,.ß", max_size=4),
)
COLUMNS = {"timestamp": TIMES, "metric_1": NUMBERS, "metric_2": NUMBERS}


GOOD = {"timestamp": "2026-03-01T10:00:00", "metric_1": "0,5", "metric_2": "-12,25"}


@st.composite
def lines_of_a_header(draw: st.DrawFn) -> tuple[tuple[str, ...], list[str]]:
    """Lines with at most one odd field."""
    header = draw(st.sampled_from([HEADER, OTHER_HEADER]))
    lines = []
    for odd in draw(st.lists(st.sampled_from([*header, None]), min_size=1, max_size=8)):
        fields = [GOOD.get(name, "m1") for name in header]
        if odd is not None:
            fields[header.index(odd)] = draw(COLUMNS.get(odd, NAMES))
        lines.append(";".join(fields).rstrip("\r"))
    return header, lines


@settings(deadline=None, max_examples=80)
@given(lines_of_a_header())
@example((HEADER, [PLAIN.replace("0,5", number) for number in ("1e400", "1e-400", "-0", ",5")]))
@example((HEADER, [PLAIN, PLAIN.replace("0,5", "1,"), PLAIN.replace("0,5", "1e9")]))
@example((HEADER, [PLAIN.replace(":00;", f":00{part};") for part in (".1", ".123456", "Z", ".")]))
@example((HEADER, [f"{LATEST.isoformat()};m;b;1;1", "2026-03-15T12:00:00.000001;m;b;1;1"]))
@example((HEADER, [PLAIN.replace("b1", "b\r1"), f"{PLAIN};"]))
def test_a_line_is_read_with_types_only_as_the_rules_read_it(case: tuple):
    header, lines = case
    with mock.patch.object(typed, "PIECE_LINES", 1):
        found = read_typed(lines, header)
    ruled = by_rules(lines, header)
    assert bits(found) == bits(
        [None if row is None else rule for row, rule in zip(found, ruled, strict=True)]
    )


@given(
    st.lists(
        st.tuples(
            st.datetimes(datetime(2001, 1, 1), LATEST - timedelta(days=1)),
            st.text("m1 ,.á", min_size=1, max_size=4).map(lambda name: f"m{name}m"),
            st.decimals(-1000, 1000, places=4),
        ),
        min_size=1,
    )
)
def test_plain_lines_are_all_read_with_types(readings: list[tuple]):
    lines = [
        f"{time.isoformat()};{name};b1;{str(number).replace('.', ',')};7"
        for time, name, number in readings
    ]
    assert bits(read_typed(lines)) == bits(by_rules(lines, HEADER))
    assert None not in read_typed(lines)


def in_quotes(line: str) -> str:
    return '"' + line.replace(";", '";"') + '"'


@settings(deadline=None)
@given(lines_of_a_header())
def test_lines_with_each_field_in_quotes_are_read_as_without(case: tuple):
    header, lines = case
    with mock.patch.object(typed, "PIECE_LINES", 1):
        found = read_typed([in_quotes(line) for line in lines], header)
        assert bits(found) == bits(read_typed(lines, header))


@given(st.lists(st.tuples(st.integers(0, len(PLAIN) + 10), st.sampled_from('";\n')), max_size=3))
@example([(1, '"'), (0, '"')])
def test_quotes_are_taken_off_only_where_a_reader_of_csv_finds_the_same_fields(odd: list):
    text = f"{in_quotes(PLAIN)}\n{in_quotes(PLAIN)}"
    for place, mark in odd:
        text = text[:place] + mark + text[place:]
    found = typed._without_quotes(text.encode())
    if found is not None:
        fields = [line.split(";") for line in found.decode().split("\n")]
        assert fields == list(csv.reader(io.StringIO(text), delimiter=";", strict=True))
        assert text.count("\n") + 1 == len(fields)


def test_a_line_with_more_quotes_than_the_rules_count_is_left_to_them():
    header = (*HEADER, *(f"note_{number}" for number in range(700)))
    line = in_quotes(PLAIN + ";x" * 700)
    assert read_typed([line], header) == [None]
    assert read_typed([line.replace('"', "")], header) != [None]


def test_one_line_that_is_not_plain_leaves_those_far_from_it_alone():
    lines = [PLAIN] * 9
    lines[4] = PLAIN.replace("m 1", '"m;1"')
    with mock.patch.object(typed, "PIECE_LINES", 3):
        found = read_typed(lines)
    assert [row is None for row in found] == [False] * 3 + [True] * 3 + [False] * 3


def test_a_line_that_is_no_clean_text_is_left_to_the_rules():
    texts = pa.array([PLAIN.encode(), b"m\xff1;" + PLAIN.encode()], pa.binary())
    batches = list(READER.read(as_batch(np.ones(2), np.arange(2), texts), HEADER))
    table = pa.Table.from_batches(batches)
    assert table.column("measured_at").null_count == 2
