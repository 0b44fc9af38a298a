"""The dbt project: its unit tests, and the rules of the house."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from python_ml.settings import PROJECT_DIR
from tests.conftest import RAW_FIXTURES, Workspace

TOOLS = Path(sys.executable).parent


@pytest.fixture(scope="module")
def built(new_workspace: Callable[[], Workspace]) -> Workspace:
    workspace = new_workspace()
    workspace.copy_raw(RAW_FIXTURES)
    # No model yet, so the day ends there: with the features built and schema `ml` made.
    assert workspace.arepas("daily", "--as-of", "2020-11-05") == 1
    run_tool(workspace, "dbt", "run", "--selector", "after_scoring")
    return workspace


def run_tool(workspace: Workspace, *arguments: str) -> str:
    state = workspace.settings().state_dir
    done = subprocess.run(
        [TOOLS / arguments[0], *arguments[1:]],
        cwd=PROJECT_DIR,
        env=os.environ
        | workspace.environment
        | {"DBT_TARGET_PATH": str(state / "target"), "DBT_LOG_PATH": str(state / "logs")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    return done.stdout


def test_dbt_unit_tests_pass(built: Workspace):
    said = run_tool(built, "dbt", "test", "--select", "test_type:unit")
    assert "ERROR=0 SKIP=0" in said
    assert "PASS=0" not in said


def test_the_sql_keeps_the_house_style(built: Workspace):
    run_tool(built, "sqlfluff", "lint", "models", "tests/dbt", "--nocolor")


def test_the_models_keep_the_house_rules(built: Workspace):
    run_tool(built, "dbt", "docs", "generate")
    target = built.settings().state_dir / "target"
    rules = built.folder / "dbt-bouncer.yml"
    rules.write_text(
        (PROJECT_DIR / "dbt-bouncer.yml").read_text() + f"\ndbt_artifacts_dir: {target}\n"
    )
    run_tool(built, "dbt-bouncer", "run", "--config-file", str(rules))
