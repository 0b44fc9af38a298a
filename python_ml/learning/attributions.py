"""Fitted experts laid out as arrays: what each feature adds to the log-odds, exactly; pure.

A morning of predictions, and most of all one request of the endpoint, is a few rows. On these
scikit-learn's pipelines spend nearly all their time on checking their input, step by step.
"""

import numpy as np
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline

from python_ml.learning.experts import KNOTS, Trees, TreesByCause, TreesInRhythm, add_causes

POINTS = 32  # of the way from what is usual to a row, along which causes share what they say


class CurveTables:
    """A fitted logistic regression on curves: a parabola of the rank between any two knots.

    Exact: contributions and intercept add up to the pipeline's log-odds.
    """

    def __init__(self, curves: Pipeline) -> None:
        rank = curves["rank"]
        self._usual = curves["impute"].statistics_
        self._quantiles = rank.quantiles_.T
        self._references = rank.references_
        self.intercept = float(curves["regress"].intercept_[0])
        # Three points of a parabola tell it: both knots and the middle.
        starts, ends = KNOTS[:-1], KNOTS[1:]
        points = np.column_stack([starts, (starts + ends) / 2, ends])
        columns = len(self._usual)
        grid = np.repeat(points.reshape(-1, 1), columns, axis=1)
        terms = curves[2:4].transform(grid) * curves["regress"].coef_[0]
        values = terms.reshape(*points.shape, columns, -1).sum(axis=3)
        powers = points[:, :, None] ** np.array([2, 1, 0])
        self._parabolas = np.linalg.solve(powers, values)

    def compute_contributions(self, features: np.ndarray) -> np.ndarray:
        """Compute what each feature adds to the intercept; shape (rows, features)."""
        known = np.where(np.isnan(features), self._usual, features)
        ranks = np.column_stack([self._rank(j, column) for j, column in enumerate(known.T)])
        piece = np.searchsorted(KNOTS[1:-1], ranks, side="right")
        columns = np.arange(ranks.shape[1])
        square, slope, level = (self._parabolas[piece, power, columns] for power in range(3))
        return (square * ranks + slope) * ranks + level

    def _rank(self, column: int, values: np.ndarray) -> np.ndarray:
        """Compute ranks as QuantileTransformer does: amid equal quantiles, their middle."""
        quantiles, references = self._quantiles[column], self._references
        below = np.interp(values, quantiles, references)
        above = -np.interp(-values, -quantiles[::-1], -references[::-1])
        ranks = 0.5 * (below + above)
        ranks[values == quantiles[-1]] = 1.0
        ranks[values == quantiles[0]] = 0.0
        return ranks


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


class PathsByCause:
    """What each split adds to the log-odds where causes have trees of their own.

    Causes do not add up in log-odds. Each counts as much as it moves the whole on the straight way
    from the mean of the fitted rows to the row, on the mean (integrated gradients): the sums are
    the log-odds again.
    """

    def __init__(self, boosting: TreesByCause) -> None:
        self._of_any = TreePaths(boosting.of_any_)
        self._of_each = [TreePaths(trees) for trees in boosting.of_each_]
        self._baselines = np.array([paths.baseline for paths in self._of_each])
        self.baseline = (self._of_any.baseline + float(add_causes(self._baselines))) / 2
        points, weights = np.polynomial.legendre.leggauss(POINTS)
        self._points, self._weights = (points + 1) / 2, weights / 2

    def compute_contributions(self, features: np.ndarray) -> np.ndarray:
        """Compute what each feature adds to the baseline; shape (rows, features)."""
        of_each = np.stack([paths.compute_contributions(features) for paths in self._of_each])
        moves = of_each.sum(axis=2)
        shares = np.zeros_like(moves)
        for point, weight in zip(self._points, self._weights, strict=True):
            log_odds = self._baselines[:, None] + point * moves
            hazard = np.logaddexp(0, log_odds).sum(axis=0)
            shares += weight * expit(log_odds) / -np.expm1(-hazard)
        by_cause = np.einsum("cr,crf->rf", shares, of_each)
        return (self._of_any.compute_contributions(features) + by_cause) / 2


class PathsInRhythm:
    """What each split adds to the log-odds where trees are told a rhythm, too.

    What is split on the phase of a clock is added to the clock.
    """

    def __init__(self, boosting: TreesInRhythm) -> None:
        self._boosting = boosting
        self._untold, self._told = map(lay_out_trees, (boosting.untold_, boosting.told_))
        self.baseline = (self._untold.baseline + self._told.baseline) / 2

    def compute_contributions(self, features: np.ndarray) -> np.ndarray:
        """Compute what each feature adds to the baseline; shape (rows, features)."""
        told = self._told.compute_contributions(self._boosting.tell(features))
        of_features, of_phases = np.split(told, [features.shape[1]], axis=1)
        of_features[:, list(self._boosting.rhythm.clocks)] += of_phases
        return (self._untold.compute_contributions(features) + of_features) / 2


Paths = TreePaths | PathsByCause | PathsInRhythm


def lay_out_trees(boosting: Trees) -> Paths:
    """Lay out boosted trees."""
    if isinstance(boosting, TreesInRhythm):
        return PathsInRhythm(boosting)
    return PathsByCause(boosting) if isinstance(boosting, TreesByCause) else TreePaths(boosting)
