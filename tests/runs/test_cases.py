"""Small fleets with one trap each, as `fixtures/cases/*/README.md` tell them: what a build says."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.conftest import Workspace

CASES = Path(__file__).parents[1] / "fixtures" / "cases"
AS_OF = "2026-11-20"
Build = Callable[..., tuple[Workspace, int]]


@pytest.fixture(scope="module")
def build(new_workspace: Callable[[], Workspace]) -> Build:
    """Build cases that do not disturb one another in one folder; gives the exit status, too."""

    def run(*cases: str) -> tuple[Workspace, int]:
        workspace = new_workspace()
        for case in cases:
            workspace.copy_raw(CASES / case / "raw")
        return workspace, workspace.arepas("build", "--as-of", AS_OF)

    return run


@pytest.fixture(scope="module")
def three_cases(build: Build) -> tuple[Workspace, int]:
    """The last one's readings are m1's to m3's alone; m4's come as Parquet."""
    return build("old-mac-line-ends", "open-planned-closed-as-breakdown", "parquet-with-zone")


def read_checks(workspace: Workspace) -> dict[tuple[str, str], tuple[str, str]]:
    rows = workspace.rows(
        "select check_name, subject, severity, message from quarantine.data_checks"
    )
    return {(name, subject): told for name, subject, *told in map(tuple, rows)}


def test_a_file_of_carriage_returns_is_set_aside_and_named_and_the_others_go_on(
    three_cases: tuple[Workspace, int], caplog: pytest.LogCaptureFixture
):
    workspace, status = three_cases
    assert status == 3
    [(lines, kept, quarantined)] = workspace.rows(
        "select lines_read, rows_kept, rows_quarantined from quarantine.row_ledger"
        " where source_file = 'cooking_metrics_m9.csv'"
    )
    assert (lines, kept, quarantined) == (1, 0, 1)
    severity, message = read_checks(workspace)["unreadable_files", "cooking_metrics_m9.csv"]
    assert severity == "mark"
    assert "no line feed in it" in message
    assert len(message) <= 300
    machines = workspace.rows("select distinct machine_id from core.fct_machine_metrics_hourly")
    assert sorted(machines) == [("m1",), ("m2",), ("m3",), ("m4",)]


def test_a_stop_whose_kind_was_corrected_on_closing_is_one_stop_that_is_over(
    three_cases: tuple[Workspace, int],
):
    workspace, _ = three_cases
    stops = workspace.rows(
        "select kind, started_at, ended_at, is_open from core.fct_machine_stops"
        " where machine_id = 'm3'"
    )
    closed = (datetime(2026, 11, 13, 8), datetime(2026, 11, 13, 15))
    assert stops == [("breakdown", *closed, False)]
    mornings = workspace.rows(
        "select is_down, count(*) from features.feat_machine_arepa_daily"
        " where machine_id = 'm3' and as_of_date >= '2026-11-14' group by all"
    )
    assert mornings == [(False, 7)]


def test_times_with_a_zone_are_what_the_kitchen_s_clock_showed(
    three_cases: tuple[Workspace, int],
):
    workspace, _ = three_cases
    hours = workspace.rows(
        "select distinct hour(measured_hour_at) from core.fct_machine_metrics_hourly"
        " where machine_id = 'm4' order by 1"
    )
    assert (hours[0], hours[-1]) == ((10,), (19,))


def test_kinds_of_files_of_which_nothing_is_kept_stop_the_day_and_are_named(
    build: Build, error_of: Callable[[], str]
):
    workspace, status = build("log-rejected-whole")
    assert status == 1
    checks = read_checks(workspace)
    for table, reason in (
        ("maintenance_events", "unknown_kind 2"),
        ("faulty_intervals", "bad_timestamp 1"),
    ):
        severity, message = checks["nothing_kept", table]
        assert severity == "stop"
        assert f"the first in {table}.csv: {reason}" in message
    # What the interval was to hide is told, too.
    assert "4 of 28 readings of m1 say metric 2 = 9000" in checks["no_value_codes", "k1"][1]
    assert "check_name=nothing_kept, subject=faulty_intervals" in error_of()


def test_machines_that_cook_while_the_log_has_them_down_are_named_and_count_as_running(
    build: Build,
):
    workspace, status = build("stale-open-stop-that-cooks")
    assert status == 0
    severity, message = read_checks(workspace)["cooking_while_down", "k2"]
    assert severity == "mark"
    assert message == (
        "m3 is down by the log since 2026-11-09 08:00 but sent 4 readings the day before and counts"
        " as running, m4 is down by the log since 2026-11-08 00:00 but sent 4 readings the day"
        " before and counts as running"
    )
    down = workspace.rows(
        "select machine_id, max(as_of_date) from features.feat_machine_arepa_daily"
        " where is_down group by all order by 1"
    )
    assert down == [("m3", date(2026, 11, 11)), ("m4", date(2026, 11, 9))]


def test_batches_of_two_kitchens_with_one_number_are_two_batches(build: Build):
    workspace, status = build("batch-counter-per-kitchen")
    assert status == 0
    assert read_checks(workspace) == {}
    types = workspace.rows(
        "select distinct kitchen_id, arepa_type from core.fct_machine_metrics_hourly order by 1"
    )
    assert types == [("k1", "a1"), ("k2", "a2")]
    # The same registries where nobody can say which kitchen's they are: the readings wait.
    for kitchen in ("k1", "k2"):
        registry = workspace.raw / kitchen / "batch_registry.csv"
        workspace.write(f"batch_registry_{kitchen}.csv", registry.read_text())
        registry.write_text("batch_id;arepa_type\n")
    assert workspace.arepas("build", "--as-of", AS_OF, QUARANTINE_LIMIT="1") == 0
    assert workspace.rows("select count(*) from core.fct_machine_metrics_hourly") == [(0,)]
    severity, message = read_checks(workspace)["ambiguous_batches", "batch_registry"]
    assert severity == "mark"
    assert message.startswith(
        "384 readings wait in quarantine: 12 batch numbers have two arepa types"
    )
    reasons = workspace.rows("select reason, count(*) from quarantine.rejected_rows group by all")
    assert set(reasons) == {("ambiguous_batch", 384), ("conflicting_batch", 12)}
