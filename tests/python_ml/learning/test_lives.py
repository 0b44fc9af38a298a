"""What is known of lives: hazards never fall with wear, and what was stopped lived that long."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from python_ml.learning.lives import (
    Chances,
    find_what_came,
    guess_wear,
    lay_out_ahead,
    lay_out_lives,
    learn_chances,
)
from python_ml.learning.responses import GRID

EDGES = (1, 3, 7)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_hazards_never_fall_with_wear_and_clocks_give_chances(seed: int):
    random = np.random.default_rng(seed)
    clock = np.where(random.random(60) < 0.2, np.nan, random.uniform(0, 50, 60))
    until, broke = random.uniform(0, 20, 60), random.random(60) < 0.5
    wear = guess_wear(clock, until, broke)
    chances = learn_chances(lay_out_lives(clock, until, broke, EDGES), wear)
    assert (np.diff(chances.hazards, axis=2) >= 0).all()
    np.testing.assert_allclose(chances.expect(clock).sum(axis=1), 1)
    survival = chances.compute_survival(wear, clock)
    assert (np.diff(survival, axis=1) <= 0).all()
    risks = chances.compute_risks(clock, EDGES.index(7))
    np.testing.assert_allclose((wear * risks).sum(axis=1), 1 - survival[:, -1])


def test_who_wore_as_much_in_less_time_breaks_down_sooner():
    random = np.random.default_rng(0)
    pace, wear = random.choice([0.1, 0.02], 4_000), random.uniform(0, 1, 4_000)
    clock, until = wear / pace, (1 - wear) / pace
    lives = lay_out_lives(clock, until, np.ones(4_000, bool), EDGES)
    known = np.eye(len(GRID))[np.abs(GRID - wear[:, None]).argmin(axis=1)]
    chances = learn_chances(lives, known)
    half = np.tile(known[np.abs(wear - 0.5).argmin()], (2, 1))
    soon, late = 1 - chances.compute_survival(half, np.array([5.0, 25.0]))[:, -1]
    assert soon > 0.7
    assert late < 0.2


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_mornings_are_told_by_the_knots_next_to_their_clocks_and_by_no_other(seed: int):
    random = np.random.default_rng(seed)
    clock = np.where(random.random(60) < 0.2, np.nan, random.uniform(0, 50, 60))
    until, broke = random.uniform(0, 20, 60), random.random(60) < 0.5
    lives = lay_out_lives(clock, until, broke, EDGES)
    chances = learn_chances(lives, guess_wear(clock, until, broke))
    ahead, places = lives.ahead, lives.hazard_places
    tables, calm = chances.hazards.reshape(-1, len(GRID), len(EDGES)), ahead.at_risk - ahead.came
    of_knots = [
        share[:, None] * (ahead.came @ np.log(table.T) + calm @ np.log1p(-table.T))
        for share, table in zip(places.shares.T, tables, strict=True)
    ]
    said = chances.compute_log_likelihood(lives)
    np.testing.assert_allclose(said, np.sum(of_knots, axis=0), rtol=1e-12, atol=1e-12)
    assert (np.count_nonzero(places.shares, axis=1) <= 2).all()


def test_hazards_of_before_they_knew_the_clock_say_what_they_said():
    random = np.random.default_rng(0)
    hazards = random.uniform(0, 0.5, (len(GRID), len(EDGES)))
    wear, clock = random.dirichlet(np.ones(len(GRID)), 3), np.array([0.0, 9.0, np.nan])
    old = Chances.__new__(Chances)
    vars(old).update(hazards=hazards)
    survival = np.cumprod(1 - hazards, axis=1)
    np.testing.assert_array_equal(old.compute_survival(wear, clock), wear @ survival)
    risks = np.tile(1 - survival[:, 1], (3, 1))
    np.testing.assert_allclose(old.compute_risks(clock, 1), risks, rtol=1e-12)


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
