"""The estimators of the arepa types and the reasons for their predictions; no input or output."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import QuantileTransformer, SplineTransformer, StandardScaler

from python_ml.columns import LABEL, describe_feature
from python_ml.settings import TrainingSettings

KNOTS = np.linspace(0, 1, 4)
QUANTILES = 200
REASON_COUNT = 3


def fit_models(
    rows: pd.DataFrame, columns: Sequence[str], *, horizon_days: int, training: TrainingSettings
) -> dict[str, Pipeline]:
    """Fit the estimators of all arepa types together.

    Args:
        rows: Labelled mornings of all types, sorted; grain: machine_id, arepa_type, as_of_date.
        columns: The features, in the order in which the estimators take them.
        horizon_days: How far the labels look ahead, the gap of every validation split.
        training: How models are fitted.

    Returns:
        By arepa type, one fitted scikit-learn classifier that needs nothing but the columns. A type
        with too few rows or breakdowns (`training.minimum_…`) has none.
    """
    return {
        str(arepa_type): build_estimator(len(columns), training.seed).fit(
            of_type[list(columns)].astype(float), of_type[LABEL]
        )
        for arepa_type, of_type in rows.groupby("arepa_type")
        if has_enough_history(of_type, training)
    }


def has_enough_history(rows: pd.DataFrame, training: TrainingSettings) -> bool:
    """Say whether one type's rows are enough for a model of its own."""
    breakdowns = int(rows[LABEL].sum())
    return len(rows) >= training.minimum_rows and training.minimum_breakdowns <= breakdowns < len(
        rows
    )


def build_estimator(feature_count: int, seed: int) -> Pipeline:
    """Build the unfitted pipeline: everything that learns from data is a step of it.

    A regularised logistic regression on a smooth curve of each feature's rank: it bends where the
    data bend, wild values saturate, its probabilities need no repair, and what each feature adds
    to the log-odds can be told exactly.
    """
    return Pipeline(
        [
            ("impute", SimpleImputer(strategy="median", keep_empty_features=True)),
            (
                "rank",
                QuantileTransformer(n_quantiles=QUANTILES, subsample=None, random_state=seed),
            ),
            (
                "curve",
                SplineTransformer(
                    degree=2,
                    knots=np.repeat(KNOTS[:, None], feature_count, axis=1),
                    extrapolation="constant",
                ),
            ),
            ("scale", StandardScaler()),
            ("regress", LogisticRegression(C=0.003, max_iter=2000, random_state=seed)),
        ]
    )


def predict_probability(estimator: Pipeline, features: pd.DataFrame) -> np.ndarray:
    """Predict the probability of a breakdown for each row; shape (rows,)."""
    return estimator.predict_proba(features)[:, 1]


def compute_contributions(estimator: Pipeline, features: pd.DataFrame) -> np.ndarray:
    """Compute what each feature adds to the log-odds of the average row.

    Exact: contributions and intercept add up to the log-odds. Shape (rows, features).
    """
    terms = estimator[:-1].transform(features) * estimator["regress"].coef_[0]
    return terms.reshape(len(features), features.shape[1], -1).sum(axis=2)


def explain(estimator: Pipeline, features: pd.DataFrame) -> list[str]:
    """Name, for each row, the features that moved the prediction most, and which way."""
    contributions = compute_contributions(estimator, features)
    ranks = estimator[:2].transform(features)
    return [
        "; ".join(
            _reason(features.columns[i], of_row[i], moves[i])
            for i in np.argsort(-np.abs(moves), kind="stable")[:REASON_COUNT]
        )
        for of_row, moves in zip(ranks, contributions, strict=True)
    ]


def _reason(column: str, rank: float, move: float) -> str:
    level = "high" if rank > 2 / 3 else "low" if rank < 1 / 3 else "middling"
    return f"{describe_feature(column)} {level} (risk {'up' if move > 0 else 'down'})"
