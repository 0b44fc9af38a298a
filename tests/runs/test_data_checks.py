"""What a morning's data may look like: over a limit the day stops, or is marked, as configured."""

import gzip
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from python_ml.raw.forget import forget
from python_ml.raw.load import _publish_deadline
from python_ml.settings import MODELLING, PROJECT_DIR, Settings
from tests.conftest import Workspace
from tests.small_fleet import copy_of

FIRST_DAY = date(2026, 3, 1)
MACHINES = {"m1": "k1", "m2": "k1", "m3": "k2", "m4": "k2"}


@pytest.fixture(scope="module")
def built(new_workspace: Callable[[], Workspace]) -> Workspace:
    """Two kitchens that sent two days; k2 and a machine of k1 sent nothing on the third."""
    workspace = new_workspace()
    lines = [f"{machine};{kitchen};1" for machine, kitchen in MACHINES.items()]
    workspace.write("machines.csv", "\n".join(["machine_id;kitchen_id;phase", *lines, ""]))
    workspace.write("batch_registry.csv", "batch_id;arepa_type\nb1;a1\n")
    workspace.write("faulty_intervals.csv", "machine_id;start_time;end_time\n")
    deliver(workspace, 0, MACHINES)
    deliver(workspace, 1, MACHINES)
    assert build(workspace, 2) == 0
    return workspace


@pytest.fixture
def fleet(built: Workspace, tmp_path: Path) -> Workspace:
    return copy_of(built, tmp_path / "copy")


def deliver(workspace: Workspace, day: int, machines: object, name: str = "") -> None:
    measured = datetime.combine(FIRST_DAY + timedelta(days=day), time(10))
    lines = [f"{measured.isoformat()};{machine};b1;0,5;0,5" for machine in machines]
    header = "timestamp;machine_id;batch_id;metric_1;metric_2"
    workspace.write(f"cooking_metrics_{day}{name}.csv", "\n".join([header, *lines, ""]))


def build(workspace: Workspace, day: int) -> int:
    return workspace.arepas("build", "--as-of", (FIRST_DAY + timedelta(days=day)).isoformat())


def read_checks(workspace: Workspace) -> set[tuple]:
    return set(
        workspace.rows("select check_name, subject, severity, value from quarantine.data_checks")
    )


def test_a_good_morning_has_nothing_to_say(fleet: Workspace):
    assert read_checks(fleet) == set()


def test_machines_that_no_plan_lists_are_marked_for_two_months_or_until_they_were_heard(
    fleet: Workspace,
):
    lines = [f"{machine};{kitchen};1" for machine, kitchen in MACHINES.items()]
    fleet.write("machines.csv", "\n".join(["machine_id;kitchen_id;phase", *lines, "m5;k1;1", ""]))
    deliver(fleet, 29, ["m1", "m2", "m3"])
    assert build(fleet, 30) == 0
    never_heard = ("unheard_machines", "k1", "mark", 1 / 3)
    assert read_checks(fleet) == {never_heard, ("unheard_machines", "k2", "mark", 0.5)}
    deliver(fleet, 99, ["m1", "m2", "m3"])
    assert build(fleet, 100) == 0
    assert read_checks(fleet) == {never_heard}


def test_machines_that_left_the_machines_file_are_named_with_their_lines(
    fleet: Workspace, error_of: Callable[[], str]
):
    fleet.write("machines.csv", "machine_id;kitchen_id;phase\nm1;k1;1\nm3;k2;1\n")
    fleet.write(
        "maintenance_events.csv",
        "machine_id;start_time;end_time;kind\nm4;2026-03-01T11:00:00;2026-03-01T12:00:00;planned\n",
    )
    assert build(fleet, 2) == 1
    named = "machines that no machines file names: m4 (3 lines), m2 (2 lines)"
    assert named in error_of()
    told = fleet.rows(
        "select check_name, subject from quarantine.data_checks where contains(message, ?)",
        (named,),
    )
    assert ("quarantine_share", "all files") in told
    assert ("kind_share", "cooking_metrics") in told


def test_the_last_machines_file_is_not_forgotten_unnoticed(
    fleet: Workspace, error_of: Callable[[], str]
):
    (fleet.raw / "machines.csv").rename(fleet.raw.parent / "machines.csv")
    assert fleet.arepas("forget", "--file", "machines.csv") == 1
    lost = "2 machines lose kitchen and phase without a machines file"
    assert f"{lost}; deliver it again: m3 (k2, 1), m4 (k2, 1)" in error_of()
    assert build(fleet, 2) == 1
    assert ("lost_places", "machines", "stop", 1.0) in read_checks(fleet)
    (fleet.raw.parent / "machines.csv").rename(fleet.raw / "machines.csv")
    assert build(fleet, 2) == 0
    assert read_checks(fleet) == set()
    assert dict(fleet.rows("select machine_id, kitchen_id from core.dim_machines")) == MACHINES


def test_a_machine_with_a_blank_behind_its_name_is_told_where_no_machines_file_is(
    workspace: Workspace,
):
    workspace.write("batch_registry.csv", "batch_id;arepa_type\nb1;a1\n")
    workspace.write("faulty_intervals.csv", "machine_id;start_time;end_time\n")
    deliver(workspace, 0, ["m1", "m2"])
    padded = {
        "timestamp": [datetime.combine(FIRST_DAY, time(11))],
        "machine_id": ["m1   "],
        "batch_id": ["b1"],
        "metric_1": [0.5],
        "metric_2": [0.5],
    }
    pq.write_table(pa.table(padded), workspace.raw / "cooking_metrics_pulled.parquet")
    assert build(workspace, 1) == 0
    assert workspace.rows("select check_name, message from quarantine.data_checks") == [
        (
            "other_letter_case",
            "1 machine names are registered with other letter case or blanks alone, first m1   ",
        )
    ]


def test_missing_kitchens_and_silent_machines_are_marked(fleet: Workspace):
    deliver(fleet, 2, ["m1"])
    assert build(fleet, 3) == 0
    assert read_checks(fleet) == {("missing_kitchens", "k2", "mark", 0.5)}
    deliver(fleet, 3, ["m1"])
    assert build(fleet, 4) == 0
    assert read_checks(fleet) == {
        ("missing_kitchens", "k2", "mark", 0.5),
        ("silent_machines", "k1", "mark", 0.5),
        ("silent_machines", "k2", "mark", 1.0),
    }
    freshness = fleet.rows(
        "select kitchen_id, cast(last_measured_at as date), reading_count_1d, reading_count_7d,"
        " machine_count, silent_machine_count from core.fct_kitchen_mornings"
        " where as_of_date = ? order by 1",
        (FIRST_DAY + timedelta(days=4),),
    )
    day = FIRST_DAY + timedelta(days=3)
    assert freshness == [
        ("k1", day, 1, 6, 2, 1),
        ("k2", FIRST_DAY + timedelta(days=1), 0, 4, 2, 2),
    ]


def test_a_machine_of_which_no_time_can_be_read_is_told_with_the_reason_not_as_silent(
    fleet: Workspace, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("QUARANTINE_LIMIT", "0.5")
    for day in (2, 3):
        deliver(fleet, day, ["m1", "m3", "m4"])
        (fleet.raw / f"cooking_metrics_{day}.csv").write_text(
            (fleet.raw / f"cooking_metrics_{day}.csv").read_text()
            + f"0{day}/03/26 10:00;m2;b1;0,5;0,5\n"
        )
    assert build(fleet, 4) == 0
    told = "1 of 2 machines sent for two days only lines that are in quarantine: "
    assert fleet.rows(
        "select subject, message from quarantine.data_checks"
        " where check_name in ('rejected_machines', 'silent_machines')"
    ) == [("k1", f"{told}m2 (bad_timestamp 2)")]
    # Told apart from the silent, on the newest morning.
    counts = "as_of_date, silent_machine_count, rejected_machine_count"
    assert fleet.rows(
        f"select {counts} from bi.rpt_kitchen_freshness_daily where kitchen_id = 'k1'"
        " and silent_machine_count > 0"
    ) == [(FIRST_DAY + timedelta(days=4), 1, 1)]


def test_the_header_of_a_registry_that_another_was_put_behind_is_no_batch(fleet: Workspace):
    (path,) = fleet.raw.glob("batch_registry*")
    text = path.read_text()
    # As `cat` does, with the second file's byte-order mark.
    path.write_text(f"{text}\ufeff{text}")
    build(fleet, 2)
    told = fleet.rows("select source_table, reason from quarantine.rejected_rows")
    assert told == [("batch_registry", "repeated_header")]


def test_a_faulty_interval_with_a_wrong_end_is_named_once_nothing_else_came_for_two_days(
    fleet: Workspace,
):
    fleet.write(
        "faulty_intervals.csv",
        "machine_id;start_time;end_time\nm2;2026-03-02T09:00:00;2062-03-02T11:00:00\n",
    )
    deliver(fleet, 2, MACHINES)
    assert build(fleet, 3) == 0
    told = "1 of 2 machines sent for two days only readings that faulty_intervals takes out: "
    assert fleet.rows("select check_name, subject, message from quarantine.data_checks") == [
        ("faulty_machines", "k1", f"{told}m2 (2026-03-02 09:00 - 2062-03-02 11:00)")
    ]


def test_a_faulty_interval_with_a_wrong_start_is_named_though_it_is_long_over(fleet: Workspace):
    fleet.write(
        "faulty_intervals.csv",
        "machine_id;start_time;end_time\nm2;2016-03-29T09:00:00;2026-03-29T11:00:00\n"
        "m1;2026-03-29T09:00:00;2026-03-29T11:00:00\n",
    )
    for day in range(2, 32):
        deliver(fleet, day, MACHINES)
    assert build(fleet, 32) == 0
    told = "1 of 2 machines have a faulty interval, far longer than others, that takes out 28 days"
    assert fleet.rows(
        "select subject, message from quarantine.data_checks where check_name = 'long_faults'"
    ) == [("k1", f"{told} of readings or more: m2 (2016-03-29 09:00 - 2026-03-29 11:00)")]


def test_late_readings_are_marked_and_stay_so_when_the_day_is_run_again(fleet: Workspace):
    deliver(fleet, -1, MACHINES)
    deliver(fleet, 2, MACHINES)
    late = {("late_share", "newest files", "mark", 0.5)}
    assert build(fleet, 3) == 0
    assert read_checks(fleet) == late
    assert build(fleet, 3) == 0
    assert read_checks(fleet) == late


def test_what_was_there_under_another_name_is_not_late(fleet: Workspace):
    deliver(fleet, 2, MACHINES)
    assert build(fleet, 3) == 0
    old = fleet.raw / "cooking_metrics_0.csv"
    with gzip.open(old.with_suffix(".csv.gz"), "wb") as packed:
        packed.write(old.read_bytes())
    old.unlink()
    # A second one is taken back before it comes again.
    (fleet.raw / "cooking_metrics_1.csv").rename(fleet.raw.parent / "cooking_metrics_1.csv")
    forget(fleet.settings(), "cooking_metrics_1.csv")
    (fleet.raw.parent / "cooking_metrics_1.csv").rename(fleet.raw / "a_cooking_metrics_1.csv")
    deliver(fleet, 3, MACHINES)
    assert build(fleet, 4) == 0
    assert read_checks(fleet) == set()
    counts = "new_reading_count, late_reading_count"
    assert fleet.rows(f"select {counts} from intermediate.int_readings_delivered") == [(4, 0)]


def test_a_check_that_stops_ends_the_day_before_scoring(
    fleet: Workspace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error_of: Callable[[], str],
):
    how_we_model = (PROJECT_DIR / MODELLING).read_text()
    strict = how_we_model.replace(
        'missing_kitchens = { severity = "mark"', 'missing_kitchens = { severity = "stop"'
    )
    assert strict != how_we_model
    (tmp_path / "settings.toml").write_text(strict)
    monkeypatch.setitem(Settings.model_config, "toml_file", tmp_path / "settings.toml")
    deliver(fleet, 2, ["m1"])
    as_of = (FIRST_DAY + timedelta(days=3)).isoformat()
    assert fleet.arepas("daily", "--as-of", as_of) == 1
    assert "missing_kitchens, subject=k2" in error_of()
    assert not fleet.bi.exists()


def test_only_today_has_a_deadline(workspace: Workspace):
    settings = workspace.settings()
    today = date.today()  # noqa: DTZ011
    assert settings.publish_deadline == time(7)
    assert _publish_deadline(settings, today) == datetime.combine(today, time(7))
    assert _publish_deadline(settings, today - timedelta(days=1)) is None


def test_freshness_names_what_was_not_delivered_for_long(
    fleet: Workspace, error_of: Callable[[], str]
):
    assert fleet.arepas("freshness") == 0
    import duckdb

    with duckdb.connect(str(fleet.warehouse)) as connection:
        connection.execute(
            "update raw.files set loaded_at = loaded_at - interval 4 day"
            " where source_table = 'batch_registry'"
        )
    assert fleet.arepas("freshness") == 1
    assert "batch_registry: the newest delivery was loaded" in error_of()
