"""When machines break down: a curve that never falls, right on each day, and its doubts."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from python_ml.learning.timing import (
    DAYS,
    LOWER_TAIL,
    UPPER_TAIL,
    Mornings,
    bound_by_experts,
    bound_by_wear,
    day_edges,
    fit_timing,
    shape_risk,
    spread_evenly,
)
from python_ml.learning.wear import Belief

RISKS = arrays(float, 4, elements=st.floats(0, 1))
HORIZONS = st.integers(1, 30)


def make_mornings(horizon_days: int = 7, count: int = 4_000) -> Mornings:
    """Half of the machines wear fast: the later the day, the more dangerous; half not at all."""
    random = np.random.default_rng(3)
    wears = np.arange(count) % 2 == 1
    rate = np.where(wears, 0.004, 0.02)
    edges = np.array(day_edges(horizon_days), float)
    hazard = rate[:, None] * edges ** np.where(wears, 2.0, 1.0)[:, None]
    broke_after = (random.exponential(size=count) / rate) ** np.where(wears, 0.5, 1.0)
    known = random.uniform(0, 40, count)
    of_horizon = hazard[:, list(edges).index(horizon_days)]
    return Mornings(
        said=np.log(np.expm1(of_horizon)),
        until=np.minimum(broke_after, known),
        broke=broke_after < known,
        lives=np.arange(count),
        hazard=hazard,
    )


@given(RISKS, HORIZONS, st.data())
def test_a_curve_never_falls_and_is_what_was_said_at_the_horizon(
    said: np.ndarray, horizon_days: int, data: st.DataObject
) -> None:
    edges = day_edges(horizon_days)
    steps = data.draw(arrays(float, (4, len(edges)), elements=st.floats(1e-12, 30)))
    weights = data.draw(arrays(float, (len(edges), 3), elements=st.floats(-2, 2)))
    timing = fit_timing(make_mornings(horizon_days, 200), horizon_days)
    shaped = shape_risk(type(timing)(horizon_days, edges, weights), said, steps.cumsum(axis=1))
    for curve in (shaped, spread_evenly(said, horizon_days)):
        assert curve.shape == (4, DAYS)
        assert (np.diff(curve, axis=1) >= 0).all()
        assert ((curve >= 0) & (curve <= 1)).all()
        if horizon_days <= DAYS:
            np.testing.assert_array_equal(curve[:, horizon_days - 1], said)


@pytest.mark.parametrize("follows_wear", [True, False])
def test_what_is_said_of_each_day_happens_as_often(follows_wear: bool) -> None:
    truth = make_mornings(count=20_000)
    known = truth if follows_wear else replace(truth, hazard=None)
    curve = shape_risk(fit_timing(known, 7), 1 / (1 + np.exp(-known.said)), known.hazard)
    assert truth.hazard is not None
    for place, day in enumerate(day_edges(7)):
        happens = -np.expm1(-truth.hazard[:, place]).mean()
        assert curve[:, day - 1].mean() == pytest.approx(happens, rel=0.15)


def test_a_model_of_before_there_were_curves_spreads_its_risk_evenly() -> None:
    curve = spread_evenly(np.array([0.5]), 7)[0]
    np.testing.assert_allclose((1 - curve) ** (7 / np.arange(1, DAYS + 1)), 0.5)


@given(RISKS, arrays(float, (4, 6), elements=st.floats(0.01, 1)), st.floats(0.01, 0.4))
def test_an_interval_holds_what_was_said_and_grows_with_the_doubt(
    said: np.ndarray, chances: np.ndarray, tail: float
) -> None:
    risks = np.tile(np.linspace(0.001, 0.9, 6), (4, 1))
    belief = Belief(risks, chances / chances.sum(1, keepdims=True))
    narrow, wide = (bound_by_wear(belief, said, tails=(share, share)) for share in (tail, tail / 2))
    assert (narrow[:, 0] <= said).all()
    assert (narrow[:, 1] >= said).all()
    assert (wide[:, 0] <= narrow[:, 0]).all()
    assert (wide[:, 1] >= narrow[:, 1]).all()


def test_experts_that_agree_leave_no_doubt() -> None:
    said = np.array([0.2, 0.2])
    low, high = bound_by_experts(np.array([[0.0, 0.0], [-1.0, 1.0]]), said).T
    assert low[0] == pytest.approx(0.2)
    assert high[0] == pytest.approx(0.2)
    assert low[1] < 0.1 < 0.4 < high[1]


def test_more_of_the_safest_wears_is_left_out_than_of_the_most_dangerous() -> None:
    risks = np.linspace(0.01, 0.9, 101)
    belief = Belief(risks[None], np.full((1, 101), 1 / 101))
    low, high = bound_by_wear(belief, np.array([risks.mean()]))[0]
    assert (risks < low).mean() == pytest.approx(LOWER_TAIL, abs=0.02)
    assert (risks > high).mean() == pytest.approx(UPPER_TAIL, abs=0.02)


def test_fewer_lives_leave_more_doubt_however_many_mornings_each_has() -> None:
    many = make_mornings(count=400)
    some = {
        name: getattr(many, name)[:100] for name in ("said", "until", "broke", "lives", "hazard")
    }
    few = type(many)(**{name: np.repeat(values, 4, axis=0) for name, values in some.items()})
    said = np.array([0.1, 0.5])
    belief = Belief(np.array([[0.1, 0.5], [0.1, 0.5]]), np.full((2, 2), 0.5))
    widths = [
        np.diff(bound_by_wear(belief, said, fit_timing(known, 7).doubt), axis=1).ravel()
        for known in (many, few)
    ]
    assert (np.diff(bound_by_wear(belief, said), axis=1).ravel() < widths[0]).all()
    assert (widths[0] < widths[1]).all()
