"""The blended classifier keeps scikit-learn's contract, and its weights learn what they should."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.utils.estimator_checks import parametrize_with_checks

from python_ml.learning.attributions import CurveTables
from python_ml.learning.blend import BlendedClassifier, fit_blend

RANDOM = np.random.default_rng(0)
TRUTH = RANDOM.normal(size=4000)
CAME = RANDOM.random(4000) < 1 / (1 + np.exp(-TRUTH))
EQUAL = np.array([0.5, 0.5, 0.0])


@parametrize_with_checks([BlendedClassifier(iterations=10)])
def test_it_is_a_classifier_like_any_other(estimator, check):
    check(estimator)


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


def test_an_expert_that_exaggerates_is_calmed_and_one_that_guesses_is_not_heard():
    says = np.column_stack([2 * TRUTH + 1, RANDOM.normal(size=4000)])
    weights = fit_blend(says, CAME, towards=EQUAL, strength=1.0)
    np.testing.assert_allclose(weights, [0.5, 0, -0.5], atol=0.1)


def test_no_expert_is_believed_the_wrong_way_round():
    says = np.column_stack([TRUTH, -TRUTH])
    weights = fit_blend(says, CAME, towards=EQUAL, strength=1.0)
    assert weights[1] == 0


def test_few_rows_leave_the_weights_where_they_are_pulled():
    says = np.column_stack([-TRUTH, TRUTH])[:5]
    weights = fit_blend(says, CAME[:5], towards=EQUAL, strength=1000.0)
    np.testing.assert_allclose(weights, EQUAL, atol=0.02)
    none = fit_blend(says[:0], CAME[:0], towards=EQUAL, strength=1.0)
    np.testing.assert_allclose(none, EQUAL)
