"""What each feature adds to the log-odds: exact together, and each feature's own part."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_ml.learning.attributions import CurveTables, TreePaths, lay_out_trees
from python_ml.learning.blend import BlendedClassifier
from python_ml.learning.experts import TreesByCause, TreesInRhythm, build_boosting, build_curves
from python_ml.learning.rhythm import Rhythm

ROWS = np.random.default_rng(1).normal(size=(200, 3))


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_contributions_add_up_to_what_the_experts_say(seed: int):
    random = np.random.default_rng(seed)
    features = np.round(random.normal(size=(80, 4)), 1)  # equal values, too
    features[random.random(features.shape) < 0.1] = np.nan
    features[:, 3] = random.choice([0.0, 2.0])
    labels = np.arange(80) % 3 == 0
    model = BlendedClassifier(iterations=5).fit(features, labels)
    asked = np.vstack([features, features * 3, np.full((1, 4), np.nan)])
    (curves,) = model.curves_
    tables = CurveTables(curves)
    np.testing.assert_allclose(
        tables.compute_contributions(asked).sum(axis=1) + tables.intercept,
        curves.decision_function(asked),
        atol=1e-10,
    )
    np.testing.assert_allclose(
        model.compute_contributions(asked).sum(axis=1), model.decision_function(asked), atol=1e-10
    )


@pytest.fixture(scope="module")
def tables() -> CurveTables:
    curves = build_curves(ROWS.shape, strength=1.0, seed=7)
    return CurveTables(curves.fit(ROWS, ROWS[:, 0] + ROWS[:, 1] > 0))


@given(row=st.integers(0, 199), column=st.integers(0, 2), value=st.floats(-9, 9) | st.just(np.nan))
def test_on_curves_a_feature_moves_its_own_part_alone(tables, row: int, column: int, value: float):
    features = np.vstack([ROWS[row], ROWS[row]])
    features[1, column] = value
    before, after = tables.compute_contributions(features)
    others = np.arange(3) != column
    np.testing.assert_array_equal(before[others], after[others])


def test_in_trees_the_feature_that_was_split_on_gets_the_step():
    features = np.column_stack([np.tile([0.0, 1.0], 50), np.repeat([0.0, 1.0], 50)])
    boosting = build_boosting(iterations=3, feature_share=1.0, seed=7)
    boosting.fit(features, features[:, 1] > 0)
    paths = TreePaths(boosting)
    contributions = paths.compute_contributions(features)
    assert (contributions[:, 0] == 0).all()
    np.testing.assert_array_equal(contributions[:, 1] > 0, features[:, 1] > 0)
    assert paths.baseline == pytest.approx(boosting.decision_function(features).mean())


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_contributions_to_trees_of_causes_add_up_and_are_of_what_was_split_on(seed: int):
    features = np.random.default_rng(seed).normal(size=(300, 3))
    features[:, 2] = 1.0
    causes = np.select([features[:, 0] > 1, features[:, 1] > 1], [1, 2], 0)
    trees = build_boosting(iterations=60, feature_share=1.0, seed=7).set_params(l2_regularization=0)
    boosting = TreesByCause(trees).fit(features, causes)
    paths = lay_out_trees(boosting)
    contributions = paths.compute_contributions(features)
    np.testing.assert_allclose(
        contributions.sum(axis=1) + paths.baseline, boosting.decision_function(features), atol=1e-8
    )
    assert (contributions[:, 2] == 0).all()
    assert (contributions[causes == 1, 0] > 0).all()


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_what_is_split_on_the_phase_of_a_clock_is_added_to_the_clock(seed: int):
    random = np.random.default_rng(seed)
    features = np.column_stack([np.zeros(600), random.uniform(0, 90, 600).round(2)])
    features[::50, 1] = np.nan
    trees = build_boosting(iterations=40, feature_share=1.0, seed=7)
    boosting = TreesInRhythm(trees, Rhythm(7, (1,))).fit(features, features[:, 1] % 7 < 2)
    paths = lay_out_trees(boosting)
    contributions = paths.compute_contributions(features)
    assert (contributions[:, 0] == 0).all()
    np.testing.assert_allclose(
        contributions[:, 1] + paths.baseline, boosting.decision_function(features), atol=1e-9
    )
