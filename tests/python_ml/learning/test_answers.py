"""What a morning asks is asked once before, so that what cannot answer is refused at training."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from python_ml.learning.answers import answer, rehearse
from tests.tiny_models import COLUMNS, D, fit_tiny_model, make_features

INPUTS = make_features(D, days=2)[list(COLUMNS)]


class Wrapped:
    """The tiny model with one thing changed."""

    def __init__(self, **changes: Any) -> None:
        self._changes = changes
        self._model = fit_tiny_model()

    def __getattr__(self, name: str) -> Any:
        return self._changes[name] if name in self._changes else getattr(self._model, name)


def test_the_answers_of_a_morning_are_a_probability_and_reasons_for_each_row():
    answered = answer(fit_tiny_model(), INPUTS)
    assert set(answered) == {"failure_probability", "reasons", "reason_details"}
    assert {len(values) for values in answered.values()} == {len(INPUTS)}


@pytest.mark.parametrize("count", [1, 2, 7, 11])
def test_a_row_gets_the_same_bits_whatever_rows_it_comes_with(count: int):
    weights, shares = (
        np.random.default_rng(3).normal(size=(len(COLUMNS), 31)) / 50,
        np.ones(31) / 31,
    )

    def multiply(X: pd.DataFrame) -> np.ndarray:
        said = expit(np.ascontiguousarray(X, float) @ weights) @ shares
        return np.column_stack([1 - said, said])

    model = Wrapped(predict_proba=multiply)
    together = answer(model, INPUTS)
    some = answer(model, INPUTS.iloc[:count])
    assert some == {name: values[:count] for name, values in together.items()}


def test_a_model_that_answers_all_is_let_pass():
    rehearse(fit_tiny_model(), INPUTS)
    rehearse(Wrapped(), INPUTS)


def of_rows(columns: int, value: float) -> Any:
    return lambda X: np.full((len(X), columns), value)


@pytest.mark.parametrize(
    "changes",
    [
        {"predict_proba": of_rows(2, np.nan)},
        {"predict_proba": of_rows(2, 1.5)},
        {"predict_proba": of_rows(1, 0.5)},
        {"predict_proba": lambda X: np.full((1, 2), 0.5)},
        {"compute_contributions": None},
        {"compute_contributions": of_rows(len(COLUMNS), 0.1)},
        {"compute_contributions": of_rows(len(COLUMNS) + 1, np.nan)},
        {"usual_values_": [1.0]},
        {"get_params": None},
    ],
)
def test_a_model_that_lacks_something_is_refused(changes: dict[str, Any]):
    with pytest.raises(Exception):  # noqa: B017  (whatever it is, training names it)
        rehearse(Wrapped(**changes), INPUTS)


def test_a_model_that_cannot_bear_a_gap_is_refused():
    def without_gaps(X: pd.DataFrame) -> np.ndarray:
        if X.isna().any(axis=None):
            raise ValueError("Input X contains NaN.")
        return np.full((len(X), 2), 0.5)

    with pytest.raises(ValueError, match="contains NaN"):
        rehearse(Wrapped(predict_proba=without_gaps), INPUTS)
