"""Files of other systems, line by line: what is understood, and what is said where it is not."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_ml.errors import UnreadableFileError
from python_ml.raw.files import RawFile, content_hash, raw_tables, stamp
from python_ml.raw.foreign import ForeignFile, open_engine
from python_ml.raw.layouts import Layout

TABLES = {table.name: table for table in raw_tables(("oven", "amps"))}
COLUMNS = {
    "timestamp": {"from": "When", "format": "%d.%m.%Y %H:%M"},
    "machine_id": "Oven",
    "batch_id": "Lot",
    "oven": "Temp",
    "amps": "Amps",
}
HEADER = "When;Oven;Lot;Temp;Amps"
FIRST = "20.11.2026 07:00;o1;L1;230;11"


def layout(**words: Any) -> Layout:
    given = {"name": "scada", "table": "cooking_metrics", "files": "*", "columns": COLUMNS}
    return Layout(**(given | {"kitchen_zone": "Europe/Rome"} | words))


def read(folder: Path, content: str | bytes, **words: Any) -> list[tuple[int, str, str | None]]:
    return read_and_hear(folder, content, **words)[0]


def read_and_hear(
    folder: Path, content: str | bytes, **words: Any
) -> tuple[list[tuple[int, str, str | None]], list[str]]:
    """Read a file: its lines, and what is to be told of it."""
    path = folder / words.pop("path", "scada.csv")
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return hear_lines(path, layout(**words))


def lines_of(path: Path, of: Layout) -> list[tuple[int, str, str | None]]:
    return hear_lines(path, of)[0]


def hear_lines(path: Path, of: Layout) -> tuple[list[tuple[int, str, str | None]], list[str]]:
    file = RawFile(TABLES[of.table], path, path.name, stamp(path), of)
    with open_engine() as engine:
        foreign = ForeignFile(file, 3)
        batches = list(foreign.read_lines(engine))
    rows = [row for batch in batches for row in batch.to_pylist()]
    assert {row["file_id"] for row in rows} <= {3}
    lines = [(row["source_line"], row["raw_line"], row["line_reason"]) for row in rows]
    return lines, foreign.told


OURS = "2026-11-20T07:00:00;o1;L1;230;11"


def test_lines_keep_their_numbers_and_what_stands_around_them_is_no_data(tmp_path: Path):
    text = f"sep=;\n\n# note\n{HEADER}\n;;;degC;A\n{FIRST}\n\n# more\n{HEADER}\n{FIRST}\n"
    found = read(tmp_path, text, skip_lines=1, skip_after_header=1, comment="#")
    assert found == [(6, OURS, None), (10, OURS, None)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("20.11.2026 07:00;o1;L1;230", "missing_field"),
        (FIRST + ";x", "extra_field"),
        ("31.11.2026 07:00;o1;L1;230;11", "bad_timestamp"),
        ("20.11.26 07:00;o1;L1;230;11", "bad_timestamp"),
        ("20.11.2026 07:00;;L1;230;11", "missing_field"),
        ("20.11.2026 07:00;o1;L1;n/a;11", "missing_field"),
        ("20.11.2026 07:00;o1;L1;2,5;11", "not_a_number"),
        ('20.11.2026 07:00;"o1;L1;230;11', "missing_field"),
        ('20.11.2026 07:00;"o"1;L1;230;11', "broken_quotes"),
    ],
)
def test_a_line_that_cannot_be_understood_stays_as_it_was(tmp_path: Path, line: str, reason: str):
    found = read(tmp_path, f"{HEADER}\n{line}\n{FIRST};\n", no_value="n/a")
    [(number, told, why), last] = found
    assert (number, told) == (2, line)
    assert why == reason or (line.count('"') and why == "broken_quotes")
    assert last == (3, OURS, None)


@pytest.mark.parametrize(
    ("format_", "text", "told"),
    [
        ("%d.%m.%Y %H:%M:%S", "30.11.2026 24:00:00", "2026-12-01T00:00:00"),
        ("%d.%m.%Y %H:%M", "28.2.2026 24:00", "2026-03-01T00:00:00"),
        ("%Y%m%d%H%M%S", "20261231240000", "2027-01-01T00:00:00"),
        ("%Y%m%d%H%M%S", "20241124102424", "2024-11-24T10:24:24"),
        ("", "2026-11-30T24:00:00", "2026-12-01T00:00:00"),
        ("", "2026-11-30 24:00:00.000", "2026-12-01T00:00:00"),
        ("%d.%m.%Y %H:%M:%S", "30.11.2026 24:00:01", None),
        ("%d.%m.%Y %H:%M:%S", "31.11.2026 24:00:00", None),
        ("%d.%m.%Y %H:%M:%S", "30.11.2026 25:00:00", None),
    ],
)
def test_the_end_of_a_day_is_the_begin_of_the_next(
    tmp_path: Path, format_: str, text: str, told: str | None
):
    when = {"from": "When", **({"format": format_} if format_ else {})}
    found = read(
        tmp_path, f"{HEADER}\n{text};o1;L1;230;11\n", columns=COLUMNS | {"timestamp": when}
    )
    line = f"{text};o1;L1;230;11"
    assert found == [
        (2, line, "bad_timestamp") if told is None else (2, f"{told};o1;L1;230;11", None)
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{HEADER}\r{FIRST}\r{FIRST}\r", {}),
        (f"\ufeff{HEADER}\r{FIRST}\r", {"encoding": "utf-16"}),
        (f"sep=;\r{HEADER}\r{FIRST}\r", {"skip_lines": 1}),
        (f"# note\r{HEADER}\r{FIRST}\r", {"comment": "#"}),
        (f"{FIRST}\r{FIRST}\r", {"header": False, "names": HEADER.split(";")}),
    ],
)
def test_line_ends_of_cr_alone_are_named(tmp_path: Path, text: str, words: dict[str, Any]):
    encoding = words.get("encoding", "utf-8").replace("-16", "-16-le")
    with pytest.raises(UnreadableFileError, match=r"scada.csv: cannot be read, no line feed in it"):
        read(tmp_path, text.encode(encoding), **words)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252"])
def test_encodings_marks_and_packed_files_are_read(tmp_path: Path, encoding: str):
    text = f"{HEADER}\r\n20.11.2026 07:00; öfen 1 ;L1;1.230,5;-0,5\r\n"
    if encoding == "utf-8":
        text = "\ufeff" + text
    packed = gzip.compress(text.encode(encoding.replace("windows-", "cp")))
    found = read(
        tmp_path, packed, path="scada.csv.gz", encoding=encoding, decimal=",", thousands="."
    )
    assert found == [(2, "2026-11-20T07:00:00;öfen 1;L1;1230,5;-0,5", None)]


@pytest.mark.parametrize("text", ["", "\n\r\n"])
def test_a_file_without_a_line_is_empty_where_its_table_may_be(tmp_path: Path, text: str):
    with pytest.raises(UnreadableFileError, match=r"scada.csv: the file is empty; deliver it"):
        read(tmp_path, text)
    columns = {"machine_id": "Oven", "start_time": "From", "end_time": "To"}
    assert read(tmp_path, text, table="faulty_intervals", columns=columns) == []


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_needs_no_mark(tmp_path: Path, encoding: str):
    content = f"{HEADER}\r\n{FIRST}\r\n".encode(encoding)
    assert read(tmp_path, content, encoding="utf-16") == [(2, OURS, None)]


def test_what_is_no_utf_16_is_one_file_that_cannot_be_read(tmp_path: Path):
    with pytest.raises(UnreadableFileError, match="it is no UTF-16; correct the layout's encoding"):
        read(tmp_path, f"{HEADER}\n{FIRST}\n", encoding="utf-16")
    assert read(tmp_path, "", encoding="utf-16", header=False, names=HEADER.split(";")) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1.230,5", "1230,5"),
        ("12.30", None),
        ("1230", "1230"),
        ("1,5,2", None),
        ("+1.000e3", "+1000e3"),
    ],
)
def test_marks_of_thousands_count_only_where_they_stand_right(
    tmp_path: Path, text: str, told: str | None
):
    line = f"20.11.2026 07:00;o1;L1;{text};0"
    [(_, raw, reason)] = read(tmp_path, f"{HEADER}\n{line}\n", decimal=",", thousands=".")
    assert (raw, reason) == (
        (line, "not_a_number") if told is None else (f"2026-11-20T07:00:00;o1;L1;{told};0", None)
    )


def test_quoted_fields_may_hold_marks_and_line_feeds(tmp_path: Path):
    text = (
        f'{HEADER}\n20.11.2026 07:00;"o;1";"L ""1""";230;11\n20.11.2026 07:00;o1;"two\nlines";1;2\n'
    )
    found = read(tmp_path, text, quoted_line_feeds=True)
    assert found == [
        (2, '2026-11-20T07:00:00;"o;1";"L ""1""";230;11', None),
        (3, "2026-11-20T07:00:00;o1;two lines;1;2", None),
    ]


@pytest.mark.parametrize(
    ("machine", "told"),
    [
        ('5" o1', '"5"" o1"'),  # inches open no field
        ('o1 5"', '"o1 5"""'),
        (' "o;\n1" ', '"o; 1"'),
        ('"o1', None),
        ('"o\\"1"', None),
    ],
)
def test_a_stray_quote_is_a_matter_of_its_own_line(tmp_path: Path, machine: str, told: str | None):
    first, plain, last = (
        f"20.11.2026 07:00;{name};L1;230;11\n" for name in (machine, "o2", '"o\n3"')
    )
    found = read(tmp_path, f"{HEADER}\n{first}{plain}{last}", quoted_line_feeds=True)
    _, *others = [(raw, reason) for _, raw, reason in found]
    assert others == [
        ("2026-11-20T07:00:00;o2;L1;230;11", None),
        ("2026-11-20T07:00:00;o 3;L1;230;11", None),
    ]
    made = (first.rstrip(), "broken_quotes")
    if told is not None:
        made = (f"2026-11-20T07:00:00;{told};L1;230;11", None)
    assert found[0] == (2, *made)


def test_no_quote_reaches_over_a_thousand_lines(tmp_path: Path):
    first, plain, last = (f"20.11.2026 07:00;{name};L1;230;11\n" for name in ('"o1', "o2", 'o3"'))
    found = read(tmp_path, f"{HEADER}\n{first}{plain * 1_000}{last}", quoted_line_feeds=True)
    assert [line for line, _, reason in found if reason == "broken_quotes"] == [2]
    assert len(found) == 1_002


def test_quoted_fields_between_blanks_may_hold_line_feeds(tmp_path: Path):
    text = 'When Oven Lot Temp Amps\n2026-11-20T07:00:00 "o\n1" "L 1" 230 11\n'
    columns = COLUMNS | {"timestamp": {"from": "When", "format": "%Y-%m-%dT%H:%M:%S"}}
    found = read(tmp_path, text, separator=" ", columns=columns, quoted_line_feeds=True)
    assert found == [(2, "2026-11-20T07:00:00;o 1;L 1;230;11", None)]


TIMES = {
    ("2026-11-20T06:00:00Z", "offset", None): "2026-11-20T07:00:00",
    ("2026-11-20 08:00:00+02:00", "offset", None): "2026-11-20T07:00:00",
    ("2026-11-20 01:00:00", "America/Bogota", None): "2026-11-20T07:00:00",
    ("2026-11-20 07:00:00.25", None, None): "2026-11-20T07:00:00.25",
    ("1795154400", None, "epoch_s"): "2026-11-20T07:00:00",
    ("1795154400123", None, "epoch_ms"): "2026-11-20T07:00:00.123",
    ("1795154400123456789", None, "epoch_ns"): "2026-11-20T07:00:00.123457",
    ("46346,291666667", None, "excel_days"): "2026-11-20T07:00:00",
    ("46346291666,667", None, "wincc"): "2026-11-20T07:00:00",
    ("9e99", None, "epoch_s"): None,
    ("7 o'clock", None, None): None,
}


@pytest.mark.parametrize(("text", "zone", "form"), TIMES)
def test_times_become_what_the_kitchens_clocks_showed(
    tmp_path: Path, text: str, zone: str | None, form: str | None
):
    column = (
        {"from": "When"} | ({"zone": zone} if zone else {}) | ({"format": form} if form else {})
    )
    line = f"{text};o1;L1;1;2"
    columns = COLUMNS | {"timestamp": column}
    [(_, raw, reason)] = read(tmp_path, f"{HEADER}\n{line}\n", columns=columns, decimal=",")
    told = TIMES[text, zone, form]
    assert (raw, reason) == (
        (line, "bad_timestamp") if told is None else (f"{told};o1;L1;1;2", None)
    )


def test_hours_that_clocks_skip_or_show_twice_are_said(tmp_path: Path):
    columns = COLUMNS | {"timestamp": {"from": "When", "zone": "Europe/Rome"}}
    times = ["2026-03-29 02:30:00", "2026-10-25 02:30:00", "2026-10-25 03:30:00"]
    text = HEADER + "".join(f"\n{time};o1;L1;1;2" for time in times)
    found, told = read_and_hear(tmp_path, text, columns=columns, kitchen_zone="UTC")
    assert [(raw[:19], reason) for _, raw, reason in found] == [
        ("2026-03-29 02:30:00", "bad_timestamp"),
        ("2026-10-25T01:30:00", None),
        ("2026-10-25T02:30:00", None),
    ]
    assert "1 times in an hour that the clocks of Europe/Rome skip" in told[0]
    assert "1 times in an hour that the clocks of Europe/Rome show twice" in told[1]
    columns = COLUMNS | {"timestamp": {"from": "When", "zone": "UTC"}}
    text = HEADER + "".join(f"\n2026-10-25 0{hour}:30:00;o1;L1;1;2" for hour in range(3))
    found, [told] = read_and_hear(tmp_path, text, columns=columns)
    assert [raw[11:13] for _, raw, _ in found] == ["02", "02", "03"]
    assert "2 times in an hour that the clocks of Europe/Rome show twice" in told


# Half an hour, two hours, and an hour that ends where the day does.
SHOWN_TWICE = {
    "Australia/Lord_Howe": ("2026-04-05 01:29:00", "2026-04-05 01:30:00", "2026-04-05 01:59:00"),
    "Antarctica/Troll": ("2026-10-25 00:59:00", "2026-10-25 01:00:00", "2026-10-25 02:59:00"),
    "America/Asuncion": ("2024-03-23 22:59:00", "2024-03-23 23:00:00", "2024-03-23 23:59:00"),
    "America/Santiago": ("2026-04-04 22:59:00", "2026-04-04 23:00:00", "2026-04-04 23:59:00"),
    "Asia/Beirut": ("2026-10-24 22:59:00", "2026-10-24 23:00:00", "2026-10-24 23:59:00"),
    "Pacific/Chatham": ("2026-04-05 02:44:00", "2026-04-05 02:45:00", "2026-04-05 03:44:00"),
}


@pytest.mark.parametrize("zone", SHOWN_TWICE)
def test_what_clocks_show_twice_is_said_however_far_and_at_whichever_hour_they_are_set_back(
    tmp_path: Path, zone: str
):
    columns = COLUMNS | {"timestamp": {"from": "When", "zone": zone}}
    once, first, last = SHOWN_TWICE[zone]
    once_more = (datetime.fromisoformat(last) + timedelta(minutes=1)).isoformat(" ")
    text = HEADER + "".join(f"\n{time};o1;L1;1;2" for time in (once, first, last, once_more))
    _, [told] = read_and_hear(tmp_path, text, columns=columns, kitchen_zone="UTC")
    assert f"2 times in an hour that the clocks of {zone} show twice" in told
    instants = [
        datetime.fromisoformat(time).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)
        for time, fold in ((once, 0), (first, 0), (last, 0), (first, 1), (last, 1), (once_more, 0))
    ]
    text = HEADER + "".join(f"\n{time:%Y-%m-%d %H:%M:%S};o1;L1;1;2" for time in instants)
    columns = COLUMNS | {"timestamp": {"from": "When", "zone": "UTC"}}
    _, [told] = read_and_hear(tmp_path, text, columns=columns, kitchen_zone=zone)
    assert f"4 times in an hour that the clocks of {zone} show twice" in told


@pytest.mark.parametrize(
    ("zone", "midnight"), [("Asia/Beirut", "2026-03-29"), ("Pacific/Apia", "2011-12-30")]
)
def test_a_day_without_its_midnight_has_skipped_it(tmp_path: Path, zone: str, midnight: str):
    columns = COLUMNS | {"timestamp": {"from": "When", "zone": zone}}
    text = f"{HEADER}\n{midnight} 00:30:00;o1;L1;1;2"
    found, [told] = read_and_hear(tmp_path, text, columns=columns, kitchen_zone="UTC")
    assert [reason for *_, reason in found] == ["bad_timestamp"]
    assert f"1 times in an hour that the clocks of {zone} skip" in told


@pytest.mark.parametrize(
    ("zone", "begun", "ended", "shown"),
    [
        ("UTC", "2026-10-25 00:50:00", "2026-10-25 01:10:00", ("02:50:00", "02:50:00")),
        ("UTC", "2026-10-25 00:10:00", "2026-10-25 01:50:00", ("02:10:00", "02:50:00")),
        ("UTC", "2026-10-25 00:50:00", "", ("02:50:00", "")),
        # Told to end before it has begun: that is for the quarantine.
        ("UTC", "2026-10-25 00:50:00", "2026-10-25 00:10:00", ("02:50:00", "02:10:00")),
        (
            "offset",
            "2026-10-25T02:50:00+02:00",
            "2026-10-25T02:10:00+01:00",
            ("02:50:00", "02:50:00"),
        ),
    ],
)
def test_a_stop_while_clocks_are_put_back_ends_no_earlier_than_it_began(
    tmp_path: Path, zone: str, begun: str, ended: str, shown: tuple[str, str]
):
    columns = {
        "machine_id": "Oven",
        "start_time": {"from": "From", "zone": zone},
        "end_time": {"from": "To", "zone": zone},
        "kind": {"constant": "breakdown"},
    }
    text = f"Oven;From;To\no1;{begun};{ended}\n"
    [(_, raw, reason)] = read(tmp_path, text, table="maintenance_events", columns=columns)
    times = [time and f"2026-10-25T{time}" for time in shown]
    assert (raw, reason) == (f"o1;{times[0]};{times[1]};breakdown", None)


def test_a_value_that_a_map_does_not_know_is_said_with_its_line(tmp_path: Path):
    columns = COLUMNS | {"machine_id": {"from": "Oven", "map": {"o1": "oven-1"}}}
    text = f"{HEADER}\n{FIRST}\n" + 2 * (FIRST.replace("o1", "o7") + "\n")
    found, [told] = read_and_hear(tmp_path, text, columns=columns)
    assert [(number, reason) for number, _, reason in found] == [
        (2, None), (3, "unknown_value"), (4, "unknown_value")
    ]  # fmt: skip
    assert found[0][1] == "2026-11-20T07:00:00;oven-1;L1;230;11"
    assert told == (
        "scada.csv: line 3 and 1 more: column machine_id of layout scada has no entry for 'o7';"
        " add it to RAW_LAYOUTS"
    )


@pytest.mark.parametrize(
    ("content", "words", "told"),
    [
        ("When,Oven\n", {}, "column When, Oven, Lot, Temp, Amps of layout scada is missing"),
        (b"\xff\xfeW\x00", {"encoding": "windows-1252"}, "correct the layout, its separator or"),
        (HEADER, {"skip_lines": 1}, "is missing"),
        (f"{HEADER}\n{FIRST}\n",
         {"columns": COLUMNS | {"timestamp": {"from": "When", "format": "%Q"}}},
         "layout scada cannot be applied (Invalid Input Error: Failed to parse format specifier"),
    ],
)  # fmt: skip
def test_a_file_that_its_layout_does_not_fit_is_one_line(
    tmp_path: Path, content: str | bytes, words: dict[str, Any], told: str
):
    with pytest.raises(UnreadableFileError) as refused:
        read(tmp_path, content, **words)
    assert told in str(refused.value)
    assert str(refused.value).startswith("scada.csv: ")
    assert "\n" not in str(refused.value)


def test_parquet_is_read_by_a_layout_as_text_is(tmp_path: Path):
    table = pa.table(
        {
            "When": pa.array([1795154400000000], pa.timestamp("us")),
            "Oven": ["o;1"], "Lot": ["L1"], "Temp": [230.5], "Amps": [11],
        }
    )  # fmt: skip
    pq.write_table(table, tmp_path / "scada.parquet")
    columns = COLUMNS | {"timestamp": {"from": "When", "zone": "UTC"}}
    found = lines_of(tmp_path / "scada.parquet", layout(columns=columns, separator=","))
    assert found == [(1, '2026-11-20T07:00:00;"o;1";L1;230.5;11', None)]


def test_numbers_of_parquet_have_no_marks(tmp_path: Path):
    columns = {"When": "20.11.2026 07:00", "Oven": "o1", "Lot": "L1", "Temp": 230.5, "Amps": "1,5"}
    path = tmp_path / "scada.parquet"
    pq.write_table(pa.table({name: [value] for name, value in columns.items()}), path)
    marked = layout(decimal=",", comment="20")
    assert lines_of(path, marked) == [(1, "2026-11-20T07:00:00;o1;L1;230.5;1,5", None)]


def test_a_header_is_cut_as_lines_are_and_comes_again_without_its_mark(tmp_path: Path):
    header = HEADER.replace("Temp", '"Temp; hot"') + ';"a note"'
    columns = COLUMNS | {"oven": "Temp; hot"}
    text = f"\ufeff{header}\n{FIRST};x\n{header}\n{FIRST};x\n"
    assert read(tmp_path, text, columns=columns) == [(2, OURS, None), (4, OURS, None)]


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2026-11-20T06:00:00Z", "2026-11-20T07:00:00"),
        ("2026-11-20 06:00:00.5+00", "2026-11-20T07:00:00.5"),
        ("2026-11-20T12:45:00+05:45", "2026-11-20T08:00:00"),
        ("2026-11-20T06:00:00", None),
        ("2026-11-20", None),
        ("epoch", None),
        ("2026-11-20T06:00:00+18:00", None),
    ],
)
def test_a_time_that_is_to_say_its_offset_says_one(tmp_path: Path, text: str, local: str | None):
    columns = COLUMNS | {"timestamp": {"from": "When", "zone": "offset"}}
    line = FIRST.replace("20.11.2026 07:00", text)
    [(_, told, reason)] = read(tmp_path, f"{HEADER}\n{line}\n", columns=columns)
    expected = (line, "bad_timestamp") if local is None else (f"{local};o1;L1;230;11", None)
    assert (told, reason) == expected


def test_what_several_empty_columns_say_together_is_empty(tmp_path: Path):
    columns = COLUMNS | {"batch_id": {"from": ["Lot", "Amps"], "joined": "-"}, "amps": "Temp"}
    lines = f"{FIRST}\n20.11.2026 07:00;o1;;230;\n"
    found = read(tmp_path, f"{HEADER}\n{lines}", columns=columns)
    assert [reason for _, _, reason in found] == [None, "missing_field"]


def test_an_order_that_is_still_open_has_no_end(tmp_path: Path):
    columns = {
        "machine_id": "Oven",
        "start_time": {"from": ["Day", "Hour"], "joined": " ", "format": "%d.%m.%Y %H:%M"},
        "end_time": {"from": ["Done", "At"], "joined": " ", "format": "%d.%m.%Y %H:%M"},
        "kind": {"constant": "breakdown"},
    }
    lines = [
        "o1;20.11.2026;07:00;;",
        "o1;20.11.2026;07:00;;00:00",
        "o1;20.11.2026;07:00;20.11.2026;",
    ]
    text = "\n".join(["Oven;Day;Hour;Done;At", *lines, ""])
    found = read(tmp_path, text, table="maintenance_events", columns=columns)
    assert [(line, reason) for _, line, reason in found] == [
        ("o1;2026-11-20T07:00:00;;breakdown", None),
        ("o1;2026-11-20T07:00:00;;breakdown", None),
        ("o1;20.11.2026;07:00;20.11.2026;", "bad_timestamp"),
    ]


def test_another_layout_reads_the_same_bytes_anew(tmp_path: Path):
    path = tmp_path / "scada.csv"
    path.write_text(HEADER)
    hashes = {
        content_hash(RawFile(TABLES["cooking_metrics"], path, path.name, stamp(path), of))
        for of in (None, layout(), layout(), layout(decimal=","), layout(kitchen_zone="UTC"))
    }
    assert len(hashes) == 4


TAGS = {
    "columns": {"timestamp": {"from": "When", "format": "%d.%m.%Y %H:%M"}},
    "tags": {
        "from": "Tag", "value": "Value", "pattern": "^(.+)[.](.+)$",
        "columns": {"LOT": "batch_id", "T": "oven", "A": "amps"},
    },
}  # fmt: skip


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(st.sampled_from("12"), st.sampled_from(["LOT", "T", "A", "DOOR"]),
                  st.sampled_from(["00", "01"]), st.sampled_from(["1", "2", ""])),
        max_size=14,
    )
)  # fmt: skip
def test_each_tag_is_part_of_one_row_or_told_why_not(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str, str, str]]
):
    path = tmp_path_factory.mktemp("tags") / "scada.csv"
    texts = [f"o{m}.{tag};20.11.2026 07:{minute};{value}" for m, tag, minute, value in lines]
    path.write_text("\n".join(["Tag;When;Value", *texts]) + "\n")
    foreign = ForeignFile(
        RawFile(TABLES["cooking_metrics"], path, path.name, stamp(path), layout(**TAGS)), 3
    )
    with open_engine() as engine:
        rows = [row for batch in foreign.read_lines(engine) for row in batch.to_pylist()]
    members = [row for table in foreign.foreign_lines for row in table.to_pylist()]
    whole = {row["source_line"]: row["raw_line"] for row in rows if row["line_reason"] is None}
    told = {row["source_line"]: row["line_reason"] for row in rows if row["line_reason"]}
    numbers = [row["foreign_line"] for row in members]
    assert sorted([*numbers, *told]) == list(range(2, len(lines) + 2))
    assert sum(row["is_further"] for row in members) == 2 * len(whole)
    for number, raw in whole.items():
        fields = dict(zip(foreign.header, raw.split(";"), strict=True))
        of_row = [lines[row["foreign_line"] - 2] for row in members if row["source_line"] == number]
        names = {"LOT": "batch_id", "T": "oven", "A": "amps"}
        assert {names[tag]: value for _, tag, _, value in of_row} == {
            name: fields[name] for name in names.values()
        }
        assert {(f"o{m}", f"2026-11-20T07:{minute}:00") for m, _, minute, _ in of_row} == {
            (fields["machine_id"], fields["timestamp"])
        }
    for number, reason in told.items():
        _, tag, _, value = lines[number - 2]
        assert (reason == "unknown_value") == (tag == "DOOR")
        assert reason in {"unknown_value", "missing_field"}
        assert value or tag == "DOOR" or reason == "missing_field"


NOT_FIRST = "20.11.2026 07:00;o1;L1;230;60"
OTHER_HEADERS = f"""{HEADER}
{FIRST}
"Amps";"Lot";"When";"Temp";"Oven"
11;L1;20.11.2026 07:00;230;o1
{HEADER}
{FIRST}
When;Oven;Lot;Temp;Humidity
{NOT_FIRST}
{HEADER}
{FIRST}
"""


def test_a_further_header_says_where_the_columns_of_its_lines_stand(tmp_path: Path):
    lines, told = read_and_hear(tmp_path, OTHER_HEADERS, only={"Amps": "^11$"})
    assert lines == [
        *[(number, OURS, None) for number in (2, 4, 6)],
        (8, NOT_FIRST, "missing_field"),
        (10, OURS, None),
    ]
    [line] = told
    assert "line 7: a further header has no column Amps of layout scada" in line


def test_lines_of_units_are_no_data_below_further_headers_either(tmp_path: Path):
    units = ";;;degC;A\n(local);;;;\n"
    other_order = "Amps;When;Oven;Lot;Temp\nA;;;;degC\n;(local);;;\n11;20.11.2026 07:00;o1;L1;230"
    text = f"{HEADER}\n{units}{FIRST}\n{HEADER}\n{units}{FIRST}\n{other_order}\n"
    text += f"{HEADER}\n{FIRST}\n{units}"
    assert read(tmp_path, text, skip_after_header=2) == [
        (4, OURS, None),
        (8, OURS, None),
        (12, OURS, None),
        (14, OURS, None),
        (15, ";;;degC;A", "missing_field"),
        (16, "(local);;;;", "bad_timestamp"),
    ]


def test_a_reading_that_names_two_columns_is_no_further_header(tmp_path: Path):
    named = "20.11.2026 07:00;Temp;Amps;230;11"
    lines, told = read_and_hear(tmp_path, f"{HEADER}\n{named}\n{FIRST}\n")
    assert lines == [(2, "2026-11-20T07:00:00;Temp;Amps;230;11", None), (3, OURS, None)]
    assert told == []


def test_a_comment_that_names_the_columns_is_no_further_header(tmp_path: Path):
    text = f"{HEADER}\n{FIRST}\n# {HEADER}\n{FIRST}\n"
    lines, told = read_and_hear(tmp_path, text, comment="#")
    assert lines == [(number, OURS, None) for number in (2, 4)]
    assert told == []
