"""Who is told what of an alarm: that it began, that its cause is another, that it is over."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from python_ml.seen.alarms import Alarm, AlarmsTold, cause_of, first_mornings, read_alarms
from python_ml.seen.morning import PlannedMachine, read_morning
from python_ml.seen.notify import SentLog
from python_ml.seen.published import Published
from python_ml.settings import load_settings
from tests.python_ml.seen.conftest import AS_OF, Change

OPENED = AS_OF - timedelta(days=4)


def details(*reasons: tuple[str, str, str]) -> str:
    keys = ("metric", "words_key", "risk")
    return json.dumps([dict(zip(keys, reason, strict=True)) for reason in reasons])


HOTTER = details(("metric_1", "mean_7d", "up"))
OLDER = details(("metric_1", "mean_7d", "down"), ("", "days_since_last_stop", "up"))


@pytest.fixture
def machine(published: Published) -> PlannedMachine:
    return replace(read_morning(published).stops[0], reason_details=HOTTER)


@pytest.fixture
def told(tmp_path: Path) -> AlarmsTold:
    settings = load_settings({"WAREHOUSE_PATH": str(tmp_path / "warehouse.duckdb")})
    return AlarmsTold(SentLog(settings), "planner@example.org")


def ended(machine: PlannedMachine, closed_on: date | None, opened_on: date = OPENED) -> Alarm:
    return Alarm(machine.machine_id, "k01", opened_on, closed_on, "calmed_down", "m.html")


def test_an_alarm_is_told_once_and_again_for_another_cause(
    told: AlarmsTold, machine: PlannedMachine
):
    assert told.is_due(machine, OPENED)
    told.write_down(machine, OPENED)
    assert not told.is_due(machine, OPENED)
    other = replace(machine, reason_details=OLDER)
    assert told.is_due(other, OPENED)
    told.write_down(other, OPENED)
    assert not told.is_due(machine, OPENED)
    assert not told.is_due(other, OPENED)


def test_late_data_that_move_an_alarm_s_beginning_back_tell_it_no_second_time(
    told: AlarmsTold, machine: PlannedMachine
):
    told.write_down(machine, OPENED)
    assert not told.is_due(machine, OPENED - timedelta(days=2))
    assert told.is_due(machine, OPENED + timedelta(days=1))


def test_an_alarm_s_end_is_told_once_to_who_knew_of_it(told: AlarmsTold, machine: PlannedMachine):
    over = ended(machine, AS_OF)
    assert not told.end_is_due(over, AS_OF)
    told.write_down(machine, OPENED)
    assert not told.end_is_due(ended(machine, None), AS_OF)
    assert told.end_is_due(over, AS_OF)
    assert not told.end_is_due(over, AS_OF + timedelta(days=7))
    told.write_down_end(over)
    assert not told.end_is_due(over, AS_OF)


def test_what_was_told_of_the_next_alarm_ends_none_before_it(
    told: AlarmsTold, machine: PlannedMachine
):
    before = ended(machine, OPENED, OPENED - timedelta(days=5))
    told.write_down(machine, OPENED)
    assert not told.end_is_due(before, AS_OF)
    assert told.end_is_due(ended(machine, OPENED), AS_OF), "opened and closed on one day"


def test_an_alert_outside_an_alarm_goes_by_the_first_of_its_mornings(changed: Change):
    days = [AS_OF - timedelta(days=number) for number in range(4)]
    risks = {"steady": [0.9, 0.9, 0.9, 0.1], "back": [0.9, 0.1, 0.9, 0.9], "calm": [0.1] * 4}
    plan = pd.DataFrame(
        {"machine_id": machine, "as_of_date": pd.Timestamp(day), "failure_probability": risk}
        for machine, of_days in risks.items()
        for day, risk in zip(days, of_days, strict=True)
    )
    first = first_mornings(changed(rpt_maintenance_plan_daily=lambda _: plan), 0.9)
    assert first == {"steady": AS_OF - timedelta(days=2), "back": AS_OF}


def test_a_cause_has_no_numbers_and_raises_the_risk(machine: PlannedMachine):
    assert cause_of(machine) == "metric_1 mean_7d"
    assert cause_of(replace(machine, reason_details=OLDER)) == "days_since_last_stop"
    of_part = '[{"part": "belt", "words_key": "days_since_named_part_service", "risk": "up"}]'
    named = cause_of(replace(machine, reason_details=of_part))
    assert named == "belt days_since_named_part_service"
    for without in (None, "[]", details(("metric_1", "mean_7d", "down"))):
        assert cause_of(replace(machine, reason_details=without)) == ""


def test_alarms_are_read_with_their_days(changed: Change):
    def close_one(episodes: pd.DataFrame) -> pd.DataFrame:
        closed = episodes.index == episodes.index[0]
        return episodes.assign(
            closed_on=pd.Series(pd.NaT, episodes.index).mask(closed, pd.Timestamp(AS_OF)),
            ended_by=pd.Series(None, episodes.index, dtype=object).mask(closed, "stopped"),
        )

    first, second, *_ = read_alarms(changed(rpt_alarm_episodes=close_one))
    assert (first.closed_on, first.ended_by) == (AS_OF, "stopped")
    assert (second.closed_on, second.ended_by) == (None, None)
    assert first.opened_on < AS_OF
    assert first.page == f"{first.machine_id}.html"
