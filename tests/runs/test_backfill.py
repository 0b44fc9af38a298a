"""Past mornings in one go are what they were one by one."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from python_ml.seen.languages import load_language
from tests.conftest import Workspace
from tests.small_fleet import (
    AS_OF,
    copy_of,
    deliver_up_to,
    run_morning,
    variables_of,
    without_reports,
)

pytestmark = pytest.mark.slow

DAYS = 2
TABLES = {
    "ml.predictions": "* exclude (run_id, scored_at)",
    "bi.rpt_maintenance_plan_daily": "*",
    "bi.rpt_kitchen_freshness_daily": "*",
    "features.feat_machine_arepa_daily": "*",
    "features.label_machine_daily": "*",
}


def assert_all_tell(workspace: Workspace, day: str) -> None:
    """Page, mail and published file are of one morning."""
    with duckdb.connect(str(workspace.bi), read_only=True) as published:
        told = "select max(as_of_date)::varchar from bi.bi."
        for table in ("rpt_maintenance_plan_daily", "publication"):
            assert published.execute(told + table).fetchall() == [(day,)]
    english = load_language("en")
    page = (workspace.folder / "public" / "index.html").read_text()
    assert english.long_date(date.fromisoformat(day)) in page
    assert 'role="alert"' not in page
    folders = sorted(folder.name for folder in (workspace.folder / "reports").iterdir())
    assert folders == [day]
    assert list((workspace.folder / "reports" / day).glob("digest*.eml"))


def test_a_backfill_gives_the_rows_that_the_mornings_gave(evening: Workspace, tmp_path: Path):
    one_by_one = copy_of(evening, tmp_path / "one_by_one")
    for day in range(1, DAYS + 1):
        deliver_up_to(one_by_one, AS_OF + timedelta(days=day))
        assert run_morning(one_by_one, AS_OF + timedelta(days=day)) == 0

    in_one_go = Workspace(tmp_path / "in_one_go")
    shutil.copytree(one_by_one.raw, in_one_go.raw)
    shutil.copy(one_by_one.folder / "mlflow.db", in_one_go.folder)
    first, last = AS_OF.isoformat(), (AS_OF + timedelta(days=DAYS)).isoformat()
    arguments = ("backfill", "--from", first, "--to", last)
    with without_reports():
        assert in_one_go.arepas(*arguments, **variables_of(in_one_go)) == 0
        assert_all_tell(in_one_go, last)
    for table, columns in TABLES.items():
        rows = f"select {columns} from {table} order by all"
        assert repr(in_one_go.rows(rows)) == repr(one_by_one.rows(rows)), table

    # An interval comes late, and a morning of the past is filled in again: the newest plan is
    # still what everybody sees.
    machine = in_one_go.rows("select min(machine_id) from ml.predictions")[0][0]
    day_before = AS_OF - timedelta(days=1)
    in_one_go.write(
        "faulty_intervals_late.csv",
        f"machine_id;start_time;end_time\n{machine};{day_before}T00:00:00;{day_before}T20:00:00\n",
    )
    predictions = f"select count(*) from ml.predictions where machine_id = '{machine}'"
    rests_on_it = in_one_go.rows(predictions)[0][0]
    with without_reports():
        arguments = ("backfill", "--from", first, "--to", first)
        assert in_one_go.arepas(*arguments, **variables_of(in_one_go)) == 0
        assert_all_tell(in_one_go, last)
    late = "select machine_id, change, prediction_count from bi.rpt_late_truth"
    assert in_one_go.rows(late) == [(machine, "added", rests_on_it)]
    later = f"select {TABLES['ml.predictions']} from ml.predictions where as_of_date > '{first}'"
    assert repr(in_one_go.rows(f"{later} order by all")) == repr(
        one_by_one.rows(f"{later} order by all")
    )
    mornings = "select count(distinct as_of_date) from ml.predictions"
    assert in_one_go.rows(mornings) == [(DAYS + 1,)]
