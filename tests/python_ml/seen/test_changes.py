"""What a plan changed: stops that are new or gone, machines that moved or left."""

from datetime import timedelta

import pandas as pd

from python_ml.seen.changes import PlanChanges, plan_changes
from python_ml.seen.morning import read_morning
from python_ml.seen.published import Published
from tests.python_ml.seen.conftest import AS_OF, Change

YESTERDAY = AS_OF - timedelta(days=1)


def changes_of(published: Published) -> PlanChanges | None:
    return plan_changes(published, read_morning(published))


def test_an_unchanged_plan_says_so_and_a_first_plan_nothing(changed: Change):
    def repeat_today(plan: pd.DataFrame) -> pd.DataFrame:
        today = plan[plan["as_of_date"] == pd.Timestamp(AS_OF)]
        return pd.concat([today.assign(as_of_date=pd.Timestamp(YESTERDAY)), today])

    same = changes_of(changed(rpt_maintenance_plan_daily=repeat_today))
    assert same is not None
    assert (same.since, same.is_any) == (YESTERDAY, False)
    only_today = changed(
        rpt_maintenance_plan_daily=lambda plan: plan[plan["as_of_date"] == pd.Timestamp(AS_OF)]
    )
    assert changes_of(only_today) is None
    assert changes_of(changed(rpt_maintenance_plan_daily=lambda plan: plan[:0])) is None


def test_stops_that_are_new_or_gone_and_machines_that_moved_are_named(changed: Change):
    def make_up(plan: pd.DataFrame) -> pd.DataFrame:
        today = plan[plan["as_of_date"] == pd.Timestamp(AS_OF)].head(4)
        before = today.assign(
            as_of_date=pd.Timestamp(AS_OF - timedelta(days=3)),
            machine_id=["m1", "m2", "m3", "gone_for_good"],
            decision=["run", "stop", "stop", "stop"],
            kitchen_id=["k01", "k01", "k09", "k01"],
        )
        now = today.assign(
            machine_id=["m1", "m2", "m3", "m4"],
            decision=["stop", "watch", "stop", "run"],
            kitchen_id="k01",
        )
        return pd.concat([before, now])

    changes = changes_of(changed(rpt_maintenance_plan_daily=make_up))
    assert changes is not None
    assert changes.since == AS_OF - timedelta(days=3)
    assert [machine.machine_id for machine in changes.new] == ["m1"]
    assert [(m.machine_id, m.decision) for m in changes.gone] == [("m2", "watch")]
    assert changes.left == ("gone_for_good",)
    assert [(m.machine_id, m.kitchen_id) for m in changes.moved] == [("m3", "k01")]
