"""A past prediction made again: equal, or what changed, with files as kitchens deliver them."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from mlflow import MlflowClient

from python_ml.demo.files import DemoFleet, write_demo_data
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import InputError
from python_ml.learning.columns import PART_CLOCKS
from python_ml.lifecycle.history import Decision, append_decision
from python_ml.lifecycle.provenance import Inputs
from python_ml.lifecycle.replay import find_input_causes, replay
from tests.conftest import Workspace
from tests.small_fleet import without_reports

pytestmark = pytest.mark.slow

AS_OF = date(2026, 11, 20)
STARTED_ON = date(2026, 5, 1)
TYPE = "a5"


@pytest.fixture(scope="module")
def scored(new_workspace: Callable[[], Workspace]) -> Workspace:
    workspace = new_workspace()
    fleet = DemoFleet(3, 7, ("metric_1", "metric_2"), STARTED_ON)
    write_demo_data(workspace.settings(), fleet, as_of=AS_OF)
    (workspace.folder / "types.txt").write_text(TYPE)
    assert run(workspace, "train") == 0
    with Warehouse(workspace.warehouse) as warehouse:
        first = Decision(TYPE, "promote", None, "1", "planted")
        append_decision(warehouse, first, as_of=AS_OF, mode="auto")
    MlflowClient(workspace.environment["MLFLOW_TRACKING_URI"]).set_registered_model_alias(
        f"arepas__{TYPE}", "champion", "1"
    )
    morning = AS_OF.isoformat()
    with without_reports():
        assert run(workspace, "backfill", "--from", morning, "--to", morning, day=False) == 0
    return workspace


def run(workspace: Workspace, *arguments: str, day: bool = True) -> int:
    as_of = ("--as-of", AS_OF.isoformat()) if day else ()
    types = str(workspace.folder / "types.txt")
    return workspace.arepas(*arguments, *as_of, AREPA_TYPES=types)


@pytest.fixture
def replayed(scored: Workspace) -> Callable[[str], str]:
    def predict_again(machine: str) -> str:
        [told] = replay(scored.settings(), machine_id=machine, as_of=AS_OF)
        return str(told)

    return predict_again


@pytest.fixture(scope="module")
def machines(scored: Workspace) -> list[str]:
    rows = scored.rows(
        "select machine_id from ml.predictions where failure_probability is not null"
        " and model_role = 'champion' order by 1"
    )
    assert len(rows) >= 4
    return [row[0] for row in rows]


def test_nothing_changed_is_equal(scored: Workspace, machines, capsys: pytest.CaptureFixture[str]):
    capsys.readouterr()
    assert run(scored, "replay", "--machine", machines[0]) == 0
    of_type, decision = capsys.readouterr().out.strip().splitlines()
    assert of_type.endswith("now: equal")
    assert decision.startswith("decision: ")
    assert decision.endswith("now: equal")


def test_late_readings_a_fault_interval_and_a_late_stop_are_told_apart(
    scored: Workspace, replayed, machines
):
    late, faulty, stopped, untouched = machines[:4]
    day = AS_OF - timedelta(days=2)
    batch = scored.rows(
        "select batch_id from core.fct_cooking_metrics where machine_id = ? and arepa_type = ?"
        " and measured_date = ? limit 1",
        (late, TYPE, AS_OF - timedelta(days=3)),
    )[0][0]
    scored.write(
        "late/cooking_metrics_late.csv",
        f"timestamp;machine_id;batch_id;metric_1;metric_2\n{day}T12:34:56;{late};{batch};250;40\n",
    )
    scored.write(
        "late/faulty_intervals_late.csv",
        f"machine_id;start_time;end_time\n{faulty};{day}T00:00:00;{day}T23:59:59\n",
    )
    scored.write(
        "late/maintenance_events_late.csv",
        "machine_id;start_time;end_time;kind;finding\n"
        f"{stopped};{day}T10:00:00;{day}T10:30:00;planned;fault_found\n",
    )
    assert run(scored, "build") == 0
    assert "late data: " in (told := replayed(late))
    assert " readings then, " in told
    assert "fault interval" not in told
    assert "fault interval: " in (told := replayed(faulty))
    assert "late data" not in told
    assert "features that differ: faulty_reading_ratio_7d" in told or "metric_1" in told
    assert "late data: the maintenance log" in (told := replayed(stopped))
    assert "days_since_last_stop" in told
    assert replayed(untouched).strip().endswith("now: equal")


def test_other_code_is_told(scored: Workspace, replayed, machines):
    """As if the code of then had made another feature of the same data."""
    with Warehouse(scored.warehouse) as warehouse:
        warehouse.execute(
            "update ml.prediction_inputs"
            " set features = json_merge_patch(features, '{\"metric_1_mean_7d\": 1.5}')"
            " where machine_id = ?",
            [machines[3]],
        )
    told = replayed(machines[3])
    assert "code: " in told
    assert "features that differ: metric_1_mean_7d" in told
    assert "late data" not in told


def test_parts_that_another_machine_s_log_numbered_anew_are_no_other_code():
    then = Inputs('{"days_since_part_1_service": 4.5}', 9, 0, "r", "f", "m")
    now = replace(then, features='{"days_since_part_2_service": 4.5}')
    causes = find_input_causes(then, now, "c0de")
    assert causes[0].startswith("late data: the log of other machines")
    assert causes[1:] == [
        "features that differ: days_since_part_1_service, days_since_part_2_service"
    ]


def test_features_of_before_parts_were_numbered_anew_say_the_same(
    scored: Workspace, replayed, machines
):
    """As if the phase's first two parts had had each other's number on that morning."""
    where = f"where machine_id = '{machines[1]}'"
    [(kept,)] = scored.rows(f"select features from ml.prediction_inputs {where}")
    features = json.loads(kept)
    first, second, *others = features["parts"]
    features["parts"] = [second, first, *others]
    clocks = [features[name] for name in PART_CLOCKS[:2]]
    assert clocks[0] != clocks[1]
    features[PART_CLOCKS[0]], features[PART_CLOCKS[1]] = reversed(clocks)
    with Warehouse(scored.warehouse) as warehouse:
        warehouse.execute(
            f"update ml.prediction_inputs set features = ? {where}", [json.dumps(features)]
        )
    told = replayed(machines[1])
    assert PART_CLOCKS[0] in told and "library" not in told


def test_the_names_of_parts_are_no_feature():
    then = Inputs('{"days_since_part_1_service": 4.5}', 9, 0, "r", "f", "m")
    now = replace(then, features='{"days_since_part_1_service": 4.5, "parts": ["arm"]}')
    assert find_input_causes(then, now, "c0de") == []


def test_other_models_are_told(scored: Workspace, replayed, machines):
    with Warehouse(scored.warehouse) as warehouse:
        warehouse.execute(
            "update ml.predictions set failure_probability = failure_probability / 2"
            " where machine_id = ?",
            [machines[0]],
        )
        other = Decision(TYPE, "promote", "1", "7", "planted")
        append_decision(warehouse, other, as_of=AS_OF, mode="auto")
    told = replayed(machines[0])
    assert "its files or a library changed" in told
    assert "of that morning version 7 is champion now" in told


def test_a_machine_that_was_not_scored_is_an_error(scored: Workspace, machines):
    with pytest.raises(InputError, match="MACHINE=nobody: no such machine; there are k01-"):
        replay(scored.settings(), machine_id="nobody", as_of=AS_OF)
    before = AS_OF - timedelta(days=9)
    with pytest.raises(InputError, match=f"no prediction of {before} with its inputs"):
        replay(scored.settings(), machine_id=machines[0], as_of=before)
    with pytest.raises(InputError, match="MACHINE=k01-p2-m1: is of phase 2, and PHASES=1 are"):
        replay(scored.settings(), machine_id="k01-p2-m1", as_of=AS_OF)
