"""A demo fleet just large enough for a whole morning, and workspaces that hold it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

from python_ml.demo.files import DemoFleet, write_demo_data
from tests.conftest import Workspace

AS_OF = date(2026, 11, 20)
NEXT_DAY = AS_OF + timedelta(days=1)
STARTED_ON = date(2026, 4, 1)
KITCHENS = 2
FLEET = DemoFleet(KITCHENS, 7, ("metric_1", "metric_2"), STARTED_ON)
LARGER_FLEET = DemoFleet(4, 7, ("metric_1", "metric_2"), STARTED_ON)


def deliver_up_to(workspace: Workspace, morning: date, fleet: DemoFleet = FLEET) -> None:
    """Write the raw files of all days before a morning."""
    write_demo_data(workspace.settings(), fleet, as_of=morning)


@contextmanager
def without_reports() -> Iterator[None]:
    """Leave the notebooks out of what runs meanwhile: they take as long as all the rest."""
    with (
        patch("python_ml.morning.daily.run_report"),
        patch("python_ml.lifecycle.retrain.report_models"),
    ):
        yield


@contextmanager
def without_building() -> Iterator[None]:
    """Leave the build out of what runs meanwhile: the warehouse has all that the raw files say."""
    with patch("python_ml.morning.build.build"):
        yield


def build_evening(workspace: Workspace) -> None:
    """Run the small fleet's first morning, but for its reports, and deliver the next day."""
    deliver_up_to(workspace, AS_OF)
    assert run_morning(workspace, AS_OF) == 0
    deliver_up_to(workspace, NEXT_DAY)


def build_first_morning(workspace: Workspace) -> None:
    """Run the larger fleet's first morning."""
    deliver_up_to(workspace, AS_OF, LARGER_FLEET)
    assert workspace.arepas("daily", "--as-of", AS_OF.isoformat()) == 0


def variables_of(workspace: Workspace) -> dict[str, str]:
    """Two of the types are enough: two kitchens do not cook the others often."""
    types = workspace.folder / "types.txt"
    types.write_text("a1, a4")
    return {"AREPA_TYPES": str(types)}


def run_morning(workspace: Workspace, morning: date, **variables: str) -> int:
    """Run `arepas daily` but for its reports; returns its exit status."""
    variables = variables_of(workspace) | variables
    with without_reports():
        return workspace.arepas("daily", "--as-of", morning.isoformat(), **variables)


def copy_of(workspace: Workspace, folder: Path) -> Workspace:
    """Copy a workspace; its models' files stay where they are."""
    shutil.copytree(workspace.folder, folder, symlinks=True)
    return Workspace(folder)
