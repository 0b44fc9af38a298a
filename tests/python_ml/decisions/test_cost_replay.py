"""What decisions cost: by hand on logs that one can picture, and for every cost matrix."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from python_ml.decisions.cost_replay import (
    INTERVAL_CANDIDATES,
    INTERVAL_PERCENTS,
    NEVER,
    Costs,
    choose_threshold,
    compute_ratio,
    replay_calendar,
    replay_stops,
    replay_thresholds,
    sample_machines,
)
from python_ml.decisions.machine_log import MachineLog
from tests.machine_logs import HORIZON, logs, make_log

UNHURRIED = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
COSTS = Costs(np.array(2400.0), np.array(400.0), np.array(300.0))


def stop_on(log: MachineLog, *stops: tuple[int, int]) -> np.ndarray:
    wants = np.zeros((1, *log.is_judged.shape), bool)
    for machine, day in stops:
        wants[0, machine, day] = True
    return wants


def cost_of(log: MachineLog, wants: np.ndarray) -> float:
    return float(replay_stops(log, wants).compute_costs(log, COSTS).sum())


def test_a_stop_within_the_horizon_prevents_the_breakdown_once():
    log = make_log(("m1", "breakdown", 20.5, 21.5))
    outcome = replay_stops(log, stop_on(log, (0, 15), (0, 16), (0, 18), (0, 20)))
    assert outcome.prevented.sum() == 1
    assert outcome.false_stops.sum() == 0
    assert outcome.warning_days.sum() == 5.5
    assert cost_of(log, stop_on(log, (0, 15), (0, 16), (0, 18), (0, 20))) == 400


def test_a_stop_too_early_is_false_and_the_breakdown_comes():
    log = make_log(("m1", "breakdown", 20.5, 21.5))
    assert cost_of(log, stop_on(log, (0, 13))) == 300 + 2400
    assert cost_of(log, stop_on(log)) == 2400


def test_a_false_stop_rests_the_machine_for_one_horizon():
    log = make_log(("m1", "breakdown", 39.5, 40))
    assert (
        replay_stops(log, stop_on(log, *((0, day) for day in range(5, 12)))).false_stops.sum() == 1
    )
    assert (
        replay_stops(log, stop_on(log, *((0, day) for day in range(5, 13)))).false_stops.sum() == 2
    )


def test_no_policy_stops_a_machine_that_is_down_or_due_for_a_planned_stop():
    log = make_log(("m1", "breakdown", 5.2, 9.5), ("m1", "planned", 20.3, 20.6))
    assert not log.is_judged[0, 6:10].any()
    assert not log.is_judged[0, 14:21].any()
    assert replay_stops(log, np.ones((1, *log.is_judged.shape), bool)).prevented[0, 0] == 1


def test_two_breakdowns_within_one_horizon_are_two():
    log = make_log(("m1", "breakdown", 10.2, 10.4), ("m1", "breakdown", 13.2, 13.4))
    assert log.breakdown_counts[0] == 2
    assert cost_of(log, stop_on(log, (0, 9))) == 400 + 2400
    assert cost_of(log, stop_on(log, (0, 9), (0, 11))) == 2 * 400


def test_a_calendar_stops_at_its_age_and_starts_anew_at_every_stop():
    log = make_log(("m1", "planned", 8.2, 8.4), ("m1", "breakdown", 30.5, 31.2))
    log = replace(log, credit_days=HORIZON)
    ten = replay_calendar(log, np.array([10]))
    # Age 10 since 8.4 comes on 19, then on 29, which prevents 30.5; age 10 since 31.2 is not over.
    assert ten.prevented[0, 0] == 1
    assert ten.false_stops[0, 0] == 1
    thirty = replay_calendar(log, np.array([30]))
    assert (thirty.prevented[0, 0], thirty.false_stops[0, 0]) == (0, 0)


def test_a_stop_prevents_the_breakdown_for_as_long_as_its_credit_lasts():
    log = make_log(("m1", "planned", 1.0, 2.0), ("m1", "breakdown", 30.5, 31.2))
    assert cost_of(log, stop_on(log, (0, 4), (0, 20))) == 400


@pytest.mark.parametrize(
    "costs", [(400, 2400, 300), (2400, -1, 300), (2400, 400, 0), (np.nan, 400, 300), (400, 400, 1)]
)
def test_costs_that_make_no_sense_are_refused(costs: tuple[float, float, float]):
    with pytest.raises(ValueError, match="cost"):
        Costs(*(np.array(float(cost)) for cost in costs))


@st.composite
def costs_of_any_kind(draw: st.DrawFn) -> Costs:
    planned = draw(st.floats(0, 1e4))
    more = draw(st.floats(1e-3, 1e5))
    false_stop = draw(st.floats(1e-3, 1e4))
    return Costs(np.array(planned + more), np.array(planned), np.array(false_stop))


@UNHURRIED
@given(log=logs(), costs=costs_of_any_kind(), data=st.data())
def test_a_perfect_model_is_never_beaten_whatever_things_cost(log, costs, data):
    seed = data.draw(st.integers(0, 2**32 - 1))
    share = data.draw(st.floats(0, 1))
    any_policy = np.random.default_rng(seed).random((1, *log.is_judged.shape)) < share
    perfect = replay_stops(log, log.is_before_breakdown[None])
    assert perfect.prevented.sum() == log.breakdown_counts.sum()
    assert perfect.false_stops.sum() == 0
    best = perfect.compute_costs(log, costs).sum()
    assert best <= replay_stops(log, any_policy).compute_costs(log, costs).sum() * (1 + 1e-12)
    calendars = replay_calendar(log, INTERVAL_CANDIDATES).compute_costs(log, costs).sum(axis=1)
    assert best <= calendars.min() * (1 + 1e-12)


@UNHURRIED
@given(log=logs(), costs=costs_of_any_kind(), data=st.data())
def test_flagging_nothing_never_beats_a_model_at_its_chosen_threshold(log, costs, data):
    seed = data.draw(st.integers(0, 2**32 - 1))
    said = np.where(log.is_judged, np.random.default_rng(seed).random(log.is_judged.shape), np.nan)
    threshold = choose_threshold(log, said, costs)
    chosen = replay_stops(log, (said >= threshold)[None]).compute_costs(log, costs).sum()
    nothing = (log.breakdown_counts * costs.breakdown).sum()
    assert chosen <= nothing * (1 + 1e-12)
    assert float(costs.break_even) <= threshold <= NEVER


@UNHURRIED
@given(log=logs(), costs=costs_of_any_kind())
def test_a_useful_model_beats_flagging_nothing_at_its_chosen_threshold(log, costs):
    said = np.where(log.is_judged, np.where(log.is_before_breakdown, 1.0, 0.0), np.nan)
    threshold = choose_threshold(log, said, costs)
    chosen = replay_stops(log, (said >= threshold)[None]).compute_costs(log, costs).sum()
    nothing = (log.breakdown_counts * costs.breakdown).sum()
    assert chosen < nothing or log.breakdown_counts.sum() == 0


@UNHURRIED
@given(log=logs(), data=st.data())
def test_every_breakdown_is_prevented_or_missed_once(log, data):
    seed = data.draw(st.integers(0, 2**32 - 1))
    outcome = replay_stops(log, np.random.default_rng(seed).random((3, *log.is_judged.shape)) < 0.3)
    assert (outcome.prevented >= 0).all()
    assert (outcome.prevented <= log.breakdown_counts).all()


@UNHURRIED
@given(log=logs(), data=st.data())
def test_a_chosen_threshold_is_the_cheapest_of_a_fine_grid_between_its_candidates(log, data):
    """With few distinct probabilities every one is a candidate, so nothing may be cheaper."""
    seed = data.draw(st.integers(0, 2**32 - 1))
    steps = np.random.default_rng(seed).integers(0, 11, log.is_judged.shape) / 10
    said = np.where(log.is_judged, steps, np.nan)
    threshold = choose_threshold(log, said, COSTS)
    grid = np.array([threshold, *np.arange(2, 12) / 10])
    costs = replay_stops(log, said >= grid[:, None, None]).compute_costs(log, COSTS).sum(axis=1)
    assert costs[0] == costs.min()


@UNHURRIED
@given(log=logs(), data=st.data())
def test_thresholds_are_replayed_as_the_stops_that_they_ask_for(log, data):
    seed = data.draw(st.integers(0, 2**32 - 1))
    said = np.where(log.is_judged, np.random.default_rng(seed).random(log.is_judged.shape), np.nan)
    thresholds = np.linspace(0, 1, 7)
    of_thresholds = replay_thresholds(log, said, thresholds)
    of_stops = replay_stops(log, said >= thresholds[:, None, None])
    for name, counted in vars(of_stops).items():
        np.testing.assert_array_equal(getattr(of_thresholds, name), counted)


def test_an_interval_by_machine_holds_the_value_and_knows_no_machines_apart():
    samples = sample_machines(30, seed=1)
    rng = np.random.default_rng(3)
    parts, wholes = rng.poisson(3, 30).astype(float), np.full(30, 10.0)
    value, low, high = compute_ratio(parts, wholes, samples)
    assert low < value < high
    assert value == parts.sum() / wholes.sum()
    even = compute_ratio(np.full(30, 2.0), wholes, samples)
    assert even == pytest.approx((0.2, 0.2, 0.2))
    assert np.isnan(compute_ratio(parts, np.zeros(30), samples)).all()


@UNHURRIED
@given(power=st.floats(0, 9), seed=st.integers(0, 99))
def test_ratios_and_their_intervals_are_exact_at_any_level(power: float, seed: int):
    """Against sums of fractions: costs of machines that differ little, from 1 to 1e9."""
    rng = np.random.default_rng(seed)
    parts, wholes = 10**power + rng.normal(0, 1e-3, 6), rng.integers(1, 40, 6).astype(float)
    samples = sample_machines(6, seed)[:40]

    def divide(times: np.ndarray) -> Fraction:
        part, whole = (
            sum(Fraction(n) * Fraction(x) for n, x in zip(times, of, strict=True))
            for of in (parts, wholes)
        )
        return part / whole

    drawn = sorted(divide(times) for times in samples)
    expected = [divide(np.ones(6))]
    for percent in INTERVAL_PERCENTS:
        place = Fraction(percent * (len(drawn) - 1), 100)
        below = int(place)
        expected.append(drawn[below] + (place - below) * (drawn[below + 1] - drawn[below]))
    found = compute_ratio(parts, wholes, samples)
    assert found == pytest.approx([float(value) for value in expected], rel=1e-14)
