"""The house stands: whole mornings on a small demo fleet, in a folder of their own."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.conftest import Workspace
from tests.small_fleet import (
    AS_OF,
    LARGER_FLEET,
    NEXT_DAY,
    copy_of,
    deliver_up_to,
    without_reports,
)

pytestmark = pytest.mark.slow

KITCHENS = LARGER_FLEET.kitchens
BI_TABLES = (
    "rpt_maintenance_plan_daily",
    "rpt_model_performance_daily",
    "rpt_predictions",
    "rpt_week_plan",
)


def read_published(workspace: Workspace) -> dict[str, pd.DataFrame]:
    with duckdb.connect(str(workspace.bi), read_only=True) as connection:
        return {
            table: connection.execute(f"select * from bi.bi.{table} order by all").df()
            for table in BI_TABLES
        }


@pytest.fixture(scope="module")
def morning(first_morning: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A fleet after its first morning."""
    return copy_of(first_morning, tmp_path_factory.mktemp("morning") / "copy")


def test_every_machine_and_type_that_cooked_has_one_row(morning: Workspace):
    listed = morning.rows(
        """
        select distinct machines.machine_id, batches.arepa_type
        from core.fct_cooking_metrics as batches
        inner join core.dim_machines as machines using (machine_id)
        where machines.phase = 1 and batches.measured_date >= ? and batches.measured_date < ?
        """,
        (AS_OF - timedelta(days=28), AS_OF),
    )
    scored = morning.rows(
        "select machine_id, arepa_type from ml.predictions where as_of_date = ?", (AS_OF,)
    )
    assert sorted(scored) == sorted(listed)
    assert len(scored) > KITCHENS


def test_the_plan_is_published_with_a_decision_for_every_machine(morning: Workspace):
    published = read_published(morning)
    plan = published["rpt_maintenance_plan_daily"]
    assert set(plan["decision"]) <= {"stop", "watch", "run", "blind"}
    assert sorted(plan["rank"]) == list(range(1, len(plan) + 1))
    assert plan["machine_id"].nunique() == len(plan)
    worst = published["rpt_predictions"].groupby("machine_id")["failure_probability"].max()
    pd.testing.assert_series_equal(
        plan.set_index("machine_id")["failure_probability"].sort_index(), worst, check_names=False
    )


def test_risks_are_told_for_each_day_ahead_and_with_how_sure_they_are(morning: Workspace):
    told = morning.query(
        """
        select predictions.*, curves.days_ahead, curves.failure_probability as so_far
        from ml.predictions as predictions
        inner join ml.prediction_curves as curves
            using (machine_id, arepa_type, as_of_date, model_role)
        where predictions.failure_probability is not null
        order by machine_id, arepa_type, as_of_date, model_role, days_ahead
        """
    )
    assert len(told) > 0
    risks = told["so_far"].to_numpy().reshape(-1, 14)
    assert (risks[:, 1:] >= risks[:, :-1]).all()
    assert (risks[:, 6] == told["failure_probability"].to_numpy()[::14]).all()
    scored = told[told["model_version"].notna()]
    assert (scored["probability_lower"] <= scored["failure_probability"]).all()
    assert (scored["probability_upper"] >= scored["failure_probability"]).all()


def test_the_week_s_first_day_is_the_morning_s_own_plan(morning: Workspace):
    with duckdb.connect(str(morning.bi), read_only=True) as connection:
        week = connection.execute(
            "select week.*, plan.decision from bi.bi.rpt_week_plan as week"
            " inner join bi.bi.rpt_maintenance_plan_daily as plan using (machine_id, as_of_date)"
        ).df()
    assert len(week) == len(read_published(morning)["rpt_maintenance_plan_daily"]) > 0
    is_today = week["planned_date"] == week["as_of_date"]
    assert (is_today == (week["decision"] == "stop")).all()
    later = week.loc[week["planned_date"] > week["as_of_date"], "planned_date"]
    assert (later <= pd.Timestamp(AS_OF) + pd.Timedelta(days=6)).all()


def test_a_second_run_of_the_day_changes_no_byte(morning: Workspace):
    before = read_published(morning)
    (morning.settings().state_dir / "standing").unlink()
    log_before = morning.rows("select count(*) from ml.prediction_log")
    with without_reports():
        assert morning.arepas("daily", "--as-of", AS_OF.isoformat()) == 0
    after = read_published(morning)
    for table in BI_TABLES:
        pd.testing.assert_frame_equal(before[table], after[table], check_exact=True, obj=table)
    assert morning.rows("select count(*) from ml.prediction_log") == log_before


def test_a_morning_that_stands_is_told_again_and_not_made(
    morning: Workspace, capsys: pytest.CaptureFixture[str]
):
    def left() -> dict[str, bytes]:
        folders = (morning.bi, morning.folder / "public", morning.folder / "reports")
        paths = (path for folder in folders for path in (folder, *folder.rglob("*")))
        return {str(path): path.read_bytes() for path in paths if path.is_file()}

    before = left()
    assert morning.arepas("daily", "--as-of", AS_OF.isoformat()) == 0
    assert "Maintenance plan" in capsys.readouterr().out
    assert left() == before
    steps = "select step from ml.runs qualify run_id = max(run_id) over () order by started_at"
    assert morning.rows(steps) == [("print",), ("alerts",), ("digest",)]
    page = morning.folder / "public" / "index.html"
    page.unlink()
    with without_reports():
        assert morning.arepas("daily", "--as-of", AS_OF.isoformat()) == 0
    # But for the minute of the publication.
    made_again, made_before = (
        re.sub(rb"\d\d:\d\d UTC", b"", html) for html in (page.read_bytes(), before[str(page)])
    )
    assert made_again == made_before


def test_features_of_a_day_do_not_know_what_came_later(
    morning: Workspace, new_workspace: Callable[[], Workspace]
):
    day = AS_OF - timedelta(days=23)
    on_the_day = new_workspace()
    deliver_up_to(on_the_day, day, LARGER_FLEET)
    assert on_the_day.arepas("build", "--as-of", day.isoformat()) == 0
    features = "select * from features.feat_machine_arepa_daily where as_of_date = ? order by all"
    pd.testing.assert_frame_equal(
        morning.query(features, (day,)), on_the_day.query(features, (day,)), check_exact=True
    )
    assert len(morning.query(features, (day,))) > KITCHENS


def test_the_next_morning_equals_a_build_from_nothing(
    morning: Workspace, new_workspace: Callable[[], Workspace]
):
    next_day = AS_OF + timedelta(days=1)
    from_nothing = new_workspace()
    deliver_up_to(from_nothing, next_day, LARGER_FLEET)
    assert from_nothing.arepas("build", "--as-of", next_day.isoformat()) == 0
    deliver_up_to(morning, next_day, LARGER_FLEET)
    with without_reports():
        assert morning.arepas("daily", "--as-of", next_day.isoformat()) == 0
    for table in ("features.feat_machine_arepa_daily", "features.label_machine_daily"):
        rows = f"select * from {table} order by all"
        pd.testing.assert_frame_equal(
            morning.query(rows), from_nothing.query(rows), check_exact=True, obj=table
        )
    days = morning.rows("select distinct as_of_date from ml.predictions order by 1")
    assert days == [(AS_OF,), (next_day,)]


def test_a_backfilled_day_does_not_use_models_of_later_days(morning: Workspace):
    past = (AS_OF - timedelta(days=10)).isoformat()
    with without_reports():
        assert morning.arepas("backfill", "--from", past, "--to", past) == 3
    models = "select count(*) > 0, count(model_version) from ml.predictions where as_of_date = ?"
    assert morning.rows(models, (past,)) == [(True, 0)]


def test_a_listed_type_alone_is_scored(morning: Workspace):
    types = morning.folder / "types.txt"
    types.write_text("a1\n")
    as_of = AS_OF.isoformat()
    with without_reports():
        assert morning.arepas("daily", "--as-of", as_of, AREPA_TYPES=str(types)) == 0
    scored = "select distinct arepa_type from ml.predictions where as_of_date = ?"
    assert morning.rows(scored, (AS_OF,)) == [("a1",)]
    replaced = "select count(distinct arepa_type) > 1 from ml.prediction_log where as_of_date = ?"
    assert morning.rows(replaced, (AS_OF,)) == [(True,)]


def test_types_without_a_model_are_told_and_stop_nothing_once_their_labels_are_mature(
    evening: Workspace, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    workspace = copy_of(evening, tmp_path / "copy")
    workspace.write("batch_registry_new.csv", "batch_id;arepa_type\nnew;a9\n")
    header = "timestamp;machine_id;batch_id;metric_1;metric_2"
    reading = f"{AS_OF}T10:00:00;k01-p1-m1;new;0,5;0,5"
    workspace.write("cooking_metrics_new.csv", f"{header}\n{reading}\n")
    types = tmp_path / "types.txt"
    types.write_text("a1, a4, a9")

    def run(*arguments: str) -> str:
        assert workspace.arepas(*arguments, AREPA_TYPES=str(types)) == 3
        return caplog.records[-1].getMessage()

    day, before_training = str(NEXT_DAY), str(AS_OF - timedelta(days=9))
    with without_reports():
        assert "no model for a9, a control chart judges" in run("daily", "--as-of", day)
        told = run("backfill", "--from", before_training, "--to", day)
    assert "no model for a1, a4, a9, a control chart judges" in told
    judged = "select count(failure_probability) from bi.rpt_predictions where as_of_date = ?"
    assert workspace.rows(judged, (before_training,))[0][0] > 0
    of_models = "select count(*) from bi.rpt_model_performance_daily where as_of_date = ?"
    assert workspace.rows(of_models, (before_training,)) == [(0,)]


@pytest.mark.parametrize("folder", ["mistyped", "not_mounted"])
def test_no_fleet_is_invented_beside_a_real_one(morning: Workspace, folder: str):
    raw = morning.folder / folder
    if folder == "not_mounted":
        raw.mkdir()
    next_day = (AS_OF + timedelta(days=1)).isoformat()
    assert morning.arepas("daily", "--as-of", next_day, RAW_DATA_DIR=str(raw)) == 2
    assert not list(raw.glob("*"))
