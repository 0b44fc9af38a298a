"""Reasons: the strongest first, each thing once, in words and as data that any page can read."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_ml.learning.blend import BlendedClassifier
from python_ml.learning.columns import LABEL, feature_columns
from python_ml.learning.reasons import Reason, _subject, explain, to_json, to_text
from tests.python_ml.learning.test_estimator import make_rows

COLUMNS = list(feature_columns(["metric_1", "metric_2"]))


@pytest.fixture(scope="module")
def model() -> BlendedClassifier:
    rows = make_rows()
    return BlendedClassifier(iterations=20, feature_share=1.0).fit(rows[COLUMNS], rows[LABEL])


def test_what_makes_the_label_is_the_first_reason_in_words(model):
    features = pd.DataFrame(1.0, index=range(2), columns=COLUMNS)
    features["metric_2_mean_1d"] = [1.25, 0.8]
    features["metric_2_last_day_delta_7d"] = [0.25, -0.2]
    above, below = explain(model, features)
    assert to_text(above).startswith("metric 2 rose 25 % against the last 7 days (risk up)")
    assert to_text(below).startswith("metric 2 fell 20 % against the last 7 days (risk down)")
    assert [reason.change_ratio for reason in (above[0], below[0])] == [0.25, -0.2]
    assert len(above) == len(below) == 3


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_nothing_that_was_left_out_moved_the_prediction_more(model, seed: int):
    random = np.random.default_rng(seed)
    values = random.normal(1, 0.3, (1, len(COLUMNS)))
    values[random.random(values.shape) < 0.1] = np.nan
    features = pd.DataFrame(values, columns=COLUMNS)
    moves: dict[str, float] = {}
    for column, move in zip(COLUMNS, model.compute_contributions(features)[0], strict=False):
        moves[_subject(column)] = moves.get(_subject(column), 0.0) + move
    [reasons] = explain(model, features)
    told = [moves.pop(reason.feature) for reason in reasons]  # each once, or there is no second
    strengths = [abs(move) for move in told]
    assert strengths == sorted(strengths, reverse=True)
    assert strengths[-1] >= max(map(abs, moves.values())) - 1e-12
    assert [reason.risk for reason in reasons] == ["up" if move > 0 else "down" for move in told]


def make_reason(feature: str, value: float | None, **changes: object) -> Reason:
    known = {"words_key": feature, "metric": None, "direction": "up", "reference": 10.0}
    known |= {"change_ratio": 0.5, "risk": "up"}
    return Reason(feature=feature, value=value, **known | changes)


def test_each_kind_of_reason_has_its_words():
    of_metric = {"metric": "metric_1", "words_key": "std_7d"}
    trend = {"metric": "metric_1", "words_key": "slope_7d", "direction": "down"}
    reasons = [
        make_reason("days_since_last_stop", 26.6),
        make_reason("days_since_last_stop", None),
        make_reason("metric_1_std_7d", 15.0, **of_metric),
        make_reason("metric_1_slope_7d", -0.004, **trend | {"change_ratio": -0.004}),
    ]
    assert to_text(reasons).split("; ") == [
        "days since the last stop 26.6, usually 10 (risk up)",
        "days since the last stop unknown (risk up)",
        "metric 1 spread 50 % above usual (risk up)",
        "metric 1 falls by 0.4 % a day (risk up)",
    ]


def test_what_was_not_measured_is_null_and_no_other_word(model):
    features = pd.DataFrame(np.nan, index=[0], columns=COLUMNS)
    [reasons] = explain(model, features)
    data = json.loads(to_json(reasons), parse_constant=pytest.fail)  # NaN is no JSON
    assert [reason["value"] for reason in data] == [None] * 3
    assert all("unknown" in told for told in to_text(reasons).split("; "))
