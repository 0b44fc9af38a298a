"""The candidate families that a model is blended from; pure."""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import QuantileTransformer, SplineTransformer, StandardScaler

from python_ml.learning.rhythm import Rhythm

KNOTS = np.linspace(0, 1, 4)
QUANTILES = 200
BINS = 255


class TreesByCause(BaseEstimator):
    """Boosted trees for breakdowns of any cause and for each, which say the mean of both.

    What announces a worn belt tells nothing of a bearing: trees that are asked of one cause need
    not find both at once, but have fewer breakdowns to learn from.

    Args:
        trees: The unfitted trees.

    Attributes:
        of_any_: The fitted trees of any cause.
        of_each_: The fitted trees of each cause.
        n_features_in_: Features that they were fitted on.
    """

    def __init__(self, trees: HistGradientBoostingClassifier) -> None:
        self.trees = trees

    def fit(
        self, features: np.ndarray, causes: np.ndarray, sample_weight: np.ndarray | None = None
    ) -> Self:
        """Fit on what broke machines down: causes counted from 1, 0 where nothing did; (rows,)."""
        labels = [causes > 0, *(causes == cause for cause in np.unique(causes[causes > 0]))]
        self.of_any_, *self.of_each_ = (
            clone(self.trees).fit(features, label, sample_weight=sample_weight) for label in labels
        )
        self.n_features_in_ = features.shape[1]
        return self

    def decision_function(self, features: np.ndarray) -> np.ndarray:
        """Compute the log-odds of a breakdown; shape (rows,)."""
        by_cause = add_causes([trees.decision_function(features) for trees in self.of_each_])
        return (self.of_any_.decision_function(features) + by_cause) / 2


class TreesInRhythm(BaseEstimator):
    """Trees that are told where in a rhythm clocks stand and trees that are not: they say the mean.

    Where visits keep a rhythm, breakdowns are found on these days and calm mornings lie between
    them. A clock counts on over visits that left its part alone, so that by clocks alone trees
    have to find each of the days anew.

    Args:
        trees: The unfitted trees.
        rhythm: The rhythm.

    Attributes:
        untold_: The fitted trees that see what all see.
        told_: The fitted trees that see the phases of clocks, too, after all else.
        n_features_in_: Features that they were fitted on, without the phases.
    """

    def __init__(
        self, trees: HistGradientBoostingClassifier | TreesByCause, rhythm: Rhythm
    ) -> None:
        self.trees = trees
        self.rhythm = rhythm

    def fit(
        self, features: np.ndarray, labels: np.ndarray, sample_weight: np.ndarray | None = None
    ) -> Self:
        """Fit both on what the trees are fitted on; labels and weights (rows,)."""
        seen = [features, self.tell(features)]
        if sample_weight is not None:
            seen = [snap_to_bins(each) for each in seen]
        self.untold_, self.told_ = (
            clone(self.trees).fit(each, labels, sample_weight=sample_weight) for each in seen
        )
        self.n_features_in_ = features.shape[1]
        return self

    def tell(self, features: np.ndarray) -> np.ndarray:
        """Add the phases of clocks; shape (rows, features + clocks)."""
        return np.column_stack([features, self.rhythm.compute_phases(features)])

    def decision_function(self, features: np.ndarray) -> np.ndarray:
        """Compute the log-odds of a breakdown; shape (rows,)."""
        told = self.told_.decision_function(self.tell(features))
        return (self.untold_.decision_function(features) + told) / 2


Trees = HistGradientBoostingClassifier | TreesByCause | TreesInRhythm
Expert = Trees | Pipeline


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


def fit_curves(
    curves: Pipeline, features: np.ndarray, labels: np.ndarray, weights: np.ndarray | None
) -> Pipeline:
    """Fit what `build_curves` built: `Pipeline.fit`, to the bit, where each column has a value.

    Medians are looked for here: the imputer's own search takes a fifth of the whole fit. Of one row
    of medians it finds the same.
    """
    known = curves["impute"].fit(np.nanmedian(features, axis=0)[None]).transform(features)
    curves[1:].fit(known, labels, regress__sample_weight=weights)
    return curves


def build_boosting(
    *, iterations: int, feature_share: float, seed: int
) -> HistGradientBoostingClassifier:
    """Build unfitted boosted trees, which find what features do only together.

    Small steps, small trees, a share of the features at each split and leaves pulled towards zero
    keep them from learning a short history by heart. Early stopping is off: it would judge by rows
    drawn at random. Bins are as fine as they can be: breakdowns are announced by what few mornings
    show, and in a coarse bin these stand among calm ones.
    """
    return HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_bins=BINS,
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


def snap_to_bins(features: np.ndarray) -> np.ndarray:
    """Put each value on one of so few that trees need not look for bins; shape (rows, features).

    Of weighted rows scikit-learn looks for each of a column's bins anew, which takes longer than
    growing the trees. Trees split between these values, so they say the same of a value as of what
    it was put on.
    """
    return np.column_stack([_snap(column) for column in features.T])


def _snap(column: np.ndarray) -> np.ndarray:
    known = np.sort(column[~np.isnan(column)])
    if np.count_nonzero(known[1:] != known[:-1]) < BINS - 1:
        return column
    # Medians of chunks that are as long as each other, the first ones by one longer.
    size, longer = divmod(len(known), BINS - 1)
    numbers = np.arange(BINS)
    ends = numbers * size + np.minimum(numbers, longer)
    low, high = (ends[:-1] + ends[1:] - 1) // 2, (ends[:-1] + ends[1:]) // 2
    values = np.unique((known[low] + known[high]) / 2)
    snapped = values[np.searchsorted((values[1:] + values[:-1]) / 2, column)]
    return np.where(np.isnan(column), np.nan, snapped)


def add_causes(log_odds: ArrayLike) -> np.ndarray:
    """Compute the log-odds of any of some causes from those of each; the arrays' shape."""
    hazard = np.logaddexp(0, np.asarray(log_odds)).sum(axis=0)
    return hazard + np.log(-np.expm1(-hazard))
