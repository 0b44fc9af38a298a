"""Features of one machine, built outside the warehouse, are those of the mart."""

import csv
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from python_ml.raw.files import raw_tables
from python_ml.serving.live_features import LiveFeatureBuilder, _write, compile_models
from tests.conftest import Workspace

AS_OF = date(2020, 11, 5)
METRICS = ("metric_1", "metric_2")
OF_MACHINE = {
    "machines": "machine_id;kitchen_id;phase\nm1;k1;1\n",
    "maintenance_events": (
        "machine_id;start_time;end_time;kind;finding\n"
        "m1;2020-11-02T06:00:00;2020-11-02T07:00:00;planned;nothing_found\n"
    ),
}


@pytest.fixture(scope="module")
def builder(built_fixtures: Workspace) -> LiveFeatureBuilder:
    settings = built_fixtures.settings()
    return LiveFeatureBuilder(settings, compile_models(settings))


def tables_of(raw: Path) -> dict[str, list[dict[str, str]]]:
    """The raw files as a request would have them, of machine `m1` alone."""
    texts = {
        table.name: OF_MACHINE.get(table.name)
        or (raw / f"{table.name}.csv").read_text(encoding="utf-8-sig")
        for table in raw_tables(METRICS)
    }
    rows = {
        name: list(csv.DictReader(text.splitlines(), delimiter=";")) for name, text in texts.items()
    }
    return {
        name: [
            {column: value for column, value in row.items() if column is not None}
            for row in of_table
            if row.get("machine_id", "m1") == "m1" and None not in row.values()
        ]
        for name, of_table in rows.items()
    }


def test_one_machine_s_readings_give_the_row_of_the_mart(
    built_fixtures: Workspace, builder: LiveFeatureBuilder
):
    tables = tables_of(built_fixtures.raw)
    for arepa_type in ("a1", "a2", "a3"):
        expected = built_fixtures.query(
            "select * from features.feat_machine_arepa_daily"
            " where machine_id = 'm1' and arepa_type = ? and as_of_date = ?",
            (arepa_type, AS_OF),
        )
        assert len(expected) == 1
        built = builder.build(arepa_type, tables, AS_OF)
        pd.testing.assert_frame_equal(
            built.rows[list(expected)], expected, check_exact=True, check_dtype=False
        )


def test_readings_that_are_set_aside_are_counted_by_reason(
    built_fixtures: Workspace, builder: LiveFeatureBuilder
):
    tables = tables_of(built_fixtures.raw)
    [last] = tables["cooking_metrics"][-1:]
    tables["cooking_metrics"] = [
        *tables["cooking_metrics"],
        last | {"timestamp": "2999-01-01T00:00:00"},
        last | {"timestamp": "2999-01-02T00:00:00"},
        last | {"metric_1": "nan"},
    ]
    rejected = builder.build("a1", tables, AS_OF).rejected
    assert rejected == {"future_timestamp": 2, "not_a_number": 1}


def test_a_type_that_did_not_cook_has_no_row(
    built_fixtures: Workspace, builder: LiveFeatureBuilder
):
    assert builder.build("a9", tables_of(built_fixtures.raw), AS_OF).rows.empty


def test_layouts_of_other_systems_are_not_for_requests(
    built_fixtures: Workspace, builder: LiveFeatureBuilder, tmp_path: Path
):
    layouts = tmp_path / "layouts.toml"
    layouts.write_text(
        '[plant]\ntable = "batch_registry"\nfiles = "*.csv"\n'
        '[plant.columns]\nbatch_id = "Lot"\narepa_type = "Product"\n'
    )
    settings = built_fixtures.settings(RAW_LAYOUTS=str(layouts))
    tables = tables_of(built_fixtures.raw)
    foreign = LiveFeatureBuilder(settings, builder._statements).build("a1", tables, AS_OF)
    pd.testing.assert_frame_equal(foreign.rows, builder.build("a1", tables, AS_OF).rows)


def test_a_table_is_written_as_a_kitchen_writes_it(tmp_path: Path):
    table = raw_tables(METRICS)[1]
    rows = [
        {
            "machine_id": 'm;"1',
            "start_time": "2020-11-02T06:00:00",
            "end_time": None,
            "kind": "planned",
        },
        {
            "machine_id": "m2",
            "start_time": "2020-11-03T06:00:00",
            "end_time": "",
            "component": "belt",
        },
    ]
    _write(tmp_path / "maintenance_events.csv", table, rows)
    assert (tmp_path / "maintenance_events.csv").read_text() == (
        "machine_id;start_time;end_time;kind;component\n"
        '"m;""1";2020-11-02T06:00:00;;planned;\n'
        "m2;2020-11-03T06:00:00;;;belt\n"
    )
    _write(tmp_path / "empty.csv", table, [])
    assert (tmp_path / "empty.csv").read_text() == "machine_id;start_time;end_time;kind\n"
