"""Python and dbt name the same features."""

from pathlib import Path

import yaml

from python_ml.columns import describe_feature, feature_columns

FEATURES_YAML = Path(__file__).parents[2] / "models/marts/features/_features__models.yml"


def test_every_feature_is_in_the_contract_of_the_marts():
    models = {model["name"]: model for model in yaml.safe_load(FEATURES_YAML.read_text())["models"]}
    for mart in ("feat_machine_arepa_daily", "train_machine_arepa_daily"):
        contracted = {column["name"] for column in models[mart]["columns"]}
        assert set(feature_columns(["metric_1", "metric_2"])) <= contracted


def test_every_feature_has_words():
    words = [describe_feature(column) for column in feature_columns(["metric_1", "metric_12"])]
    assert len(set(words)) == len(words)
    assert "metric 12 trend" in words
