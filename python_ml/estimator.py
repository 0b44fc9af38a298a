"""The estimator of one arepa type and the reasons for its predictions; pure, no input or output."""

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import QuantileTransformer, SplineTransformer, StandardScaler

from python_ml.columns import describe_feature

KNOTS = np.linspace(0, 1, 4)
QUANTILES = 200
REASON_COUNT = 3


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
