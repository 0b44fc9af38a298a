"""The estimator survives what real features look like, and its reasons add up."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_ml.columns import feature_columns
from python_ml.estimator import (
    build_estimator,
    compute_contributions,
    explain,
    predict_probability,
)

COLUMNS = list(feature_columns(["metric_1", "metric_2"]))


def make_features(rows: int, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    return pd.DataFrame(random.normal(size=(rows, len(COLUMNS))), columns=COLUMNS)


def fit(features: pd.DataFrame, breakdowns: np.ndarray):
    return build_estimator(len(COLUMNS), seed=7).fit(features, breakdowns)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000))
def test_contributions_add_up_to_the_log_odds(seed: int):
    features = make_features(300, seed)
    estimator = fit(features, features["metric_1_std_7d"] > 0.5)
    log_odds = compute_contributions(estimator, features).sum(axis=1)
    log_odds += estimator["regress"].intercept_[0]
    np.testing.assert_allclose(log_odds, estimator.decision_function(features), atol=1e-9)


def test_the_feature_that_makes_the_label_is_the_first_reason():
    features = make_features(2000)
    breakdowns = features["metric_2_slope_7d"] > 1
    estimator = fit(features, breakdowns)
    reasons = explain(estimator, features[breakdowns])
    share = np.mean([reason.startswith("metric 2 trend high (risk up)") for reason in reasons])
    assert share > 0.9
    assert all(reason.count(";") == 2 for reason in reasons)


def test_missing_constant_and_wild_values_are_survived():
    features = make_features(400)
    breakdowns = features["metric_1_mean_7d"] > 0
    features["days_since_last_stop"] = np.nan
    features["day_count_7d"] = 7.0
    features.iloc[::3, 5] = np.nan
    features.iloc[::7, 8] = 1e300
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        probabilities = predict_probability(fit(features, breakdowns), features)
    assert np.isfinite(probabilities).all()
    assert ((probabilities > 0) & (probabilities < 1)).all()


def test_one_row_is_predicted_as_among_many():
    features = make_features(300)
    estimator = fit(features, features["metric_1_mean_7d"] > 0)
    alone = predict_probability(estimator, features.iloc[[5]])
    assert alone[0] == pytest.approx(predict_probability(estimator, features)[5], abs=1e-15)
