"""The candidate families that a model is blended from, and what each feature adds; pure."""

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

    Small steps, small trees and a share of the features at each split keep them from learning a
    short history by heart. Early stopping is off: it would judge by rows drawn at random.
    """
    return HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_bins=64,
        max_iter=iterations,
        max_leaf_nodes=15,
        max_depth=6,
        max_features=feature_share,
        early_stopping=False,
        random_state=seed,
    )


def compute_curve_contributions(expert: Pipeline, features: np.ndarray) -> np.ndarray:
    """Compute what each feature adds to the log-odds of the average row.

    Exact: contributions and intercept add up to the log-odds. Shape (rows, features).
    """
    terms = expert[:-1].transform(features) * expert["regress"].coef_[0]
    return terms.reshape(len(features), features.shape[1], -1).sum(axis=2)


def fill_empty_columns(features: np.ndarray) -> np.ndarray:
    """Put 0 into columns without any value: trees cannot be fitted on them, nor learn from them."""
    return np.where(np.isnan(features).all(axis=0), 0.0, features)


class TreePaths:
    """Boosted trees laid out to tell what each split on a row's way adds to its log-odds.

    A node's value is the mean of its leaves, weighted by the rows that reached them; a split adds
    the difference between child and parent to its feature. Exact: the sums over a row's ways and
    the mean log-odds of the fitted rows add up to its log-odds.
    """

    def __init__(self, boosting: HistGradientBoostingClassifier) -> None:
        # The fitted trees have no public face; shap reads the same arrays.
        trees = [trees[0].nodes for trees in boosting._predictors]
        offsets = np.cumsum([0, *(len(nodes) for nodes in trees)])
        self._roots = offsets[:-1]
        nodes = np.concatenate(trees)
        shift = np.repeat(self._roots, [len(tree) for tree in trees])
        self._is_leaf = nodes["is_leaf"].astype(bool)
        here = np.arange(len(nodes))
        self._left = np.where(self._is_leaf, here, nodes["left"] + shift)
        self._right = np.where(self._is_leaf, here, nodes["right"] + shift)
        self._feature = nodes["feature_idx"].astype(np.int64)
        self._threshold = nodes["num_threshold"]
        self._missing_left = nodes["missing_go_to_left"].astype(bool)
        self._depth = int(nodes["depth"].max())
        value = np.where(self._is_leaf, nodes["value"], 0.0)
        count = nodes["count"].astype(float)
        for depth in range(self._depth - 1, -1, -1):
            inner = np.flatnonzero((nodes["depth"] == depth) & ~self._is_leaf)
            left, right = self._left[inner], self._right[inner]
            value[inner] = (value[left] * count[left] + value[right] * count[right]) / (
                count[left] + count[right]
            )
        self._leaf_terms = self._sum_ways(value, boosting.n_features_in_)
        self.baseline = float(boosting._baseline_prediction.item() + value[self._roots].sum())

    def _sum_ways(self, value: np.ndarray, feature_count: int) -> np.ndarray:
        """Sum, for each node, the steps from its root to it; shape (nodes, features)."""
        terms = np.zeros((len(value), feature_count))
        front = self._roots[~self._is_leaf[self._roots]]
        while len(front):
            for child in (self._left[front], self._right[front]):
                terms[child] = terms[front]
                terms[child, self._feature[front]] += value[child] - value[front]
            children = np.concatenate([self._left[front], self._right[front]])
            front = children[~self._is_leaf[children]]
        return terms

    def compute_contributions(self, features: np.ndarray) -> np.ndarray:
        """Compute what each feature adds to the baseline; shape (rows, features)."""
        rows = np.arange(len(features))[:, None]
        node = np.broadcast_to(self._roots, (len(features), len(self._roots)))
        for _ in range(self._depth):
            values = features[rows, self._feature[node]]
            goes_left = np.where(
                np.isnan(values), self._missing_left[node], values <= self._threshold[node]
            )
            node = np.where(goes_left, self._left[node], self._right[node])
        contributions = np.zeros(features.shape)
        for of_tree in node.T:
            contributions += self._leaf_terms[of_tree]
        return contributions
