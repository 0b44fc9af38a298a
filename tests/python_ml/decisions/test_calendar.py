"""The best calendar known: due by what a clock shows, and never dearer than none."""

from datetime import datetime, timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_ml.decisions.calendar import (
    NEVER_STOPS,
    Calendar,
    choose_calendars,
    cost_by_machine,
)
from python_ml.decisions.cost_replay import (
    costs_of_machines,
    replay_clock,
)
from python_ml.decisions.machine_log import build_log
from python_ml.learning.columns import CALENDAR_CLOCKS
from tests.machine_logs import FIRST, HORIZON, fleets, make_rows, make_stops

COSTS = pd.DataFrame(
    {"phase": [1], "breakdown_cost": 2400.0, "planned_stop_cost": 400.0, "false_stop_cost": 400.0}
)
AGE, WORK = CALENDAR_CLOCKS


def with_age(rows: pd.DataFrame, stops: pd.DataFrame) -> pd.DataFrame:
    """What the warehouse says: days since the machine's last stop ended; unknown before it."""

    def age(machine: str, day: datetime) -> float:
        ended = stops.loc[(stops["machine_id"] == machine) & (stops["ended_at"] <= day), "ended_at"]
        return (day - ended.max()) / timedelta(days=1) if len(ended) else np.nan

    ages = [age(row.machine_id, row.as_of_date) for row in rows.itertuples()]
    return rows.assign(phase=1, **{AGE: np.array(ages, float)})


@cache
def worn_out() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each of three machines breaks down exactly 20 days after its last stop."""
    names, days = ["m1", "m2", "m3"], 80
    stops = make_stops(
        *(
            (name, "breakdown", start, start + 0.25)
            for number, name in enumerate(names)
            for start in np.arange(2.5 + number, days + 20, 20.25)
        )
    )
    return with_age(make_rows(stops, names, days), stops), stops


def test_the_best_interval_is_just_before_machines_wear_out():
    rows, stops = worn_out()
    chosen = choose_calendars(rows, stops, COSTS, HORIZON)
    assert chosen.keys() == {1}
    assert chosen[1].clock == AGE
    assert HORIZON < chosen[1].interval < 20
    # Each stop prevents a breakdown: 2400 − 400.
    assert chosen[1].stop_saving == pytest.approx(2000)
    assert str(chosen[1]) == f"a stop every {chosen[1].interval:.0f} days"


def test_work_is_read_where_it_tells_more_than_age():
    """Machines that cook at different pace break down after the same number of batches."""
    rows, stops = worn_out()
    pace = 1 + rows["machine_id"].str[1:].astype(int)
    by_age = rows.drop(columns=AGE).assign(**{WORK: rows[AGE]})
    assert choose_calendars(by_age, stops, COSTS, HORIZON)[1].clock == WORK
    misled = rows.assign(**{WORK: rows[AGE] * pace})
    assert choose_calendars(misled, stops, COSTS, HORIZON)[1].clock == AGE


def test_without_breakdowns_or_clocks_no_calendar_stops_a_machine():
    rows, stops = worn_out()
    assert choose_calendars(rows.drop(columns=AGE), stops, COSTS, HORIZON) == {1: NEVER_STOPS}
    calm = rows[~rows["has_breakdown"]]
    assert choose_calendars(calm, stops, COSTS, HORIZON) == {1: NEVER_STOPS}
    assert str(NEVER_STOPS) == "running to failure"


def test_a_machine_whose_clock_is_not_known_is_never_due():
    rows, stops = worn_out()
    log = build_log(rows, stops, HORIZON)
    shown = np.full(log.is_judged.shape, np.nan)
    outcome = replay_clock(log, shown, np.array([1.0]))
    assert outcome.prevented.sum() + outcome.false_stops.sum() == 0


@settings(max_examples=8, deadline=None)
@given(fleets(), st.floats(0.1, 5))
def test_the_chosen_calendar_costs_no_more_than_any_other_and_than_running_to_failure(
    fleet: tuple[pd.DataFrame, pd.DataFrame], false_stop: float
):
    rows, stops = fleet
    if rows.empty:
        return
    rows = with_age(rows, stops)
    costs_seed = COSTS.assign(false_stop_cost=400 * false_stop)
    chosen = choose_calendars(rows, stops, costs_seed, HORIZON)
    log = build_log(rows, stops, HORIZON)
    costs = costs_of_machines(rows, costs_seed, log)
    cost = cost_by_machine(chosen, rows, log, costs).sum()
    never = cost_by_machine({1: NEVER_STOPS}, rows, log, costs).sum()
    assert never == pytest.approx((log.breakdown_counts * costs.breakdown).sum())
    assert cost <= never + 1e-6
    for days in (3, 10, 30):
        other = cost_by_machine({1: Calendar(AGE, days)}, rows, log, costs).sum()
        assert cost <= other + 1e-6


def test_a_stop_of_the_replay_takes_the_clock_back_as_one_of_the_log_does():
    # It stops on days 10 and 20; on day 25 the log's own stop ends, so the next is on day 35.
    stops = make_stops(("m1", "planned", 24.5, 25.0))
    rows = make_rows(stops, ["m1"], 40)
    days = (rows["as_of_date"] - FIRST) / timedelta(days=1)
    log = build_log(rows, stops, HORIZON)
    shown = log.spread(rows, days.where(days < 25, days - 25))
    outcome = replay_clock(log, shown, np.array([10.0, 26.0]))
    assert outcome.false_stops[:, 0].tolist() == [2, 0]
