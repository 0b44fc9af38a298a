"""Reasons: the strongest first, each thing once, in words and as data that any page can read."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_ml.learning.blend import BlendedClassifier
from python_ml.learning.columns import LABEL, feature_columns
from python_ml.learning.reasons import (
    ENGLISH_FEATURES,
    ENGLISH_PHRASES,
    LEAST_CHANGE,
    LEAST_SHARE,
    Reason,
    _subject,
    _write,
    english,
    explain,
    name_parts,
    to_json,
    to_text,
)
from python_ml.metric_names import MetricName, MetricNames
from python_ml.seen.languages import load_language
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
    assert to_text(above).startswith("metric_2 level of the last day 1.25, in the last 7 days 1")
    told = "nothing stands out that raises the risk; less risk: metric_2 level of the last day 0.8"
    assert to_text(below).startswith(told)
    assert [reason.change_ratio for reason in (above[0], below[0])] == [0.25, -0.2]


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_nothing_that_was_left_out_explains_more(model, seed: int):
    random = np.random.default_rng(seed)
    values = random.normal(1, 0.3, (1, len(COLUMNS)))
    values[random.random(values.shape) < 0.1] = np.nan
    features = pd.DataFrame(values, columns=COLUMNS)
    moves: dict[str, float] = {}
    for column, move in zip(COLUMNS, model.compute_contributions(features)[0], strict=False):
        moves[_subject(column)] = moves.get(_subject(column), 0.0) + move
    moved = sum(map(abs, moves.values()))
    [reasons] = explain(model, features)
    shares = [moves.pop(reason.feature) / moved for reason in reasons]  # each once
    raising = [share for share in shares if share > 0]
    assert shares[: len(raising)] == raising == sorted(raising, reverse=True)
    assert min(map(abs, shares), default=1) >= LEAST_SHARE
    assert [abs(reason.share) for reason in reasons] == pytest.approx(
        [abs(share) for share in shares], abs=1e-4
    )
    assert [reason.risk for reason in reasons] == [
        "up" if share > 0 else "down" for share in shares
    ]
    is_small = [
        reason.change_ratio is not None and abs(reason.change_ratio) < LEAST_CHANGE
        for reason in reasons
        if reason.risk == "up" and reason.words_key != "slope_7d"
    ]
    assert not any(is_small) or all(is_small)  # said only where nothing differs more


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
        make_reason("metric_1_std_7d", 15.0, **of_metric, risk="down"),
        make_reason("metric_1_slope_7d", -0.004, **trend | {"change_ratio": -0.004}),
    ]
    assert to_text(reasons).split("; ") == [
        "days since the last stop 26.6, usually 10",
        "days since the last stop unknown",
        "metric_1 falls by 0.004 a day",
        "less risk: metric_1 spread of the readings 15, usually 10",
    ]


def test_a_control_chart_says_that_it_stands_in_for_a_model():
    chart = {"metric": "metric_1", "words_key": "mean_1d"}
    for risk, where in (("up", "out of its"), ("down", "within its")):
        reason = make_reason("metric_1_mean_1d", 15.0, **chart, risk=risk)
        said = to_text([reason], is_of_chart=True).split("; ")
        assert said[0].startswith("no model for this type, control chart only")
        assert where in said[0]
        assert len(said) == 2


@pytest.mark.parametrize(
    ("numbers", "written"),
    [
        ([26.6, 13.5], ["26.6", "13.5"]),
        ([0.0614, 0.0585], ["0.0614", "0.0585"]),
        ([1234.4, 98.2], ["1,234", "98"]),
        ([180.04, 180.01], ["180.04", "180.01"]),
        ([10.0, 10.0], ["10", "10"]),
        ([0.0, 0.0], ["0", "0"]),
    ],
)
def test_numbers_have_as_many_digits_as_it_takes_to_tell_them_apart(
    numbers: list[float], written: list[str]
):
    assert _write(numbers, english()) == written


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (238.2, "oven temperature 8 °C above usual (238 °C)"),
        (221.7, "oven temperature 8 °C below usual (222 °C)"),
        (230.0, "oven temperature level 230 °C, usually 230 °C"),
        (230.04, "oven temperature 0.04 °C above usual (230.04 °C)"),
    ],
)
def test_a_level_with_a_unit_is_told_by_how_far_it_is_from_the_usual(value: float, told: str):
    names = MetricNames(oven=MetricName("oven temperature", "°C"))
    reason = make_reason("oven_mean_7d", value, metric="oven", words_key="mean_7d", reference=230.0)
    assert to_text([reason], names) == told
    unnamed = to_text([reason])
    assert unnamed.startswith("oven level ")


def test_a_trend_and_a_spread_carry_the_unit():
    names = MetricNames(oven=MetricName("oven temperature", "°C"))
    told = {
        "slope_7d": "oven temperature rises by 2.5 °C a day",
        "std_7d": "oven temperature spread of the readings 2.5 °C, usually 1 °C",
    }
    for words_key, text in told.items():
        reason = make_reason(
            f"oven_{words_key}", 2.5, metric="oven", words_key=words_key, reference=1.0
        )
        assert to_text([reason], names) == text


def test_a_part_is_called_as_the_log_does_where_that_is_known():
    clocks = ("days_since_part_1_service", "days_since_part_3_service")
    reasons = [make_reason(clock, 41.0, words_key=clock, reference=20.0) for clock in clocks]
    named = name_parts(reasons, ["belt; upper"])
    assert to_text(named) == (
        "days since belt, upper was serviced 41, usually 20;"
        " days since part 3 was serviced 41, usually 20"
    )
    spanish = load_language("es").reasons("scored", to_json(named), None, decision="stop")
    assert spanish[0].startswith("Días desde el servicio de la pieza belt, upper 41")
    assert [reason.part for reason in named] == ["belt, upper", None]


def test_pages_say_reasons_in_the_words_of_the_tables():
    page = load_language("en")
    assert page.table("reasons") == ENGLISH_PHRASES
    assert page.table("reason_features") == ENGLISH_FEATURES


def test_what_was_not_measured_is_null_and_no_other_word(model):
    features = pd.DataFrame(np.nan, index=[0], columns=COLUMNS)
    [reasons] = explain(model, features)
    data = json.loads(to_json(reasons), parse_constant=pytest.fail)  # NaN is no JSON
    assert data
    assert {reason["value"] for reason in data} == {None}
    told = to_text(reasons).split("; ")
    assert sum("unknown" in text for text in told) == len(data)
