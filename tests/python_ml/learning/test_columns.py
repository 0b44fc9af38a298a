"""Python and dbt name the same features."""

import yaml

from python_ml.learning.columns import describe_feature, feature_columns
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
    assert "metric 12 trend" in words
