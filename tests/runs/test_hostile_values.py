"""Hostile names and values travel through as what they are: text."""

import csv
import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from python_ml.engines.registry import model_name
from tests.conftest import Workspace
from tests.small_fleet import without_building, without_reports

HOSTILE = (
    "'; drop table raw.files; --",
    '"; drop schema core cascade; --',
    "<script>alert(1)</script>",
    "=HYPERLINK(0)",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "../../etc/passwd",
    "$(touch pwned)",
    "`touch pwned`",
    "{{ 7 * 7 }}",
    "%s%n",
    "á\u202eé",
)
AS_OF = "2026-03-20"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture(scope="module")
def built(new_workspace: Callable[[], Workspace]) -> Workspace:
    workspace = new_workspace()
    readings, registry, machines, intervals, events = [], [], [], [], []
    for number, value in enumerate(HOSTILE):
        machine = f"{value}"
        time = f"2026-03-{number + 1:02d}T10:00:00"
        readings.append([time, machine, value, "0,5", "0,5"])
        readings.append([time, machine, f"unknown {value}", "0,5", "0,5"])
        registry.append([value, value])
        machines.append([machine, value, "1", value])
        intervals.append([machine, "2020-01-01T00:00:00", "2020-01-01T01:00:00"])
        events.append([machine, "2026-03-18T00:00:00", "2026-03-18T01:00:00", "planned", value])
    tables = {
        "cooking_metrics": (
            ["timestamp", "machine_id", "batch_id", "metric_1", "metric_2"],
            readings,
        ),
        "batch_registry": (["batch_id", "arepa_type"], registry),
        "machines": (["machine_id", "kitchen_id", "phase", "zone"], machines),
        "faulty_intervals": (["machine_id", "start_time", "end_time"], intervals),
        "maintenance_events": (
            ["machine_id", "start_time", "end_time", "kind", "component"],
            events,
        ),
    }
    for number, (table, (columns, rows)) in enumerate(tables.items()):
        folder = HOSTILE[number].replace("/", "_")
        workspace.write(f"{folder}/{table}.csv", as_csv(columns, rows))
    for value in HOSTILE:
        name = f"cooking_metrics_{value.replace('/', '_')}.csv"
        workspace.write(name, as_csv(tables["cooking_metrics"][0], []))
    unprintable = os.fsencode(workspace.raw) + b"/cooking_metrics_\xff\n.csv"
    Path(os.fsdecode(unprintable)).write_text(as_csv(tables["cooking_metrics"][0], []))
    types = workspace.folder / "types.txt"
    types.write_text("\n".join(HOSTILE))
    with without_reports():
        status = workspace.arepas(
            *("daily", "--as-of", AS_OF), QUARANTINE_LIMIT="1", AREPA_TYPES=str(types)
        )
    assert status == 3  # no models yet: control charts judge
    return workspace


def as_csv(columns: list[str], rows: list[list[str]]) -> str:
    lines = [";".join(columns)]
    lines += [";".join(quoted(cell) for cell in row) for row in rows]
    return "\n".join([*lines, ""])


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if ";" in cell or cell.startswith('"') else cell


def test_they_reach_the_warehouse_as_they_are(built: Workspace):
    rows = built.rows(
        "select kitchen_id, machine_id, arepa_type, batch_id from core.fct_cooking_metrics"
    )
    assert sorted(rows) == sorted((value,) * 4 for value in HOSTILE)
    assert sorted(built.rows("select zone from core.dim_machines")) == sorted(
        (value,) for value in HOSTILE
    )
    components = built.rows("select component from core.fct_maintenance_events")
    assert sorted(components) == sorted((value,) for value in HOSTILE)
    quarantined = built.rows(
        "select raw_line from quarantine.rejected_rows where reason = 'unknown_batch'"
    )
    assert len(quarantined) == len(HOSTILE)
    ledger = built.query("select * from quarantine.row_ledger")
    assert len(ledger) == 5 + len(HOSTILE) + 1
    assert r"cooking_metrics_\xff\x0a.csv" in set(ledger["source_file"])
    assert (
        ledger["lines_read"]
        == ledger["rows_kept"] + ledger["rows_duplicate"] + ledger["rows_quarantined"]
    ).all()
    assert not list(Path.cwd().glob("pwned"))


def test_the_hourly_csv_is_no_spreadsheet_program(built: Workspace):
    out = built.folder / "hourly; touch pwned.csv"
    times = ("--start", "2026-03-01T00:00:00", "--end", "2026-03-31T00:00:00")
    assert built.arepas("hourly", *times, "--out", str(out), QUARANTINE_LIMIT="1") == 0
    with out.open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header[:5] == ["date", "hour", "kitchen_id", "machine_id", "arepa_type"]
    assert len(rows) == len(HOSTILE)
    for row in rows:
        names = row[2:5]
        assert not any(name.startswith(FORMULA_STARTS) for name in names)
        assert names[0].removeprefix("'") in HOSTILE or names[0] in HOSTILE


def test_filters_take_them_as_values(built: Workspace):
    times = ("--start", "2026-03-01T00:00:00", "--end", "2026-03-31T00:00:00")
    out = built.folder / "one.csv"
    for value in HOSTILE[:3]:
        arguments = (*times, "--out", str(out), f"--machine={value}", f"--kitchen={value}")
        with without_building():
            assert built.arepas("hourly", *arguments, QUARANTINE_LIMIT="1") == 0
        assert list(pd.read_csv(out)["machine_id"]) == [value]


@pytest.mark.parametrize("arepa_type", [*HOSTILE, "x" * 5000])
def test_a_model_name_is_a_safe_name(arepa_type: str):
    name = model_name(arepa_type)
    assert name.startswith("arepas__")
    assert len(name) <= 256
    assert not set(name) & set("/:'\";<>$`{} ")


def test_model_names_do_not_collide():
    names = [model_name(value) for value in (*HOSTILE, "x" * 5000, "x" * 5001)]
    assert len(set(names)) == len(names)


def test_published_tables_hold_them_as_they_are(built: Workspace, tmp_path: Path):
    from python_ml.morning.publish import publish

    settings = built.settings(BI_PATH=str(tmp_path / 'it\'s; a "path".duckdb'))
    from datetime import date

    publish(settings, run_id="r", as_of=date(2026, 3, 20), status="complete")
    with duckdb.connect(str(settings.bi_path), read_only=True) as connection:
        catalog = connection.execute("select current_database()").fetchone()[0]
        files = connection.execute(
            f'select source_file from "{catalog.replace(chr(34), chr(34) * 2)}".bi.rpt_file_ledger'
        ).fetchall()
    assert len(files) == 5 + len(HOSTILE) + 1
