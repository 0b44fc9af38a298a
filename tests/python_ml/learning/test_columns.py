"""Python and dbt name the same features."""

import pytest
import yaml

from python_ml.learning.columns import (
    MACHINE_WORDS,
    STATISTIC_WORDS,
    WEAR,
    describe_feature,
    feature_columns,
    model_columns,
    split_metric,
)
from python_ml.settings import PROJECT_DIR

FEATURES_YAML = PROJECT_DIR / "models/marts/features/_features__models.yml"


def test_every_feature_is_in_the_contract_of_the_marts():
    models = {model["name"]: model for model in yaml.safe_load(FEATURES_YAML.read_text())["models"]}
    for mart in ("feat_machine_arepa_daily", "train_machine_arepa_daily"):
        contracted = {column["name"] for column in models[mart]["columns"]}
        assert set(feature_columns(["metric_1", "metric_2"])) <= contracted


def test_every_feature_has_words():
    words = [describe_feature(column) for column in feature_columns(["metric_1", "metric_12"])]
    assert len(set(words)) == len(words)
    assert "metric_12 trend" in words


@pytest.mark.parametrize(
    "metric", ["metric_1", "oven_temperature", "a_mean_1d", "before", "std_7d"]
)
def test_a_feature_is_split_into_metric_and_statistic_whatever_the_metric_is_called(metric: str):
    told = [split_metric(column) for column in feature_columns([metric])]
    assert told == [
        *((None, column) for column in MACHINE_WORDS),
        *((metric, statistic) for statistic in STATISTIC_WORDS),
    ]
    of_types = [
        column for column in model_columns([metric]) if column not in feature_columns([metric])
    ]
    assert {split_metric(column) for column in of_types} == {(None, WEAR)}
