"""What is known of lives: hazards never fall with wear, and what was stopped lived that long."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from python_ml.learning.lives import (
    find_what_came,
    guess_wear,
    lay_out_ahead,
    learn_chances,
    place_knots,
    spread_over_knots,
)

EDGES = (1, 3, 7)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_hazards_never_fall_with_wear_and_clocks_give_chances(seed: int):
    random = np.random.default_rng(seed)
    clock = np.where(random.random(60) < 0.2, np.nan, random.uniform(0, 50, 60))
    until, broke = random.uniform(0, 20, 60), random.random(60) < 0.5
    knots = place_knots(clock)
    wear = guess_wear(clock, until, broke)
    ahead = lay_out_ahead(until, broke, EDGES)
    chances = learn_chances(knots, spread_over_knots(knots, clock), ahead, wear)
    assert (np.diff(chances.hazards, axis=0) >= 0).all()
    np.testing.assert_allclose(chances.expect(clock).sum(axis=1), 1)
    assert (np.diff(chances.compute_survival(wear), axis=1) <= 0).all()


def test_a_stop_ends_what_is_known_and_only_a_breakdown_came():
    until, broke = np.array([2.0, 2.0, 30.0]), np.array([True, False, False])
    ahead = lay_out_ahead(until, broke, EDGES)
    assert ahead.at_risk.tolist() == [[1, 1, 0], [1, 0, 0], [1, 1, 1]]
    assert ahead.came.tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 0]]


def test_what_came_after_the_newest_mature_label_is_not_known():
    mornings = pd.DataFrame(
        {
            "as_of_date": pd.to_datetime(["2026-01-01", "2026-01-02"]),
            "label_mature_date": pd.to_datetime(["2026-01-08", "2026-01-09"]),
            "next_breakdown_at": pd.to_datetime(["2026-01-04 12:00", "2026-01-20 00:00"]),
            "next_planned_stop_at": pd.to_datetime([None, None]),
        }
    )
    until, broke = find_what_came(mornings)
    assert until.tolist() == [3.5, 7.0]
    assert broke.tolist() == [True, False]
