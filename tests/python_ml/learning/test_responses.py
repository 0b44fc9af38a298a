"""Weeks are weighed by what is known to make them differ."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from python_ml.learning.responses import BASIS, GRID, PRODUCTS, Evidence, compute_moments


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
