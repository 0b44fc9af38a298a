"""dbt's own unit tests: the SQL on rows one can picture."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import RAW_FIXTURES, Workspace

PROJECT = Path(__file__).parents[1]
DBT = str(Path(sys.executable).parent / "dbt")


def test_dbt_unit_tests_pass(workspace: Workspace):
    workspace.copy_raw(RAW_FIXTURES)
    assert workspace.arepas("build", "--as-of", "2020-11-05") == 0
    assert workspace.arepas("daily", "--as-of", "2020-11-05") == 1  # makes schema ml
    state = workspace.settings().state_dir
    dbt = subprocess.run(
        [DBT, "test", "--select", "test_type:unit", "--project-dir", PROJECT, "--profiles-dir", PROJECT],
        env=os.environ
        | workspace.environment
        | {"DBT_TARGET_PATH": str(state / "target"), "DBT_LOG_PATH": str(state / "logs")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert dbt.returncode == 0, dbt.stdout[-5000:]
    assert "PASS=" in dbt.stdout
    assert "SKIP=0" in dbt.stdout
