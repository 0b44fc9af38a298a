"""An estimator of one's own: docs/estimators.md as it stands there, from training to scoring."""

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from python_ml.engines.registry import Registry
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import ArepasError, InputError, PartlyDoneError
from python_ml.learning.answers import answer
from python_ml.learning.own_estimator import find_estimator, fit_alone
from python_ml.lifecycle.train import train
from python_ml.settings import PROJECT_DIR, BacktestSettings, Settings
from tests.conftest import Workspace
from tests.trained_fleet import (
    COLUMNS,
    LAST_DAY,
    MATURE,
    make_training_rows,
    with_small_training,
    write_marts,
)

OTHERS = """

class Unexplained(LogisticRegression):
    def fit(self, X, y):
        return super().fit(np.nan_to_num(X), y)

    def predict_proba(self, X):
        return super().predict_proba(np.nan_to_num(X))


class Choosy(Logistic):
    def fit(self, X, y):
        if len(X) % 2:
            raise RuntimeError("an odd number of rows")
        return super().fit(X, y)


class Boastful(Logistic):
    def predict_proba(self, X):
        return super().predict_proba(X) + (X.iloc[:, [0]].to_numpy() == 7)
"""


@pytest.fixture(autouse=True)
def my_estimators(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    page = (PROJECT_DIR / "docs" / "estimators.md").read_text()
    [example] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "my_estimators.py").write_text(example + OTHERS)
    monkeypatch.syspath_prepend(tmp_path / "modules")
    yield
    sys.modules.pop("my_estimators", None)


@pytest.fixture
def fleet(with_store: Workspace) -> Settings:
    with Warehouse(with_store.warehouse) as warehouse:
        write_marts(warehouse, make_training_rows())
    return with_small_training(with_store.settings())


def rebuild_marts(settings: Settings, rows: pd.DataFrame) -> None:
    with Warehouse(settings.warehouse_path) as warehouse:
        for schema in ("features", "core", "intermediate", "seeds", "raw"):
            warehouse.execute(f"drop schema {schema} cascade")
        write_marts(warehouse, rows)


def with_estimator(settings: Settings, path: str) -> Settings:
    return settings.replace(training=replace(settings.training, estimator=path))


def test_the_example_of_the_docs_is_trained_registered_and_asked_like_any_other(fleet: Settings):
    mine = with_estimator(fleet, "my_estimators.Logistic")
    registered = train(mine, as_of=MATURE)
    assert [model.arepa_type for model in registered] == ["a1", "a2"]
    loaded = Registry(mine).load(registered[0])
    rows = make_training_rows(("a1",)).tail(200)
    inputs = rows[list(loaded.columns)]
    answered = answer(loaded.estimator, inputs)
    said = np.array(answered["failure_probability"])
    assert said[rows["has_breakdown"]].min() > said[~rows["has_breakdown"]].max()
    first = int(np.argmax(rows["has_breakdown"]))
    assert answered["reasons"][first].startswith("metric_1 level")
    added_up = loaded.estimator.compute_contributions(inputs).sum(axis=1)
    np.testing.assert_allclose(1 / (1 + np.exp(-added_up)), said)


def test_what_cannot_be_explained_is_refused_before_it_is_registered(fleet: Settings):
    with pytest.raises(ArepasError) as refused:
        train(with_estimator(fleet, "my_estimators.Unexplained"), as_of=MATURE)
    assert "a1: its estimator cannot do what a morning asks of it (Attribute" in str(refused.value)
    assert "see docs/estimators.md" in str(refused.value)
    assert Registry(fleet).find_versions() == []


def test_a_type_that_cannot_be_fitted_stops_no_other(
    fleet: Settings, caplog: pytest.LogCaptureFixture
):
    rows = make_training_rows()
    only_odd = rows.drop(rows.index[rows["arepa_type"] == "a2"][0])
    rebuild_marts(fleet, only_odd)
    with pytest.raises(PartlyDoneError, match=r"a2: its estimator cannot .*could not be fitted"):
        train(with_estimator(fleet, "my_estimators.Choosy"), as_of=MATURE)
    assert "a2: my_estimators.Choosy cannot be fitted (RuntimeError: an odd" in caplog.text
    assert [model.arepa_type for model in Registry(fleet).find_versions()] == ["a1"]


@pytest.mark.parametrize("where", ["kept apart", "of the past"])
def test_what_is_no_probability_stops_no_other_type_and_is_named(
    fleet: Settings, caplog: pytest.LogCaptureFixture, where: str
):
    rows = make_training_rows()
    age = LAST_DAY - pd.to_datetime(rows["as_of_date"]).dt.date
    days = range(20) if where == "kept apart" else range(50, 55)
    is_chosen = (rows["arepa_type"] == "a2") & age.isin([timedelta(day) for day in days])
    rows.loc[is_chosen, COLUMNS[0]] = 7.0
    rebuild_marts(fleet, rows)
    settings = with_estimator(fleet, "my_estimators.Boastful")
    settings = settings.replace(backtest=BacktestSettings(refit_days=30, refit_count=1))
    if where == "kept apart":
        with pytest.raises(PartlyDoneError, match=r"a2: its estimator .* gives no probability"):
            train(settings, as_of=MATURE)
    else:
        train(settings, as_of=MATURE)
        assert "a2: the back-test goes without mornings from 20" in caplog.text
    trained = sorted(model.arepa_type for model in Registry(fleet).find_versions())
    assert trained == (["a1"] if where == "kept apart" else ["a1", "a2"])


@pytest.mark.parametrize("path", ["", "Logistic", "nowhere.Logistic", "my_estimators.Nobody"])
def test_a_name_that_python_does_not_find_is_told(path: str):
    with pytest.raises(InputError, match="cannot be found"):
        find_estimator(path)


def test_each_type_is_fitted_on_its_own_rows_in_the_order_of_the_columns():
    rows = make_training_rows()
    rows.loc[rows["arepa_type"] == "a2", COLUMNS[0]] = 7.0
    fitted = fit_alone(rows, COLUMNS, ["a1", "a2"], "my_estimators.Logistic")
    assert [fitted[name].usual_values_[0] for name in ("a1", "a2")] == [1.0, 7.0]
    pd.testing.assert_index_equal(pd.Index(fitted), pd.Index(["a1", "a2"]))
