"""Other systems' exports, as docs/layouts has them: from file to plan by configuration alone."""

import json
from datetime import datetime

import duckdb
import pytest

from python_ml.settings import PROJECT_DIR
from tests.conftest import BuiltOnce, Workspace
from tests.small_fleet import without_reports

SAMPLES = PROJECT_DIR / "docs" / "layouts"
AS_OF = "2026-11-20"
VARIABLES = {
    "RAW_LAYOUTS": str(SAMPLES / "layouts.toml"),
    "METRICS": "oven_temperature,motor_current",
    "TZ": "Europe/Rome",
    "QUARANTINE_LIMIT": "0.6",  # the samples have a bad line for each kind
}
# Lines that tell of the table, in the foreign files: read by eye.
LEDGER = {
    "atlas/work-orders-2026-11.csv": (4, 2, 0, [6, 7]),
    "erp/lots_2026-11.csv": (7, 6, 0, [7]),
    "faulty_intervals.csv": (0, 0, 0, []),
    "grafana/ovens-data-2026-11-19.csv": (6, 5, 0, [5]),
    "historian/plant1_2026-11-19.csv": (15, 12, 0, [19, 20, 21]),
    "influx/ovens_2026-11-19.csv": (4, 3, 0, [13]),
    "maximo/wo_2026-11.csv": (3, 3, 0, []),
    "sap/ie05.txt": (7, 6, 0, [8]),
    "sap/iw38_2026-11.txt": (3, 2, 0, [8]),
    "wincc/tags_oven6.csv": (9, 9, 0, []),
}


@pytest.fixture(scope="module")
def built(built_once: BuiltOnce) -> Workspace:
    def build(workspace: Workspace) -> None:
        workspace.copy_raw(SAMPLES / "samples")
        with without_reports():
            # A day of readings teaches no model, and the morning says so.
            assert workspace.arepas("daily", "--as-of", AS_OF, **VARIABLES) == 3

    return built_once("layouts", build)


def test_every_foreign_line_is_in_the_ledger_once(built: Workspace):
    ledger = built.rows(
        "select source_file, lines_read, rows_kept, rows_duplicate, rows_quarantined"
        " from quarantine.row_ledger"
    )
    rejected = built.rows(
        "select source_file, source_line from quarantine.rejected_rows order by all"
    )
    found = {
        name: (*counts[:3], [line for file, line in rejected if file == name])
        for name, *counts in ledger
    }
    assert found == LEDGER
    for _, read, kept, duplicate, quarantined in ledger:
        assert read == kept + duplicate + quarantined


def test_readings_of_every_system_have_the_kitchens_time(built: Workspace):
    hours = built.rows(
        "select machine_id, arepa_type, measured_hour_at, reading_count, oven_temperature_mean"
        " from core.fct_machine_metrics_hourly order by all"
    )
    seven = datetime(2026, 11, 19, 7)
    assert hours == [
        ("oven-1", "a1", seven, 4, 233.0),
        ("oven-2", "a1", seven, 3, 229.125),
        ("oven-3", "a2", seven, 2, 220.25),
        ("oven-4", "a2", seven, 2, 215.75),
        ("oven-5", "a1", seven, 1, 205.5),
        ("oven-6", "a2", seven, 3, 213.5),
    ]


def test_work_orders_become_stops_and_a_closed_order_the_answer_to_its_stop(built: Workspace):
    stops = built.rows(
        "select machine_id, started_at, kind, finding, component"
        " from intermediate.int_maintenance_event_registrations"
        " where registration_status = 'kept' order by machine_id, started_at"
    )
    assert stops == [
        ("oven-1", datetime(2026, 11, 3, 6, 10), "breakdown", None, "Heizstab"),
        ("oven-1", datetime(2026, 11, 16, 7, 5), "planned", "fault_found", "heating rod"),
        ("oven-2", datetime(2026, 11, 10, 7), "planned", None, "Band"),
        ("oven-2", datetime(2026, 11, 17, 13), "planned", "nothing_found", None),
        ("oven-3", datetime(2026, 11, 5, 6), "breakdown", "fault_found", "belt"),
        ("oven-3", datetime(2026, 11, 12, 7), "planned", "nothing_found", None),
        ("oven-4", datetime(2026, 11, 19, 22, 30), "breakdown", "fault_found", "burner"),
    ]


def test_the_plan_has_each_machine_with_what_its_system_said(built: Workspace):
    with duckdb.connect(str(built.bi), read_only=True) as bi:
        plan = bi.execute(
            "select kitchen_id, phase, machine_id, status, reason_details"
            " from bi.bi.rpt_maintenance_plan_daily order by machine_id"
        ).fetchall()
        ledger = bi.execute("select source_file, lines_read from bi.bi.rpt_file_ledger").fetchall()
    assert dict(ledger) == {name: counts[0] for name, counts in LEDGER.items()}
    assert [
        (*machine, details and json.loads(details)[0]["value"]) for *machine, details in plan
    ] == [
        ("k1", 1, "oven-1", "no_model", 233.0),
        ("k1", 1, "oven-2", "no_model", 229.125),
        ("k1", 1, "oven-3", "no_model", 220.25),
        ("k1", 1, "oven-4", "down", None),
        ("k2", 1, "oven-5", "no_model", 205.5),
        ("k2", 1, "oven-6", "no_model", 213.5),
    ]
