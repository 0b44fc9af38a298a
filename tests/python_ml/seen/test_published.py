"""What is read of the published file: ninety days up to a morning, whatever an older file lacks."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import yaml

from python_ml.seen.published import RECENT, TABLES, Published, read_published
from python_ml.settings import PROJECT_DIR, load_settings
from tests.published_fleet import TYPES, PublishedFleet, write_published

AS_OF = date(2026, 11, 20)
EARLIER = AS_OF - timedelta(days=10)


def read(path: Path, as_of: date) -> Published:
    return read_published(load_settings({"BI_PATH": str(path)}), as_of=as_of)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("published") / "bi.duckdb"
    write_published(path, PublishedFleet(AS_OF, 1, 3, days=120))
    return path


def test_the_made_up_file_has_the_columns_that_dbt_documents(tmp_path: Path):
    documented: dict[str, set[str]] = {}
    for path in (PROJECT_DIR / "models" / "marts" / "bi").glob("*.yml"):
        for model in yaml.safe_load(path.read_text()).get("models", []):
            documented[model["name"]] = {column["name"] for column in model["columns"]}
    write_published(tmp_path / "bi.duckdb", PublishedFleet(AS_OF, 1, 2, days=3))
    with duckdb.connect(str(tmp_path / "bi.duckdb"), read_only=True) as connection:
        made_up = {
            table: {row[0] for row in connection.execute(f"describe bi.bi.{table}").fetchall()}
            for (table,) in connection.execute(
                "select table_name from information_schema.tables"
            ).fetchall()
        }
    assert set(made_up) == set(TABLES)
    compared = made_up.keys() & documented.keys()
    assert {"rpt_maintenance_plan_daily", "rpt_predictions", "rpt_machine_stops"} <= compared
    # The plan and predictions gain `reason_details` when the models write them.
    extra = {table: made_up[table] - documented[table] - {"reason_details"} for table in compared}
    assert {table: names for table, names in extra.items() if names} == {}


@pytest.mark.parametrize("as_of", [AS_OF, EARLIER])
def test_what_is_read_ends_with_the_morning_and_is_ninety_days_long(path: Path, as_of: date):
    published = read(path, as_of)
    assert published.as_of == as_of
    seen = 0
    for table, clauses in TABLES.items():
        if RECENT in clauses and not published[table].empty:
            days = published[table]["as_of_date"]
            assert days.max() <= pd.Timestamp(as_of), table
            assert days.min() > pd.Timestamp(as_of - timedelta(days=90)), table
            seen += 1
    assert seen >= 3
    plan = published["rpt_maintenance_plan_daily"]
    assert plan["as_of_date"].nunique() == 90
    assert published.plan_date == as_of
    assert plan.groupby("as_of_date")["rank"].apply(lambda ranks: list(ranks) == [1, 2, 3]).all()


def test_a_past_morning_knows_nothing_later_and_keeps_its_first_days(path: Path):
    morning = pd.Timestamp(EARLIER)
    published = read(path, EARLIER)
    days = published["rpt_machine_metrics_daily"]["measured_date"]
    assert (days.min(), days.max()) == (
        morning - pd.Timedelta(days=90), morning - pd.Timedelta(days=1),
    )  # fmt: skip
    whole = read(path, AS_OF)["rpt_machine_stops"]
    stops = published["rpt_machine_stops"]
    assert len(stops) == (whole["started_at"] < morning).sum() < len(whole) == 12
    long_ago = read(path, AS_OF - timedelta(days=41))
    assert len(read(path, AS_OF)["rpt_promotion_history"]) == len(TYPES)
    for table in ("rpt_promotion_history", "rpt_model_backtest", "rpt_model_calibration"):
        assert long_ago[table].empty


def test_a_stop_that_was_not_over_is_open_on_a_past_morning(tmp_path: Path):
    path = tmp_path / "bi.duckdb"
    write_published(path, PublishedFleet(AS_OF, 1, 1, days=3))
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "update bi.bi.rpt_machine_stops set started_at = ?, ended_at = ?, finding = ?",
            [EARLIER - timedelta(days=1), AS_OF - timedelta(days=1), "fault_found"],
        )
    then, now = (read(path, day)["rpt_machine_stops"].iloc[0] for day in (EARLIER, AS_OF))
    assert (then["is_open"], now["is_open"]) == (True, False)
    assert pd.isna(then["ended_at"])
    assert (then["finding"], then["components"]) == (None, None)
    assert (now["finding"], now["components"]) == ("fault_found", "drive_belt")


@pytest.mark.parametrize(
    ("ended_by", "days_after", "is_known"),
    [
        ("calmed_down", 0, True),
        ("calmed_down", 1, False),
        ("broke_down", 0, False),
        ("stopped", -1, True),
    ],
)
def test_an_alarm_that_was_not_over_is_open_on_a_past_morning(
    tmp_path: Path, ended_by: str, days_after: int, is_known: bool
):
    path = tmp_path / "bi.duckdb"
    write_published(path, PublishedFleet(AS_OF, 1, 3, days=60))
    closed_on = EARLIER + timedelta(days=days_after)
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "update bi.bi.rpt_alarm_episodes set closed_on = ?, ended_by = ?, state = 'resolved',"
            " answered_at = ?, warning_hours = 40",
            [closed_on, ended_by, EARLIER - timedelta(days=3)],
        )
    alarm = read(path, EARLIER)["rpt_alarm_episodes"].iloc[0]
    known = (alarm["state"], alarm["ended_by"], alarm["warning_hours"])
    if is_known:
        assert known == ("resolved", ended_by, 40)
        assert alarm["closed_on"] == pd.Timestamp(closed_on)
    else:
        assert (alarm["state"], alarm["ended_by"]) == ("acknowledged", None)
        assert pd.isna(alarm["closed_on"])
        assert pd.isna(alarm["warning_hours"])


def test_what_became_of_a_morning_is_pending_until_it_is_known(path: Path):
    now, then = (read(path, day)["rpt_outcomes_daily"] for day in (AS_OF, EARLIER))
    whole = then.merge(now, on=["machine_id", "as_of_date"], suffixes=("", "_now"))
    is_pending = whole["outcome"] == "pending"
    assert (whole.loc[~is_pending, "outcome"] == whole.loc[~is_pending, "outcome_now"]).all()
    known = whole[~is_pending & (whole["outcome"] != "down")]
    happened = known["breakdown_at"].fillna(known["stopped_at"]).fillna(known["horizon_end_date"])
    assert len(known)
    assert (happened <= pd.Timestamp(EARLIER)).all()
    assert (is_pending & (whole["outcome_now"] != "pending")).any()
    assert not then.loc[then["outcome"] == "pending", "is_counted_stop"].any()
    months = read(path, EARLIER)["rpt_savings_monthly"]["month"]
    assert months.max() < pd.Timestamp(EARLIER.replace(day=1))


def test_what_is_normal_on_a_past_morning_rests_on_its_own_days(path: Path):
    metrics = read(path, EARLIER)["rpt_machine_metrics_daily"]
    of_type = metrics[metrics["arepa_type"] == "a1"]
    assert of_type["metric_1_normal_low"].unique() == pytest.approx(
        [of_type["metric_1_mean"].quantile(0.05)]
    )


def test_a_table_that_an_older_file_lacks_is_empty(tmp_path: Path):
    older = tmp_path / "older.duckdb"
    write_published(older, PublishedFleet(AS_OF, 1, 2, days=3))
    with duckdb.connect(str(older)) as connection:
        connection.execute("drop table older.bi.rpt_runs")
        connection.execute("drop table older.bi.rpt_arepa_types")
    published = read(older, AS_OF)
    assert published["rpt_runs"].empty
    assert published.names_of_types() == {}
    assert len(published["rpt_models"]) == len(TYPES)


def test_before_anything_is_published_every_table_is_empty(tmp_path: Path):
    published = read(tmp_path / "bi.duckdb", AS_OF)
    assert set(published.tables) == set(TABLES)
    assert all(table.empty for table in published.tables.values())
    assert published.plan_date is None
    assert published.names_of_types() == {}


def test_types_have_the_names_that_people_know(path: Path):
    assert read(path, AS_OF).names_of_types() == TYPES
