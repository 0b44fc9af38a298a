"""Metrics with names of their own: from the raw files to the features as with `metric_1`."""

from tests.conftest import RAW_FIXTURES, Workspace
from tests.python_ml.morning.test_hourly import WHOLE_TIME, hourly

NAMES = {"metric_1": "oven_temperature", "metric_2": "yield"}
COMPARED = ("features.feat_machine_arepa_daily", "core.fct_machine_metrics_hourly")


def test_metrics_by_any_name_make_the_same_tables(workspace: Workspace, built_fixtures: Workspace):
    workspace.copy_raw(RAW_FIXTURES)
    for path in workspace.raw.rglob("cooking_metrics*"):
        header, line_feed, lines = path.read_bytes().partition(b"\n")
        for name, real in NAMES.items():
            header = header.replace(name.encode(), real.encode())
        path.write_bytes(header + line_feed + lines)
    day = ("--as-of", "2020-11-05")
    hours = hourly(workspace, *day, *WHOLE_TIME, METRICS=",".join(NAMES.values()))
    assert list(hours.columns[-2:]) == ["oven_temperature", "yield"]
    assert hours["yield"].notna().all()
    for table in COMPARED:
        read = f"select * from {table} order by all"
        renamed, expected = workspace.query(read), built_fixtures.query(read)
        for name, real in NAMES.items():
            expected.columns = expected.columns.str.replace(name, real)
        assert len(expected) > 0
        assert renamed.equals(expected)
