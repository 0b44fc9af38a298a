"""What happened to machines, laid out over days: by hand, and against the log read day by day."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from python_ml.decisions.machine_log import MachineLog, build_log, estimate_safe_days
from tests.machine_logs import HORIZON, at, fleets, make_log, make_rows, make_stops

UNHURRIED = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])


def test_a_stop_s_credit_is_the_time_that_nine_of_ten_machines_run():
    # Of ten lives, 20 days each but the first, one ends in a breakdown after 12 days, one after 15.
    stops = [(f"m{n}", "planned", 0.0, 1.0) for n in range(10)]
    stops += [("m0", "breakdown", 13.0, 14.0), ("m1", "breakdown", 16.0, 17.0)]
    stops += [(f"m{n}", "planned", 21.0, 22.0) for n in range(2, 10)]
    assert estimate_safe_days(make_stops(*stops)) == 15
    assert estimate_safe_days(make_stops(("m1", "planned", 1.0, 2.0))) == 0
    assert estimate_safe_days(make_stops()) == 0
    log = make_log(("m1", "planned", 1.0, 2.0), ("m1", "breakdown", 30.5, 31.2))
    assert log.credit_days == 28


def test_labels_that_contradict_the_log_are_refused():
    stops = make_stops(("m1", "breakdown", 20.5, 21.5))
    rows = make_rows(stops, ["m1"], 40)
    swapped = rows.assign(has_breakdown=~rows["has_breakdown"])
    with pytest.raises(ValueError, match="contradict"):
        build_log(swapped, stops, HORIZON)


def days_of(times: pd.Series, log: MachineLog) -> list[float]:
    return ((times - log.first_day) / timedelta(days=1)).tolist()


@UNHURRIED
@given(fleet=fleets())
def test_every_morning_knows_the_next_breakdown_and_when_the_machine_was_renewed(fleet):
    rows, stops = fleet
    log = build_log(rows, stops, HORIZON)
    for number, machine_id in enumerate(log.machine_ids):
        own = stops[stops["machine_id"] == machine_id]
        broke = days_of(own["started_at"][own["kind"] == "breakdown"], log)
        ended = days_of(own["ended_at"], log)
        judged = days_of(rows["as_of_date"][rows["machine_id"] == machine_id], log)
        assert np.flatnonzero(log.is_judged[number]).tolist() == sorted(judged)
        for day in map(int, judged):
            begun = [start for start in (*ended, min(judged)) if start <= day]
            assert log.renewed_at[number, day] == max(begun)
            if log.is_before_breakdown[number, day]:
                assert log.breakdown_at[number, day] == min(at for at in broke if at >= day)


def test_a_breakdown_that_no_morning_saw_coming_or_behind_a_planned_stop_does_not_count():
    stops = make_stops(
        ("m1", "breakdown", 20.5, 21.5),
        ("m2", "planned", 18.2, 18.4),
        ("m2", "breakdown", 19.5, 20),
    )
    rows = make_rows(stops, ["m1", "m2"], 40)
    blind = rows[(rows["machine_id"] != "m1") | (rows["as_of_date"] < at(13))]
    log = build_log(blind, stops, HORIZON)
    assert log.breakdown_counts.tolist() == [0, 1]
    assert np.isinf(log.breakdown_at[0]).all()
    assert np.isinf(log.breakdown_at[1, :19]).all()
    assert log.breakdown_at[1, 19] == 19.5


@UNHURRIED
@given(fleet=fleets())
def test_a_value_is_laid_out_where_its_row_is(fleet):
    rows, stops = fleet
    log = build_log(rows, stops, HORIZON)
    shuffled = rows.sample(frac=1, random_state=1)
    grid = log.spread(shuffled, pd.Series(shuffled.index.to_numpy(float)))
    assert np.array_equal(~np.isnan(grid), log.is_judged)
    # Rows are numbered by machine and day, as the grid is read.
    assert np.array_equal(grid[log.is_judged], np.sort(rows.index.to_numpy(float)))
