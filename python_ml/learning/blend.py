"""The model of one arepa type: experts that saw all types and its own, blended; pure."""

from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.pipeline import Pipeline
from sklearn.utils import Tags
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from python_ml.learning.attributions import CurveTables, lay_out_trees
from python_ml.learning.experts import Trees, build_boosting, build_curves, fill_empty_columns
from python_ml.learning.timing import (
    USUAL_TAIL,
    Timing,
    bound_by_experts,
    bound_by_wear,
    shape_risk,
)
from python_ml.learning.wear import LOG_ODDS_LIMIT, WearExpert

CURVE_STRENGTH = 0.003
LAID_OUT = ("_tree_paths", "_curve_tables")


class BlendedClassifier(ClassifierMixin, BaseEstimator):
    """Blend the log-odds of experts: trees over all types, curves over all and of one, wear.

    The blend's weights make it a calibrated whole: they are learnt from what the experts said of
    mornings that they had not seen. Fitted alone, on one set of rows, all experts weigh the same;
    `python_ml.learning.estimator.fit_in_sequence` fits the types of a fleet together.

    Args:
        iterations: Trees of the boosting expert.
        feature_share: Share of the features that each split of its trees chooses from.
        seed: Seed of everything random.

    Attributes:
        boosting_: The boosted trees, of any cause or one for each; their last input is the type's
            level, not a column.
        curves_: The logistic regressions on the columns.
        type_level_: What the trees are told of the type: log-odds of its share of breakdowns.
        wear_: What follows the machine's wear through all its types, if enough is known for it.
        timing_: How the risk lies over the days ahead, if that was learnt.
        weights_: Of the experts' log-odds: trees, curves, wear.
        intercept_: Of the blend.
    """

    def __init__(self, iterations: int = 120, feature_share: float = 0.3, seed: int = 7) -> None:
        self.iterations = iterations
        self.feature_share = feature_share
        self.seed = seed

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit all experts on the same rows and let them weigh the same."""
        X, y = validate_data(self, X, y, ensure_all_finite="allow-nan", dtype=float)
        kind = type_of_target(y, input_name="y", raise_unknown=True)
        if kind != "binary":
            raise ValueError(
                f"Only binary classification is supported. The type of the target is {kind}."
            )
        self.classes_, classes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("rows of two classes are needed, and there is 1 class")
        self.type_level_ = 0.0
        with threadpool_limits(limits=1):
            self.boosting_ = build_boosting(
                iterations=self.iterations, feature_share=self.feature_share, seed=self.seed
            ).fit(self._with_level(fill_empty_columns(X)), classes)
            curves = build_curves(X.shape, strength=CURVE_STRENGTH, seed=self.seed)
            self.curves_ = [curves.fit(X, classes)]
        self.wear_ = self.timing_ = None
        self.weights_, self.intercept_ = np.full(2, 0.5), 0.0
        self._lay_out()
        return self

    def set_experts(
        self,
        boosting: Trees,
        curves: list[Pipeline],
        *,
        type_level: float,
        blend: np.ndarray,
        columns: Sequence[str],
    ) -> Self:
        """Take experts that were fitted elsewhere, and the weights of their blend.

        Trees and curves look at the first columns, as many as they were fitted on.
        """
        self.boosting_, self.curves_, self.type_level_ = boosting, curves, type_level
        self.wear_ = self.timing_ = None
        self.weights_, self.intercept_ = blend[:-1], float(blend[-1])
        self.classes_ = np.array([False, True])
        self.n_features_in_ = len(columns)
        self.feature_names_in_ = np.array(columns, dtype=object)
        self._lay_out()
        return self

    def set_wear(self, wear: WearExpert) -> Self:
        """Take a wear expert, the last one that the blend weighs; it knows its own columns."""
        self.wear_ = wear
        return self

    def set_timing(self, timing: Timing | None) -> Self:
        """Take what was learnt of the days ahead, if anything was."""
        self.timing_ = timing
        return self

    def decision_function(self, X: ArrayLike) -> np.ndarray:
        """Compute the log-odds of a breakdown; shape (rows,)."""
        return self._expert_log_odds(self._checked(X)) @ self.weights_ + self.intercept_

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """Predict the probabilities of both classes; shape (rows, 2)."""
        probability = expit(self.decision_function(X))
        return np.column_stack([1 - probability, probability])

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Predict the likelier class of each row."""
        is_likelier = self.decision_function(X) > 0
        return self.classes_[is_likelier.astype(int)]

    def compute_contributions(self, X: ArrayLike) -> np.ndarray:
        """Compute what each column adds to the log-odds; shape (rows, columns + 1).

        The last column is all that does not depend on the row's features: the rows add up to the
        log-odds, save where an expert's were cut off at their limit.
        """
        features = self._checked(X)
        own = self._own(features)
        count, known = own.shape[1], features.shape[1]
        contributions = np.zeros((len(features), known + 1))
        of_trees = self._tree_paths.compute_contributions(self._with_level(own))
        contributions[:, :count] = self.weights_[0] * of_trees[:, :-1]
        contributions[:, -1] = self.weights_[0] * (of_trees[:, -1] + self._tree_paths.baseline)
        contributions[:, -1] += self.intercept_
        weights = self.weights_[1 : 1 + len(self._curve_tables)]
        for weight, curves in zip(weights, self._curve_tables, strict=True):
            contributions[:, :count] += weight * curves.compute_contributions(own)
            contributions[:, -1] += weight * curves.intercept
        if self.wear_ is not None:
            weights = self.weights_[1 + len(self._curve_tables) :]
            contributions += self.wear_.compute_contributions(features, weights)
        return contributions

    def predict_curve(self, X: ArrayLike, said: np.ndarray) -> list[np.ndarray | None]:
        """Predict the risk up to the end of each of the days ahead; a curve of `DAYS` a row.

        None for a model of before there was timing: its days are as dangerous as each other.

        Args:
            X: The rows.
            said: What was said of them: the probability of a breakdown within the horizon; (rows,).
        """
        if self.timing_ is None:
            return [None] * len(said)
        hazard = None
        if self.wear_ is not None:
            hazard = self.wear_.compute_hazard(self._checked(X), self.timing_.edges)
        return list(shape_risk(self.timing_, said, hazard))

    def predict_bounds(self, X: ArrayLike, said: np.ndarray) -> np.ndarray:
        """Predict between which probabilities the right one lies, four times in five; (rows, 2).

        Without a wear expert the interval is as wide as the experts disagree.
        """
        features = self._checked(X)
        if self.wear_ is None:
            return bound_by_experts(self._expert_log_odds(features), said)
        doubt = self.timing_.doubt if self.timing_ is not None else None
        return bound_by_wear(self.wear_.believe(features), said, doubt)

    def predict_health(self, X: ArrayLike) -> np.ndarray:
        """Predict how worn machines are, and between what four times in five; shape (rows, 3).

        0 is like after service, 1 like at a breakdown; NaN without a wear expert.
        """
        features = self._checked(X)
        if self.wear_ is None:
            return np.full((len(features), 3), np.nan)
        return self.wear_.compute_health_band(features, USUAL_TAIL)

    @property
    def usual_values_(self) -> np.ndarray:
        """The median of each column among the rows that were fitted on, the type's own if any.

        Of the machine's types side by side none is usual.
        """
        own = self.curves_[-1]["impute"].statistics_
        return np.append(own, np.full(self.n_features_in_ - len(own), np.nan))

    def __sklearn_tags__(self) -> Tags:
        """Tell scikit-learn that gaps are welcome and that there are two classes."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.classifier_tags.multi_class = False
        return tags

    def __getstate__(self) -> dict[str, object]:
        """Leave out of the file what is laid out again when it is read."""
        state = super().__getstate__()
        return {name: value for name, value in state.items() if name not in LAID_OUT}

    def __setstate__(self, state: dict[str, object]) -> None:
        """Take what a file holds."""
        super().__setstate__({"wear_": None, "timing_": None} | state)
        if "boosting_" in state:
            self._lay_out()

    def _lay_out(self) -> None:
        self._tree_paths = lay_out_trees(self.boosting_)
        self._curve_tables = [CurveTables(curves) for curves in self.curves_]

    def _checked(self, X: ArrayLike) -> np.ndarray:
        check_is_fitted(self)
        if isinstance(X, pd.DataFrame) and np.dtype(object) in set(X.dtypes):
            X = X.fillna(np.nan)  # whole numbers with gaps, as MLflow hands them over
        return validate_data(self, X, reset=False, ensure_all_finite="allow-nan", dtype=float)

    def _own(self, features: np.ndarray) -> np.ndarray:
        """The columns of the row's own type, without those of the machine's types side by side."""
        return features[:, : self.boosting_.n_features_in_ - 1]

    def _with_level(self, features: np.ndarray) -> np.ndarray:
        return np.column_stack([features, np.full(len(features), self.type_level_)])

    def _expert_log_odds(self, features: np.ndarray) -> np.ndarray:
        """Compute what each expert says; shape (rows, experts)."""
        own = self._own(features)
        log_odds = [self.boosting_.decision_function(self._with_level(own))]
        log_odds += [
            curves.compute_contributions(own).sum(axis=1) + curves.intercept
            for curves in self._curve_tables
        ]
        if self.wear_ is not None:
            log_odds.append(self.wear_.compute_log_odds(features))
        return np.clip(np.column_stack(log_odds), -LOG_ODDS_LIMIT, LOG_ODDS_LIMIT)


def fit_blend(
    log_odds: np.ndarray,
    breakdowns: np.ndarray,
    *,
    towards: np.ndarray,
    strength: float,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    """Fit the weights of a blend, pulled towards given ones; no weight is negative.

    Whoever fits many sets one thread around all of them: bits must not depend on cores.

    Args:
        log_odds: What the experts said of mornings that they had not seen; (rows, experts).
        breakdowns: What came; (rows,).
        towards: The weights without any rows, the intercept last; (experts + 1,).
        strength: How hard they are pulled: as hard as about that many breakdowns.
        weights: What each morning counts; (rows,). All the same if not given.

    Returns:
        The blend's weights, the intercept last; (experts + 1,).
    """
    inputs = np.column_stack([log_odds, np.ones(len(log_odds))])
    signs = np.where(breakdowns, 1.0, -1.0)
    counts = np.ones(len(log_odds)) if weights is None else weights

    def loss(blend: np.ndarray) -> tuple[float, np.ndarray]:
        margins = signs * (inputs @ blend)
        pull = blend - towards
        value = counts @ np.logaddexp(0, -margins) + strength / 2 * pull @ pull
        return value, -inputs.T @ (counts * signs * expit(-margins)) + strength * pull

    bounds = [(0, None)] * log_odds.shape[1] + [(None, None)]
    return minimize(loss, towards, jac=True, method="L-BFGS-B", bounds=bounds).x
