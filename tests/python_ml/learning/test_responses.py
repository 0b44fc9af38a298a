"""Weeks are weighed by what is known to make them differ."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from python_ml.learning.responses import (
    BASIS,
    GRID,
    PRODUCTS,
    Evidence,
    Weeks,
    add_up,
    begin_responses,
    compute_moments,
    find_rows_of_types,
)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_evidence_is_weighed_by_the_inverse_of_its_covariance(seed: int):
    random = np.random.default_rng(seed)
    own, shared, values = random.uniform(0.1, 2, 4), random.uniform(0.1, 2), random.normal(size=4)
    weights = 1 / own[None, :, None]
    evidence = Evidence(weights, weights, weights, 1 / (1 / shared + weights.sum(axis=1)))
    expected = np.linalg.solve(np.diag(own) + shared, values)
    np.testing.assert_allclose(evidence.weigh(values[None, :, None])[0, :, 0], expected)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_moments_are_those_of_independent_wears(seed: int):
    wears = np.random.default_rng(seed).dirichlet(np.ones(len(GRID)), (2, 3))
    moments = compute_moments(list(wears))
    of_own = np.einsum("nj,jqr->nqr", wears[1], PRODUCTS)
    of_both = np.einsum("nj,ni,jq,ir->nqr", wears[0], wears[1], BASIS, BASIS)
    count = BASIS.shape[1]
    np.testing.assert_allclose(moments[:, 1 + count :, 1 + count :], of_own)
    np.testing.assert_allclose(moments[:, 1 : 1 + count, 1 + count :], of_both)
    np.testing.assert_allclose(moments[:, 0, 1 : 1 + count], wears[0] @ BASIS)


def test_a_week_that_shows_part_of_today_s_wear_tells_of_all_of_it():
    """Of two types wear moves one alone, so that it is no gauge's."""
    random, count, move = np.random.default_rng(0), 3_000, np.array([2.0, 0.0])
    wear, shown = random.integers(0, 13, count), random.uniform(0.5, 1, (count, 1))
    of_week = GRID[wear] * shown[:, 0]
    values = np.full((count, 2, 3), np.nan)
    values[..., 0] = of_week[:, None] * move + random.normal(0, 0.1, (count, 2))
    values[..., 2] = GRID[wear][:, None] * move + random.normal(0, 0.1, (count, 2))
    types = np.tile([0, 1], (count, 1))
    weeks = Weeks(types, values, np.full(values.shape, 0.01), np.zeros(count), shown)
    known = np.eye(len(GRID))[wear]
    responses = begin_responses(weeks, BASIS.shape[1])
    for _ in range(50):
        rows, evidence = find_rows_of_types(weeks), responses.weigh(weeks)
        responses = responses.learn(weeks, evidence, rows, compute_moments([known]))
    apart = responses.slopes[0] - responses.slopes[1]
    np.testing.assert_allclose(apart[[0, 2]] @ BASIS[10], GRID[10] * move[0], rtol=0.1)


@settings(max_examples=60, deadline=None)
@given(shape=st.tuples(*[st.integers(1, 12)] * 3), axis=st.integers(0, 2), seed=st.integers(0, 99))
def test_what_is_added_up_part_by_part_is_to_the_bit_the_sum(shape, axis: int, seed: int):
    values = np.random.default_rng(seed).normal(size=shape)
    before = values.copy()
    np.testing.assert_array_equal(add_up(values, axis=axis), values.sum(axis=axis))
    np.testing.assert_array_equal(values, before)
