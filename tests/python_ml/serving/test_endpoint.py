"""What the endpoint answers is what the morning says of the same rows, bit for bit."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_ml.engines.registry import LoadedModel, RegisteredModel
from python_ml.errors import ArepasError
from python_ml.metric_names import NO_NAMES
from python_ml.morning.score import PREDICTED, predict_rows
from python_ml.serving.endpoint import Endpoint, _decide
from python_ml.settings import load_settings
from tests.published_fleet import PublishedFleet, write_published
from tests.tiny_models import COLUMNS, fit_tiny_model, make_features

AS_OF = date(2026, 11, 20)


@pytest.fixture
def endpoint(tmp_path: Path) -> Endpoint:
    """An endpoint with a champion of `a1`, without what takes seconds to start."""
    tags = {"stop_threshold_probability": "0.25"}
    model = LoadedModel(RegisteredModel("a1", "arepas__a1", "3", tags), fit_tiny_model(), COLUMNS)
    endpoint = object.__new__(Endpoint)
    endpoint._metric_names = NO_NAMES
    endpoint.settings = load_settings({"BI_PATH": str(tmp_path / "bi.duckdb")})
    endpoint.champions = SimpleNamespace(models={"a1": model})
    return endpoint


def test_rows_are_predicted_as_the_morning_predicts_them(endpoint: Endpoint):
    rows, champion = make_features(AS_OF, types=("a1",)), endpoint.champions.models["a1"]
    expected = predict_rows(rows, champion, "champion")
    answers = endpoint._predict(champion, rows.to_dict("records"))
    assert len(answers) == len(expected)
    for answer, row in zip(answers, expected.to_dict("records"), strict=True):
        for name in ("machine_id", "arepa_type", "kitchen_id", "phase", "status"):
            assert answer[name] == row[name]
        for name in PREDICTED:
            missing = row[name] is None or row[name] != row[name]
            assert answer[name] == (None if missing else row[name]), name
    assert {answer["status"] for answer in answers} == {"scored", "down", "no_data"}


def test_a_row_alone_gets_the_bits_that_it_gets_among_others(endpoint: Endpoint):
    rows = make_features(AS_OF, days=20, types=("a1",)).to_dict("records")
    champion = endpoint.champions.models["a1"]
    together = [row["failure_probability"] for row in endpoint._predict(champion, rows)]
    alone = [endpoint._predict(champion, [row])[0]["failure_probability"] for row in rows]
    np.testing.assert_array_equal(np.array(together, float), np.array(alone, float))
    decisions = {row["decision"] for row in endpoint._predict(champion, rows)}
    assert {"stop", "blind"} <= decisions


@given(st.floats(0, 1), st.floats(0.01, 1))
def test_a_decision_never_falls_with_the_probability(probability: float, threshold: float):
    order = ["run", "watch", "stop"]
    decided = _decide(probability, threshold)
    assert (decided == "stop") == (probability >= threshold)
    assert order.index(_decide(min(1.0, probability * 1.5), threshold)) >= order.index(decided)
    assert _decide(threshold / 2, threshold) == "watch"


def test_what_is_not_known_is_not_decided():
    assert _decide(None, 0.2) == _decide(None, None) == "blind"
    assert _decide(0.5, None) is None


def test_pages_are_read_from_what_is_published_now(endpoint: Endpoint):
    count = "select count(*) as machine_count from bi.rpt_maintenance_plan_daily"
    with pytest.raises(ArepasError, match="nothing published yet"):
        endpoint.read_page(count, {})
    for machines in (2, 4):
        path = endpoint.settings.bi_path
        write_published(path.with_name("new.duckdb"), PublishedFleet(AS_OF, 1, machines, days=1))
        path.with_name("new.duckdb").replace(path)
        assert endpoint.read_page(count, {}) == [{"machine_count": machines}]
