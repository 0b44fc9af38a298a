"""The week: as cheap as any plan within the limits, promises kept, each change with its reason."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_ml.decisions.week import (
    PROMISE_SHARE,
    WEEK,
    Machine,
    Promise,
    Terms,
    compute_costs,
    plan_week,
)

D = date(2026, 11, 20)
THRESHOLD, HORIZON = 0.3, 7
TERMS = Terms(
    running_machines=(3,) * WEEK,
    slots=(1,) * WEEK,
    breakdown_cost=2400.0,
    planned_stop_cost=400.0,
    false_stop_cost=300.0,
)


def after(days: int) -> date:
    return D + timedelta(days=days)


def curve_of(*hazards: float) -> tuple[float, ...]:
    """A curve of 14 days from the hazard of each, the last one repeated."""
    of_days = np.array([*hazards, *[hazards[-1]] * (14 - len(hazards))])
    return tuple(1 - np.cumprod(1 - of_days))


def make(name: str, *hazards: float, **changes: object) -> Machine:
    """A machine of the only phase of the only kitchen; without hazards nothing is known of it."""
    machine = Machine(
        machine_id=name,
        kitchen_id="k1",
        phase=1,
        curve=curve_of(*hazards) if hazards else None,
        threshold=THRESHOLD,
        horizon_days=HORIZON,
        terms=TERMS,
    )
    return replace(machine, **changes)


def plan(*machines: Machine) -> dict[str, tuple[int | None, str]]:
    """Day ahead and reason by machine."""
    return {
        promise.machine_id: (
            None if promise.planned_date is None else (promise.planned_date - D).days,
            promise.why_then,
        )
        for promise in plan_week(machines, D)
    }


CALM, WORN, LATER = (0.01,), (0.1,), (0.01, 0.01, 0.01, 0.01, 0.01, 0.08)


@pytest.mark.parametrize(
    ("hazards", "is_the_same"), [(CALM, True), ((0.2, 0.01), True), ((0.4, 0.01), False)]
)
def test_a_day_s_wait_saves_what_the_plan_tells_or_costs_more_where_today_is_dangerous(
    hazards: tuple[float, ...], *, is_the_same: bool
):
    machine = make("m", *hazards)
    assert machine.curve is not None
    # `saving_of_waiting` of bi.rpt_maintenance_plan_daily.
    told = (THRESHOLD - machine.curve[HORIZON - 1]) * TERMS.cost_per_probability / HORIZON
    saved = -np.diff(compute_costs(machine))[0]
    assert (saved == pytest.approx(told)) == is_the_same
    assert saved <= told + 1e-9


TODAY = {"is_worth_stopping": True, "may_stop_today": True}


def test_who_is_worth_stopping_is_stopped_today_and_nobody_who_would_not_save():
    planned = plan(make("worth", *WORN, **TODAY), make("worn", *WORN), make("calm", *CALM))
    assert planned == {
        "worth": (0, "on_today_s_plan"),
        "worn": (1, "earliest_possible"),
        "calm": (None, "below_threshold"),
    }


def test_a_machine_is_stopped_early_where_its_better_days_have_no_technician():
    soon = *[0.01] * 5, 0.1
    terms = replace(TERMS, slots=(1, *[0] * 6))
    assert plan(make("soon", *soon, may_stop_today=True)) == {"soon": (2, "threshold_reached")}
    assert plan(make("soon", *soon, may_stop_today=True, terms=terms)) == {
        "soon": (0, "better_day_full")
    }
    # Who would not save by it is not.
    assert plan(make("soon", *soon, terms=terms)) == {"soon": (None, "better_day_full")}


def test_a_machine_gets_the_first_day_on_which_a_stop_is_expected_to_pay():
    machine = make("later", *LATER)
    [(day, why)] = plan(machine).values()
    assert why == "threshold_reached"
    assert day is not None
    left = 1 - np.concatenate([[0.0], curve_of(*LATER)])
    risks = [1 - left[d + HORIZON] / left[d] for d in range(WEEK)]
    assert day == next(d for d, risk in enumerate(risks) if risk >= THRESHOLD) > 1


def test_a_slot_goes_to_the_machine_that_loses_more_by_waiting():
    planned = plan(make("worn", *WORN), make("more_worn", 0.3))
    assert planned == {"worn": (2, "better_day_full"), "more_worn": (1, "earliest_possible")}


def test_the_week_s_only_slot_goes_to_the_machine_that_is_to_break_down_first():
    limits = {"terms": replace(TERMS, slots=(1, *[0] * (WEEK - 1))), "threshold": 0.17}
    soon = make("soon", 0.32, *[0.4] * 2, *[0.23] * 4, 0.14, **TODAY, **limits)
    later = make("later", 0.05, *[0.07] * 2, *[0.1] * 4, 0.12, **TODAY, **limits)
    assert plan(later, soon)["soon"] == (0, "on_today_s_plan")
    # Who stays without a stop pays for its breakdown whole.
    assert compute_costs(soon)[WEEK] > soon.curve[WEEK - 1] * TERMS.breakdown_cost


def test_one_machine_of_a_phase_is_left_running_on_each_day():
    terms = replace(TERMS, running_machines=(2,) * WEEK, slots=(2,) * WEEK)
    planned = plan(make("m1", *WORN, terms=terms), make("m2", 0.3, terms=terms))
    assert planned == {"m1": (2, "better_day_full"), "m2": (1, "earliest_possible")}


def test_a_weekday_without_technicians_has_no_stop():
    terms = replace(TERMS, slots=(1, 0, 0, 1, 1, 1, 1))
    assert plan(make("worn", *WORN, terms=terms)) == {"worn": (3, "better_day_full")}


def test_today_s_limits_hold_for_who_is_worth_stopping():
    machines = [make("worn", *WORN), make("more_worn", 0.3), make("calm", *CALM)]
    planned = plan(*(replace(machine, **TODAY) for machine in machines[:2]), machines[2])
    assert planned == {
        "worn": (1, "earliest_possible"),
        "more_worn": (0, "on_today_s_plan"),
        "calm": (None, "below_threshold"),
    }


def test_a_booked_stop_stays_and_takes_its_slot():
    planned = plan(make("booked", *CALM, booked_on=after(1)), make("worn", *WORN))
    assert planned == {"booked": (1, "booked"), "worn": (2, "better_day_full")}


def test_a_booked_stop_today_takes_today_s_slot():
    planned = plan(make("booked", *CALM, booked_on=D), make("worn", *WORN, **TODAY))
    assert planned == {"booked": (0, "booked"), "worn": (1, "earliest_possible")}


def test_the_booked_repair_of_one_that_is_down_stops_none_of_the_running():
    terms = replace(TERMS, running_machines=(2,) * WEEK, slots=(2,) * 7)
    down = make("down", booked_on=D, is_down=True, terms=terms)
    planned = plan(
        down, make("calm", *CALM, terms=terms), make("worn", *WORN, terms=terms, **TODAY)
    )
    assert planned["worn"] == (0, "on_today_s_plan")
    assert planned["down"] == (0, "booked")


def test_who_is_worth_stopping_does_not_wait_for_its_booked_day():
    booked = make("m1", *WORN, booked_on=after(3), **TODAY)
    assert plan(booked) == {"m1": (0, "on_today_s_plan")}
    assert plan(replace(booked, booked_on=D)) == {"m1": (0, "booked")}
    # Without room it does; and for more booked stops than technicians there is room.
    terms = replace(TERMS, slots=(0,) * WEEK)
    late = [replace(booked, machine_id=f"m{number}", terms=terms) for number in range(2)]
    assert plan(*late) == {"m0": (3, "booked"), "m1": (3, "booked")}


def test_more_booked_stops_than_slots_stay_all():
    booked = [make(f"m{number}", *CALM, booked_on=after(1)) for number in range(3)]
    planned = plan(*booked, make("worn", *WORN))
    assert [planned[f"m{number}"] for number in range(3)] == [(1, "booked")] * 3
    assert planned["worn"] == (2, "better_day_full")


def test_who_leaves_its_booked_day_leaves_no_room_that_there_was_not():
    terms = replace(TERMS, slots=(1, 0, 1, 1, 1, 1, 1))
    booked = [make(f"m{number}", *CALM, booked_on=after(1), terms=terms) for number in range(2)]
    booked[0] = make("m0", 0.3, booked_on=after(1), terms=terms, **TODAY)
    planned = plan(*booked, make("worn", *WORN, terms=terms))
    assert planned == {
        "m0": (0, "on_today_s_plan"),
        "m1": (1, "booked"),
        "worn": (2, "better_day_full"),
    }


def test_each_of_a_machine_s_booked_stops_takes_its_slot():
    twice = make("twice", *CALM, booked_on=after(2), booked_later=(after(1), after(4)))
    assert plan(twice, make("worn", *WORN)) == {
        "twice": (2, "booked"),
        "worn": (3, "better_day_full"),
    }
    terms = replace(TERMS, running_machines=(2,) * WEEK, slots=(2,) * WEEK)
    twice = replace(twice, booked_on=after(1), booked_later=(after(2),), terms=terms)
    assert plan(twice, make("worn", *WORN, terms=terms))["worn"] == (3, "better_day_full")


def test_who_stands_for_days_needs_a_technician_once_and_runs_on_none_of_them():
    terms = replace(TERMS, running_machines=(2,) * WEEK)
    long = make("long", *CALM, booked_on=D, stands_on=(after(1), after(2)), terms=terms)
    assert plan(long, make("worn", *WORN, terms=terms))["worn"] == (3, "better_day_full")
    assert plan(long, make("worn", *WORN, terms=terms, phase=2))["worn"] == (1, "earliest_possible")


@pytest.mark.parametrize(
    ("hazards", "promised", "expected"),
    [
        (LATER, 2, (2, "as_promised")),
        (WORN, 6, (1, "risk_rose")),
        (CALM, 2, (None, "risk_fell")),
    ],
)
def test_a_promise_is_changed_only_for_what_is_worth_more_and_that_is_told(
    hazards: tuple[float, ...], promised: int, expected: tuple[int | None, str]
):
    machine = make("m", *hazards, promised_on=after(promised))
    costs = compute_costs(machine)
    gain = costs[promised] - costs[1:].min()
    assert (gain <= PROMISE_SHARE * TERMS.planned_stop_cost) == (expected[1] == "as_promised")
    assert plan(machine) == {"m": expected}
    stopped = plan(replace(machine, was_stopped=True))["m"]
    assert stopped[1] not in {"as_promised", "risk_rose", "risk_fell"}


@pytest.mark.parametrize(
    ("hazards", "expected"),
    [(CALM, (None, "no_longer_booked")), (WORN, (1, "earliest_possible"))],
)
def test_a_booking_that_is_gone_is_nobody_s_promise(
    hazards: tuple[float, ...], expected: tuple[int | None, str]
):
    gone = make("m", *hazards, promised_on=after(2), was_booked=True)
    assert plan(gone) == {"m": expected}
    assert plan(replace(gone, was_stopped=True))["m"][1] != "no_longer_booked"
    assert plan(replace(gone, booked_on=after(4))) == {"m": (4, "booked")}


def test_a_promise_for_today_is_kept_while_a_stop_saves():
    promised = make("m", 0.046, promised_on=D, may_stop_today=True)
    assert plan(promised) == {"m": (0, "as_promised")}
    assert plan(replace(promised, may_stop_today=False)) == {"m": (None, "risk_fell")}


def test_who_is_at_its_threshold_waits_where_its_curve_falls_and_that_is_told():
    falling = make("m", *[0.055] * 7, 0.002, **TODAY)
    assert plan(falling) == {"m": (None, "waiting_saves")}
    promised = replace(falling, promised_on=after(2))
    assert plan(promised)["m"][1] in {"as_promised", "risk_fell"}


@pytest.mark.parametrize(
    ("slots", "promised", "expected"),
    [
        ((0, 1, 1, 1, 1, 1, 1), 0, (1, "earliest_possible")),
        ((0, 1, 1, 1, 1, 1, 1), 1, (1, "earliest_possible")),
        ((0, 0, 1, 1, 1, 1, 1), 1, (2, "better_day_full")),
        ((1, 1, 1, 1, 1, 1, 1), 1, (1, "as_promised")),
        ((0, 0, 0, 0, 0, 0, 0), 1, (None, "better_day_full")),
    ],
)
def test_a_full_day_is_no_smaller_risk(
    slots: tuple[int, ...], promised: int, expected: tuple[int | None, str]
):
    hazard = 0.06 if slots[0] else 0.2
    terms = replace(TERMS, slots=slots)
    machine = make("m", hazard, terms=terms, promised_on=after(promised), **TODAY)
    assert plan(machine) == {"m": expected}


def test_who_is_at_its_threshold_and_has_no_room_is_not_said_to_be_below_it():
    # Above it today alone, a little below it later: today or not at all.
    peak = make("m", 0.2, 0.0496, **TODAY)
    assert plan(peak) == {"m": (0, "on_today_s_plan")}
    full = replace(peak, terms=replace(TERMS, slots=(0,) * WEEK))
    assert plan(full) == {"m": (None, "better_day_full")}


def test_a_calendar_s_machine_waits_for_its_day():
    planned = plan(
        make("due", *CALM, due_in_days=2.5, calendar_saving=500.0),
        make("never", *WORN, due_in_days=float("inf")),
    )
    assert planned == {"due": (3, "calendar_due"), "never": (None, "not_due")}


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_that_a_calendar_has_due_the_riskier_is_stopped_first(order: int):
    due = {"due_in_days": 0.0, "calendar_saving": 900.0, **TODAY}
    machines = [make("calm", *CALM, **due), make("worn", *WORN, **due)]
    assert plan(*machines[::order]) == {
        "worn": (0, "on_today_s_plan"),
        "calm": (1, "calendar_due"),
    }


def test_of_a_blind_machine_nothing_is_promised_and_no_cost_is_known():
    [promise] = plan_week([make("blind")], D)
    assert promise == Promise("blind", None, "blind", running_beside_booked=3)
    assert plan_week([], D) == []


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from([0.005, 0.03, 0.06, 0.2]), st.integers(1, 2)), max_size=3),
    st.lists(st.integers(0, 2), min_size=WEEK, max_size=WEEK),
    st.integers(1, 4),
)
def test_no_plan_within_the_limits_is_cheaper(
    drawn: list[tuple[float, int]], slots: list[int], running: int
):
    terms = replace(TERMS, running_machines=(running,) * WEEK, slots=tuple(slots))
    machines = [
        make(f"m{number}", 0.02, hazard, phase=phase, terms=terms, may_stop_today=number < 2)
        for number, (hazard, phase) in enumerate(drawn)
    ]
    days = [day if day is not None else WEEK for day, _ in plan(*machines).values()]
    costs = [compute_costs(machine) for machine in machines]

    def fits(days: Sequence[int]) -> bool:
        return all(
            days.count(day) <= slots[day]
            and all(
                sum(at == day and m.phase == phase for at, m in zip(days, machines, strict=True))
                < max(running, 1)
                for phase in (1, 2)
            )
            for day in range(WEEK)
        ) and all(day > 0 for day in days[2:])

    def price(days: Sequence[int]) -> float:
        return sum(cost[day] for cost, day in zip(costs, days, strict=True))

    assert fits(days)
    every = product(range(WEEK + 1), repeat=len(machines))
    assert price(days) <= min(price(other) for other in every if fits(other)) + 1e-3
