"""The families of experts: what each can learn, and what none of them stumbles over."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import roc_auc_score

from python_ml.learning.experts import (
    TreesByCause,
    TreesInRhythm,
    add_causes,
    build_boosting,
    build_curves,
    fill_empty_columns,
    fit_curves,
    snap_to_bins,
)
from python_ml.learning.rhythm import Rhythm

FEATURES = np.random.default_rng(2).normal(size=(400, 2))


def bend_curves(labels: np.ndarray, features: np.ndarray = FEATURES):
    return build_curves(features.shape, strength=1.0, seed=7).fit(features, labels)


def fit_boosting(labels: np.ndarray, features: np.ndarray = FEATURES):
    return build_boosting(iterations=40, feature_share=1.0, seed=7).fit(features, labels)


def test_curves_bend_where_the_data_bend():
    curves = bend_curves(np.abs(FEATURES[:, 0]) > 1)
    low, middle, high = curves.decision_function([[-2.0, 0.0], [0.0, 0.0], [2.0, 0.0]])
    assert min(low, high) > middle + 1


def test_beyond_the_values_that_were_seen_curves_say_what_they_say_of_the_last_one():
    curves = bend_curves(FEATURES[:, 0] > 0)
    lowest, highest = FEATURES.min(axis=0), FEATURES.max(axis=0)
    wild = [[1e300, 0.0], [highest[0], 0.0], [-1e300, 0.0], [lowest[0], 0.0]]
    said = curves.decision_function(wild)
    assert said[0] == said[1] > said[2] == said[3]


def test_trees_find_what_features_do_only_together_and_curves_do_not():
    labels = (FEATURES > 0).sum(axis=1) == 1
    assert roc_auc_score(labels, fit_boosting(labels).decision_function(FEATURES)) > 0.95
    assert roc_auc_score(labels, bend_curves(labels).decision_function(FEATURES)) < 0.7


def test_trees_take_small_steps_and_judge_no_row_drawn_at_random():
    boosting = build_boosting(iterations=120, feature_share=0.3, seed=7)
    assert not boosting.early_stopping
    one = build_boosting(iterations=1, feature_share=1.0, seed=7)
    said = one.fit(FEATURES, FEATURES[:, 0] > 0).decision_function(FEATURES)
    assert np.ptp(said) < 0.25


def test_trees_find_what_few_mornings_show():
    features = np.random.default_rng(3).normal(size=(2_000, 1))
    features[:50] += 9
    boosting = build_boosting(iterations=40, feature_share=1.0, seed=7)
    said = boosting.fit(features, features[:, 0] > 5).decision_function(features)
    # In 64 bins half of them would stand among as many calm ones.
    assert (said[:50] > said[50:].max()).mean() > 0.8


def test_trees_of_causes_are_asked_of_one_each_and_of_any():
    causes = np.select([FEATURES[:, 0] > 1, FEATURES[:, 1] > 1], [1, 2], 0)
    trees = TreesByCause(build_boosting(iterations=40, feature_share=1.0, seed=7))
    trees.fit(FEATURES, causes)
    of_any = trees.of_any_.decision_function(FEATURES)
    of_each = [each.decision_function(FEATURES) for each in trees.of_each_]
    for cause, log_odds in enumerate(of_each, start=1):
        assert roc_auc_score(causes == cause, log_odds) > 0.99
    said = trees.decision_function(FEATURES)
    np.testing.assert_allclose(said, (of_any + add_causes(of_each)) / 2)
    assert roc_auc_score(causes > 0, said) > 0.99


@pytest.mark.parametrize("weights", [None, np.ones(3_000)])
def test_trees_in_a_rhythm_find_its_days_among_more_values_than_bins(weights):
    clock = np.random.default_rng(5).uniform(0, 2_000, (3_000, 1))
    comes = clock[:, 0] % 7 < 1
    trees = build_boosting(iterations=40, feature_share=1.0, seed=7)
    trees = TreesInRhythm(trees, Rhythm(7, (0,))).fit(clock, comes, sample_weight=weights)
    untold, told = (
        each.decision_function(seen)
        for each, seen in ((trees.untold_, clock), (trees.told_, trees.tell(clock)))
    )
    assert roc_auc_score(comes, untold) < 0.9 < 0.999 < roc_auc_score(comes, told)
    np.testing.assert_array_equal(trees.decision_function(clock), (untold + told) / 2)


@given(chances=arrays(float, (3, 5), elements=st.floats(1e-9, 0.9)))
def test_any_of_some_causes_is_what_is_left_when_none_comes(chances: np.ndarray):
    log_odds = np.log(chances / (1 - chances))
    any_of_them = 1 / (1 + np.exp(-add_causes(log_odds)))
    np.testing.assert_allclose(any_of_them, -np.expm1(np.log1p(-chances).sum(axis=0)))


@given(features=arrays(float, (4, 3), elements=st.floats(-9, 9) | st.just(np.nan)))
def test_only_columns_without_any_value_are_filled(features: np.ndarray):
    filled = fill_empty_columns(features)
    is_empty = np.isnan(features).all(axis=0)
    assert (filled[:, is_empty] == 0).all()
    np.testing.assert_array_equal(filled[:, ~is_empty], features[:, ~is_empty])


@pytest.mark.parametrize("fit", [bend_curves, fit_boosting])
def test_a_column_without_any_value_and_gaps_are_survived(fit):
    gaps = np.column_stack([FEATURES[:, 0], np.full(len(FEATURES), np.nan)])
    gaps[::3, 0] = np.nan
    labels = np.nan_to_num(gaps[:, 0]) > 0
    said = fit(labels, fill_empty_columns(gaps)).decision_function(gaps)
    assert np.isfinite(said).all()
    assert roc_auc_score(labels, said) > 0.8


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_trees_say_the_same_of_a_value_as_of_what_it_was_put_on(seed: int):
    random = np.random.default_rng(seed)
    # Many values, few, one and none.
    features = random.lognormal(size=(1_500, 4)) * [1.0, 1.0, 0.0, np.nan]
    features[:, 1] = np.round(features[:, 1])
    features[random.random(features.shape) < 0.1] = np.nan
    labels = np.nansum(features, axis=1) > 2
    snapped = snap_to_bins(features)
    np.testing.assert_array_equal(np.isnan(snapped), np.isnan(features))
    np.testing.assert_array_equal(snapped[:, 1:3], features[:, 1:3])
    assert len(np.unique(snapped[:, 0])) <= 255
    trees = fit_boosting(labels, fill_empty_columns(snapped))
    said = [trees.decision_function(fill_empty_columns(each)) for each in (features, snapped)]
    np.testing.assert_array_equal(*said)
    plain = fit_boosting(labels, fill_empty_columns(features))
    np.testing.assert_allclose(
        roc_auc_score(labels, said[0]),
        roc_auc_score(labels, plain.decision_function(features)),
        atol=0.02,
    )


@pytest.mark.parametrize("rows", [255, 509, 3_000])
def test_a_column_is_snapped_to_the_medians_of_chunks_that_are_as_long_as_each_other(rows: int):
    column = np.random.default_rng(5).normal(size=rows)
    medians = [np.median(chunk) for chunk in np.array_split(np.sort(column), 254)]
    assert set(snap_to_bins(column[:, None])[:, 0]) <= set(medians)


@pytest.mark.parametrize("rows", [399, 400])
@pytest.mark.parametrize("is_weighted", [False, True])
def test_curves_are_fitted_to_the_bit_as_the_pipeline_fits_itself(rows: int, is_weighted: bool):
    random = np.random.default_rng(3)
    features = random.normal(size=(rows, 4))
    features[random.random(features.shape) < 0.2] = np.nan
    features[:, 1], features[:, 3] = np.round(features[:, 1]), 7.0
    labels = np.nansum(features[:, :2], axis=1) > 0
    weights = random.integers(1, 4, rows).astype(float) if is_weighted else None
    plain, ours = (build_curves(features.shape, strength=1.0, seed=7) for _ in range(2))
    plain.fit(features, labels, regress__sample_weight=weights)
    assert fit_curves(ours, features, labels, weights) is ours
    for step in ("impute", "rank", "scale", "regress"):
        for name, value in vars(plain[step]).items():
            np.testing.assert_array_equal(getattr(ours[step], name), value)
    said = [curves.decision_function(features) for curves in (plain, ours)]
    np.testing.assert_array_equal(*said)
