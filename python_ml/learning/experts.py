"""The candidate families that a model is blended from; pure."""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import QuantileTransformer, SplineTransformer, StandardScaler

KNOTS = np.linspace(0, 1, 4)
QUANTILES = 200


Expert = HistGradientBoostingClassifier | Pipeline


def build_curves(shape: tuple[int, int], *, strength: float, seed: int) -> Pipeline:
    """Build an unfitted regularised logistic regression on a smooth curve of each feature's rank.

    It bends where the data bend, wild values saturate, and what each feature adds to the log-odds
    can be told exactly. It is at its best with little history.

    Args:
        shape: Rows and features that it will be fitted on.
        strength: How far the data may move a coefficient.
        seed: Seed of everything random.
    """
    row_count, feature_count = shape
    return Pipeline(
        [
            ("impute", SimpleImputer(strategy="median", keep_empty_features=True)),
            (
                "rank",
                QuantileTransformer(
                    n_quantiles=min(QUANTILES, row_count), subsample=None, random_state=seed
                ),
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
            ("regress", LogisticRegression(C=strength, max_iter=500, random_state=seed)),
        ]
    )


def build_boosting(
    *, iterations: int, feature_share: float, seed: int
) -> HistGradientBoostingClassifier:
    """Build unfitted boosted trees, which find what features do only together.

    Small steps, small trees, a share of the features at each split and leaves pulled towards zero
    keep them from learning a short history by heart. Early stopping is off: it would judge by rows
    drawn at random.
    """
    return HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_bins=64,
        max_iter=iterations,
        max_leaf_nodes=15,
        max_depth=6,
        max_features=feature_share,
        l2_regularization=10.0,
        early_stopping=False,
        random_state=seed,
    )


def fill_empty_columns(features: np.ndarray) -> np.ndarray:
    """Put 0 into columns without any value: trees cannot be fitted on them, nor learn from them."""
    return np.where(np.isnan(features).all(axis=0), 0.0, features)
