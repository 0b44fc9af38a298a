"""Gauges that drift and what came late, as the pages tell them."""

from datetime import date, timedelta

import pandas as pd

from python_ml.seen.published import Published
from python_ml.seen.watching import drifting_gauges, is_training_worth, late_facts
from tests.python_ml.seen.conftest import AS_OF, Change


def test_gauges_that_drift_on_the_plan_s_morning_are_told(published: Published, changed: Change):
    gauge = drifting_gauges(published)[0]
    plan = published["rpt_maintenance_plan_daily"]
    newest = plan[plan["as_of_date"] == plan["as_of_date"].max()].sort_values("rank")
    assert drifting_gauges(published) == (gauge,)
    assert gauge.machine_id == newest["machine_id"].iloc[0]
    assert (gauge.metric, gauge.direction) == ("metric_1", "up")
    assert gauge.since == AS_OF - timedelta(days=10)
    yesterday = changed(
        rpt_drift_daily=lambda drift: drift.assign(
            as_of_date=drift["as_of_date"] - timedelta(days=1)
        )
    )
    assert drifting_gauges(yesterday) == ()


def test_what_came_late_is_summed_up_by_morning_and_kind(published: Published):
    late = late_facts(published)
    assert [
        (row["noted_as_of_date"].date(), row["source_table"], row["change"], row["fact_count"])
        for row in late
    ] == [
        (AS_OF, "maintenance_events", "added", 2),
        (AS_OF - timedelta(days=1), "faulty_intervals", "taken_back", 1),
    ]
    assert [row["changed_row_share"] for row in late] == [0.06, None]
    assert is_training_worth(late)
    assert not is_training_worth(late[1:])


def test_without_anything_watched_nothing_is_told():
    empty = Published(
        date(2026, 1, 1), dict.fromkeys(("rpt_drift_daily", "rpt_late_truth"), pd.DataFrame())
    )
    assert drifting_gauges(empty) == ()
    assert late_facts(empty) == []
