"""A build: load, then the features, written down step by step, with what is to be mended."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from python_ml.morning.build import build
from python_ml.run.record import start_run
from tests.conftest import Workspace, environment

AS_OF = date(2020, 11, 5)
STEPS = "select step, status, row_count from ml.runs where run_id = ? order by started_at"


@pytest.fixture
def delivered(built_fixtures: Workspace, tmp_path: Path) -> Workspace:
    """The small fixtures after one build, and one delivery more: a damaged file and a new type."""
    shutil.copytree(built_fixtures.folder, tmp_path / "copy")
    workspace = Workspace(tmp_path / "copy")
    workspace.write("k2/machines_2.csv", "")
    workspace.write("batch_registry_2.csv", "batch_id;arepa_type\nnew;a77\n")
    reading = "2020-11-04T10:00:00;m1;new;0,5;0,5\n"
    header = "timestamp;machine_id;batch_id;metric_1;metric_2\n"
    workspace.write("cooking_metrics_2.csv", header + reading)
    return workspace


def test_a_build_says_what_it_did_and_what_has_to_be_mended(
    delivered: Workspace, caplog: pytest.LogCaptureFixture
):
    settings = delivered.settings()
    with environment(delivered.environment), start_run(settings, AS_OF) as run:
        build(settings, run)
    feature_count = delivered.rows(
        "select count(*) from features.feat_machine_arepa_daily where as_of_date = ?", (AS_OF,)
    )[0][0]
    assert feature_count > 0
    assert delivered.rows(STEPS, (run.run_id,)) == [
        ("load", "done", 3),
        ("build", "done", feature_count),
    ]
    assert run.problems == ["k2/machines_2.csv: the file is empty; deliver it with its header line"]
    assert "a77 cooks but is on no list, so it is not modelled" in caplog.text
    assert delivered.rows("select count(*) from ml.publications") == [(0,)]
