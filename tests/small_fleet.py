"""A demo fleet just large enough for a whole morning, and workspaces that hold it."""

import shutil
from datetime import date, timedelta
from pathlib import Path

from python_ml.demo.files import DemoFleet, write_demo_data
from tests.conftest import Workspace

AS_OF = date(2026, 11, 20)
NEXT_DAY = AS_OF + timedelta(days=1)
STARTED_ON = date(2026, 4, 1)
KITCHENS = 2
FLEET = DemoFleet(KITCHENS, 7, ("metric_1", "metric_2"), STARTED_ON)


def deliver_up_to(workspace: Workspace, morning: date) -> None:
    """Write the raw files of all days before a morning."""
    write_demo_data(workspace.settings(), FLEET, as_of=morning)


def variables_of(workspace: Workspace) -> dict[str, str]:
    """Two of the types are enough: two kitchens do not cook the others often."""
    types = workspace.folder / "types.txt"
    types.write_text("a1, a4")
    return {"AREPA_TYPES": str(types)}


def run_morning(workspace: Workspace, morning: date) -> int:
    """Run `arepas daily`; returns its exit status."""
    variables = variables_of(workspace)
    return workspace.arepas("daily", "--as-of", morning.isoformat(), **variables)


def copy_of(workspace: Workspace, folder: Path) -> Workspace:
    """Copy a workspace; its models' files stay where they are."""
    shutil.copytree(workspace.folder, folder, symlinks=True)
    return Workspace(folder)
