"""The demo fleet of an empty raw folder, whatever a killed run left there."""

from datetime import date
from pathlib import Path

from python_ml.demo.files import DemoFleet, read_demo_fleet, write_demo_data
from python_ml.settings import DEMO_MARKER
from tests.conftest import Workspace

FLEET = DemoFleet(1, 7, ("metric_1", "metric_2"), date(2026, 1, 1))


def test_a_run_killed_before_its_marker_was_in_place_left_an_empty_folder(tmp_path: Path):
    workspace = Workspace(tmp_path)
    workspace.write(f"{DEMO_MARKER}.tmp", "{")
    settings = workspace.settings()
    assert read_demo_fleet(settings) is None
    write_demo_data(settings, FLEET, as_of=date(2026, 1, 3))
    assert read_demo_fleet(settings).written_to == date(2026, 1, 3)


def test_a_fleet_whose_files_were_lost_is_written_again(tmp_path: Path):
    workspace = Workspace(tmp_path)
    settings = workspace.settings()
    write_demo_data(settings, FLEET, as_of=date(2026, 1, 3))
    (workspace.raw / "machines.csv").unlink()
    assert read_demo_fleet(settings) is not None
    write_demo_data(settings, FLEET, as_of=date(2026, 1, 3))
    assert (workspace.raw / "machines.csv").exists()
