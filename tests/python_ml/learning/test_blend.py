"""The blended classifier keeps scikit-learn's contract, and its weights learn what they should."""

import numpy as np
import pandas as pd
from sklearn.utils.estimator_checks import parametrize_with_checks

from python_ml.learning.blend import BlendedClassifier, fit_blend

RANDOM = np.random.default_rng(0)
TRUTH = RANDOM.normal(size=4000)
CAME = RANDOM.random(4000) < 1 / (1 + np.exp(-TRUTH))
EQUAL = np.array([0.5, 0.5, 0.0])


@parametrize_with_checks([BlendedClassifier(iterations=10)])
def test_it_is_a_classifier_like_any_other(estimator, check):
    check(estimator)


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


def test_a_morning_that_weighs_twice_counts_as_two():
    says = TRUTH[:200, None]
    twice = fit_blend(
        np.tile(says, (2, 1))[:300], np.tile(CAME[:200], 2)[:300], towards=EQUAL[1:], strength=1.0
    )
    weights = np.repeat([2.0, 1.0], 100)
    weighed = fit_blend(says, CAME[:200], towards=EQUAL[1:], strength=1.0, weights=weights)
    np.testing.assert_allclose(weighed, twice, atol=1e-4)


def test_whole_numbers_with_gaps_are_features_like_any_other():
    columns = ["batch_count_7d", "metric_1_mean_7d"]
    rows = pd.DataFrame(RANDOM.integers(0, 9, (60, 2)), columns=columns).astype(float)
    rows.iloc[::5, 0] = np.nan
    model = BlendedClassifier(iterations=5).fit(rows, np.arange(60) % 3 == 0)
    for kind in ("Int64", object):
        as_told = rows.astype({"batch_count_7d": "Int64"}).astype({"batch_count_7d": kind})
        np.testing.assert_array_equal(model.predict_proba(as_told), model.predict_proba(rows))
