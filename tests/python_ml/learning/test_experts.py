"""The families of experts: what each can learn, and what none of them stumbles over."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import roc_auc_score

from python_ml.learning.experts import build_boosting, build_curves, fill_empty_columns

FEATURES = np.random.default_rng(2).normal(size=(400, 2))


def fit_curves(labels: np.ndarray, features: np.ndarray = FEATURES):
    return build_curves(features.shape, strength=1.0, seed=7).fit(features, labels)


def fit_boosting(labels: np.ndarray, features: np.ndarray = FEATURES):
    return build_boosting(iterations=40, feature_share=1.0, seed=7).fit(features, labels)


def test_curves_bend_where_the_data_bend():
    curves = fit_curves(np.abs(FEATURES[:, 0]) > 1)
    low, middle, high = curves.decision_function([[-2.0, 0.0], [0.0, 0.0], [2.0, 0.0]])
    assert min(low, high) > middle + 1


def test_beyond_the_values_that_were_seen_curves_say_what_they_say_of_the_last_one():
    curves = fit_curves(FEATURES[:, 0] > 0)
    lowest, highest = FEATURES.min(axis=0), FEATURES.max(axis=0)
    wild = [[1e300, 0.0], [highest[0], 0.0], [-1e300, 0.0], [lowest[0], 0.0]]
    said = curves.decision_function(wild)
    assert said[0] == said[1] > said[2] == said[3]


def test_trees_find_what_features_do_only_together_and_curves_do_not():
    labels = (FEATURES > 0).sum(axis=1) == 1
    assert roc_auc_score(labels, fit_boosting(labels).decision_function(FEATURES)) > 0.95
    assert roc_auc_score(labels, fit_curves(labels).decision_function(FEATURES)) < 0.7


def test_trees_take_small_steps_and_judge_no_row_drawn_at_random():
    boosting = build_boosting(iterations=120, feature_share=0.3, seed=7)
    assert not boosting.early_stopping
    one = build_boosting(iterations=1, feature_share=1.0, seed=7)
    said = one.fit(FEATURES, FEATURES[:, 0] > 0).decision_function(FEATURES)
    assert np.ptp(said) < 0.25


@given(features=arrays(float, (4, 3), elements=st.floats(-9, 9) | st.just(np.nan)))
def test_only_columns_without_any_value_are_filled(features: np.ndarray):
    filled = fill_empty_columns(features)
    is_empty = np.isnan(features).all(axis=0)
    assert (filled[:, is_empty] == 0).all()
    np.testing.assert_array_equal(filled[:, ~is_empty], features[:, ~is_empty])


@pytest.mark.parametrize("fit", [fit_curves, fit_boosting])
def test_a_column_without_any_value_and_gaps_are_survived(fit):
    gaps = np.column_stack([FEATURES[:, 0], np.full(len(FEATURES), np.nan)])
    gaps[::3, 0] = np.nan
    labels = np.nan_to_num(gaps[:, 0]) > 0
    said = fit(labels, fill_empty_columns(gaps)).decision_function(gaps)
    assert np.isfinite(said).all()
    assert roc_auc_score(labels, said) > 0.8
