"""The demo fleet of an empty raw folder, whatever a killed run left there."""

from datetime import date
from pathlib import Path

from python_ml.demo.files import MARKER, DemoFleet, has_raw_files, read_demo_fleet, write_demo_data
from tests.conftest import Workspace

FLEET = DemoFleet(1, 7, ("metric_1", "metric_2"), date(2026, 1, 1))


def test_a_run_killed_before_its_marker_was_in_place_left_an_empty_folder(tmp_path: Path):
    workspace = Workspace(tmp_path)
    workspace.write(f"{MARKER}.tmp", "{")
    settings = workspace.settings()
    assert not has_raw_files(settings)
    write_demo_data(settings, FLEET, as_of=date(2026, 1, 3))
    assert has_raw_files(settings)
    assert read_demo_fleet(settings).written_to == date(2026, 1, 3)


def test_a_folder_with_a_marker_alone_holds_a_demo_that_is_not_whole(tmp_path: Path):
    workspace = Workspace(tmp_path)
    settings = workspace.settings()
    write_demo_data(settings, FLEET, as_of=date(2026, 1, 3))
    for path in workspace.raw.iterdir():
        if path.name != MARKER and path.is_file():
            path.unlink()
    assert has_raw_files(settings)
