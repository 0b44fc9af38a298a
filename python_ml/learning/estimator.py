"""Fit the models of all arepa types together, so that each learns from the others; pure."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, repeat
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from python_ml.learning.blend import CURVE_STRENGTH, BlendedClassifier, fit_blend
from python_ml.learning.columns import (
    KEYS,
    LABEL,
    NEXT_BREAKDOWN,
    is_clock_or_level,
    is_type_column,
    metrics_of,
    part_clocks_of,
    type_column,
)
from python_ml.learning.evaluate import keep_labelled
from python_ml.learning.experts import (
    Expert,
    Trees,
    TreesByCause,
    TreesInRhythm,
    build_boosting,
    build_curves,
    fill_empty_columns,
    fit_curves,
    snap_to_bins,
)
from python_ml.learning.lives import find_what_came
from python_ml.learning.own_estimator import fit_alone
from python_ml.learning.parts import PartsLives, find_causes, find_lives_of_parts
from python_ml.learning.rhythm import Rhythm, find_rhythm
from python_ml.learning.timing import (
    Mornings,
    Timing,
    day_edges,
    fit_timing,
)
from python_ml.learning.wear import (
    BY_PARTS,
    EXPERTS,
    LOG_ODDS_LIMIT,
    WearExpert,
    can_fit,
)
from python_ml.modelling import TrainingSettings

BLEND = f"{BlendedClassifier.__module__}.{BlendedClassifier.__qualname__}"
FOLDS = 2
FIRST_FOLD_SHARE = 0.5  # of the mornings, before the first validated one
ROWS_MAX = 60_000  # of one fit; beyond that more rows of calm mornings add time, not knowledge
PULLS = (100.0, 1_000.0)  # candidates for how hard a type is pulled to the pool, in rows
PULL_OF_ALL = 8.0  # as hard as by so many breakdowns, towards what is taken for granted
LEVEL_ROWS = 200.0  # a type with fewer rows is mostly told the level of all
# Candidates: trees, share of features at a split, whether they look at clocks and levels alone.
BOOSTINGS = ((120, 0.3, False), (80, 1.0, True))
# What experts say of a type: the trees, the curves of all types and those of the type.
OF_TYPE = ("boosting", "pooled_curves", "own_curves")
# The same for all types of a machine.
OF_WEAR = tuple(f"wear_{name}" for name in EXPERTS)
OF_PARTS = f"wear_{BY_PARTS}"
MORNING = ["machine_id", "as_of_date"]
UNTIL, BROKE = "until", "broke"  # what came after a morning, as of `find_what_came`
CAUSE = "cause"  # of the breakdown within the horizon, as of `find_causes`; 0 without


@dataclass(frozen=True)
class Fit:
    """An expert that is still to be fitted, and on what; it travels to wherever it is fitted.

    Attributes:
        expert: The unfitted expert.
        features: Shape (rows, features).
        labels: Whether there was a breakdown, or what it was of, counted from 1; shape (rows,).
        seed: Seed of what is drawn at random.
    """

    expert: Expert
    features: np.ndarray
    labels: np.ndarray
    seed: int

    def run(self) -> Expert:
        """Fit the expert."""
        return _fit(self.expert, self.features, self.labels, self.seed)


@dataclass(frozen=True)
class WearFit:
    """The wear expert that is still to be fitted, and on what.

    Attributes:
        expert: The unfitted expert.
        features: One row for each machine and morning, oldest first; shape (mornings, features).
        until: Days to the machine's next stop, or for how long none is known of; (mornings,).
        broke: Whether that was a breakdown; (mornings,).
        parts: The same of the machines' parts, where the log names enough of them.
    """

    expert: WearExpert
    features: np.ndarray
    until: np.ndarray
    broke: np.ndarray
    parts: PartsLives | None

    def run(self) -> WearExpert | None:
        """Fit the expert; None where it says nothing that is a number: the others go on."""
        with threadpool_limits(limits=1):
            try:
                fitted = self.expert.fit(self.features, self.until, self.broke, self.parts)
            except np.linalg.LinAlgError:
                return None
            is_sound = np.isfinite(fitted.compute_log_odds(self.features[-1:])).all()
            return fitted if is_sound else None


def run_fit(fit: Fit | WearFit) -> Any:  # noqa: ANN401
    """Fit an expert, wherever that is."""
    return fit.run()


Fold = tuple[pd.DataFrame, pd.DataFrame]  # what was known, and what was asked after it
FitAll = Callable[[Sequence[Fit | WearFit]], list[Any]]
Models = dict[str, Any]  # by arepa type


def fit_here(fits: Sequence[Fit | WearFit]) -> list[Any]:
    """Fit experts in this process, two at a time."""
    return Parallel(n_jobs=2, prefer="threads")(delayed(run_fit)(fit) for fit in fits)


@dataclass(frozen=True)
class _Experts:
    """What was fitted on the rows of all types up to some morning."""

    boosting: Trees
    pooled_curves: Pipeline
    own_curves: dict[str, Pipeline]
    wear: WearExpert | None
    levels: dict[str, float]
    level_of_all: float


@dataclass(frozen=True)
class _Recipe:
    """How the trees are made, chosen by validation."""

    iterations: int
    feature_share: float
    is_plain: bool  # trees look at clocks and levels alone
    seed: int
    is_by_cause: bool = False  # trees of their own for each cause of breakdowns, too
    rhythm: Rhythm | None = None  # that trees of their own are told, too
    columns: tuple[str, ...] = ()  # all of them, those of the machine's types included
    horizon_days: int = 0

    def hide(self, features: np.ndarray, columns: Sequence[str]) -> np.ndarray:
        """Make constant what the trees shall not look at: they never split there.

        The inputs beyond the columns, the type's level, are always seen.
        """
        if not self.is_plain:
            return features
        is_hidden = np.array([not is_clock_or_level(column) for column in columns])
        hidden = features.copy()
        hidden[:, : len(columns)][:, is_hidden] = 0.0
        return hidden

    def plan_fit(self, features: np.ndarray, rows: pd.DataFrame, columns: Sequence[str]) -> Fit:
        """Plan the fit of the trees on features of rows, the type's level among them."""
        trees = build_boosting(
            iterations=self.iterations, feature_share=self.feature_share, seed=self.seed
        )
        hidden, labels = self.hide(features, columns), rows[LABEL].to_numpy(bool)
        if self.is_by_cause and CAUSE in rows:
            trees, labels = TreesByCause(trees), rows[CAUSE].to_numpy(int)
        if self.rhythm is not None:
            trees = TreesInRhythm(trees, self.rhythm)
        return Fit(trees, hidden, labels, self.seed)

    def build_model(self) -> BlendedClassifier:
        return BlendedClassifier(
            iterations=self.iterations, feature_share=self.feature_share, seed=self.seed
        )


@dataclass(frozen=True)
class _Lesson:
    """What a fit has learnt, for models to be made of it and for a later fit to go on from.

    Attributes:
        experts: Fitted on all rows.
        recipe: How the trees are made.
        heard: What experts said of mornings that they had not seen, as of `_listen`.
        types: Arepa types with enough rows for a model of their own.
        rows: What was fitted on, as of `_prepare`.
    """

    experts: _Experts
    recipe: _Recipe
    heard: pd.DataFrame
    types: tuple[str, ...]
    rows: pd.DataFrame


@dataclass(frozen=True)
class Trainings:
    """Trainings that followed one another.

    Attributes:
        rows: The mornings that each is fitted on, oldest training first, asked for one after the
            other; grain: machine_id, arepa_type, as_of_date. Those whose label a planned stop took
            have none: what is known of them is that the machine ran so far, which the wear expert
            and the days ahead are learnt from.
        served: Those of what is served, if it is asked for. The last of the trainings is its twin,
            which mornings are to judge that what is served has seen: of these nothing is chosen.
    """

    rows: Iterable[pd.DataFrame]
    served: pd.DataFrame | None = None


def fit_in_sequence(
    trainings: Trainings,
    columns: Sequence[str],
    *,
    horizon_days: int,
    training: TrainingSettings,
    fit_all: FitAll = fit_here,
) -> list[Models]:
    """Fit the estimators of all arepa types together, in trainings that go on from each other.

    Experts of a first training, fitted up to a morning, say what they think of the mornings from
    one horizon later on; from that the blends are learnt: one for all types, and for each its own,
    pulled towards that as hard as did best on the newest of those mornings. Then the experts are
    fitted again on all rows. Those of a training after it are fitted alike on its own rows; how
    they are blended, and how trees are made, it learns from what came of the mornings since, which
    the experts before had not seen: nothing is fitted on part of the rows for that.

    Where settings name another class than the blend, each type is fitted on its own rows.

    Args:
        trainings: What each is fitted on.
        columns: The features, in the order in which the estimators take them.
        horizon_days: How far the labels look ahead, the gap of every validation split.
        training: How models are fitted.
        fit_all: Where experts are fitted; wherever that is, the bits are the same.

    Returns:
        Of each training and, if it is asked for, of what is served: by arepa type one fitted
        scikit-learn classifier that needs nothing but the columns. A type with too few rows or
        breakdowns (`training.minimum_…`) has none.
    """
    served = [] if trainings.served is None else [trainings.served]
    if training.estimator != BLEND:
        every = chain(trainings.rows, served)
        return [_fit_each_alone(rows, columns, training) for rows in every]
    study = _Study(tuple(columns), horizon_days, training, fit_all)
    steps = chain(zip(trainings.rows, repeat(True)), zip(served, repeat(False)))
    lesson, models = None, []
    with threadpool_limits(limits=1):
        for rows, chooses in steps:
            learnt = study.go_on(lesson, rows, chooses=chooses)
            models.append(_conclude(learnt) if learnt else {})
            lesson = learnt or lesson
    return models


@dataclass(frozen=True)
class _Study:
    """How lessons are learnt; attributes as of `fit_in_sequence`."""

    columns: tuple[str, ...]
    horizon_days: int
    training: TrainingSettings
    fit_all: FitAll

    @property
    def own_columns(self) -> list[str]:
        """The features of a row's own type."""
        return [column for column in self.columns if not is_type_column(column)]

    def learn(self, rows: pd.DataFrame) -> _Lesson | None:
        """Learn from rows alone; None of too few."""
        if not has_enough_history(rows, self.training):
            return None
        rows = _prepare(rows, self.columns)
        folds = list(_cut_folds(rows, self.horizon_days))
        recipe, boosting = self._candidates()[0], None
        if folds:
            recipe, boosting = self._choose_recipe(folds[-1], {})
        heard = _listen(folds, self.own_columns, recipe, self.fit_all, boosting)
        return self._fit(rows, recipe, heard)

    def go_on(self, lesson: _Lesson | None, rows: pd.DataFrame, *, chooses: bool) -> _Lesson | None:
        """Go on to rows that reach further: the mornings since are what experts are asked next.

        What came after mornings is known for longer by then. Those that have left the rows are
        forgotten, and of what was said of the first half, when experts knew less, nothing is heard.

        Args:
            lesson: What was learnt before, if anything was.
            rows: As of `learn`.
            chooses: Whether trees are made in the way that the mornings since suggest.
        """
        if lesson is None:
            return self.learn(rows)
        if not has_enough_history(rows, self.training):
            return None
        rows = _prepare(rows, self.columns)
        known = pd.to_datetime(lesson.rows["as_of_date"]).max()
        mornings = pd.to_datetime(rows["as_of_date"])
        asked = rows[mornings >= known + pd.Timedelta(days=self.horizon_days)]
        heard, recipe = lesson.heard, lesson.recipe
        if len(asked):
            said = _hear(lesson.experts, asked, self.own_columns, recipe)
            said = said.assign(fold=heard["fold"].max() + 1 if len(heard) else 0)
            heard = pd.concat([heard, said]) if len(heard) else said
        if len(heard):
            came = [name for name in (UNTIL, BROKE) if name in rows]
            known_now = rows.drop_duplicates(MORNING)[[*MORNING, *came]]
            heard = heard.drop(columns=came).merge(known_now, on=MORNING)
            heard = heard[
                pd.to_datetime(heard["as_of_date"]) >= _morning_at(rows, FIRST_FOLD_SHARE)
            ]
        if chooses and has_enough_history(asked, self.training):
            fitted = {lesson.recipe: lesson.experts.boosting}
            recipe, _ = self._choose_recipe((lesson.rows, asked), fitted)
        return self._fit(rows, recipe, heard)

    def _fit(self, rows: pd.DataFrame, recipe: _Recipe, heard: pd.DataFrame) -> _Lesson:
        types = tuple(
            str(arepa_type)
            for arepa_type, of_type in rows.groupby("arepa_type")
            if has_enough_history(of_type, self.training)
        )
        experts = _fit_experts(rows, self.own_columns, recipe, self.fit_all)
        return _Lesson(experts, recipe, heard, types, rows)

    def _candidates(self) -> list[_Recipe]:
        seed, columns, days = self.training.seed, self.columns, self.horizon_days
        return [
            _Recipe(*boosting, seed, columns=columns, horizon_days=days) for boosting in BOOSTINGS
        ]

    def _choose_recipe(self, fold: Fold, fitted: Mapping[_Recipe, Trees]) -> tuple[_Recipe, Trees]:
        """Choose the trees that did best on mornings which they had not seen.

        The best are tried with trees of their own for each cause, too, where causes are known, and
        with such that are told the rhythm of services, where they keep one.

        Args:
            fold: What was known, and what was asked after it.
            fitted: Trees that were fitted on what was known before.

        Returns:
            How they are made, and those that were fitted for it, on what was known.
        """
        columns = self.own_columns
        known, asked = (keep_labelled(part) for part in fold)
        levels, level_of_all = _compute_levels(known)
        features, of_asked = (
            np.column_stack(
                [
                    part[columns].to_numpy(float),
                    part["arepa_type"].map(levels).fillna(level_of_all).to_numpy(float),
                ]
            )
            for part in (known, asked)
        )
        labels = asked[LABEL].to_numpy(bool)

        def find_best(recipes: Sequence[_Recipe]) -> tuple[float, _Recipe, Trees]:
            lacking = [recipe for recipe in recipes if recipe not in fitted]
            fits = [recipe.plan_fit(features, known, columns) for recipe in lacking]
            trees = {**fitted, **dict(zip(lacking, self.fit_all(fits), strict=True))}
            judged = [
                (_judge(trees[recipe].decision_function(of_asked), labels), recipe, trees[recipe])
                for recipe in recipes
            ]
            return min(judged, key=lambda found: found[0])

        best = find_best(self._candidates())
        changes: list[dict[str, Any]] = [{"is_by_cause": True}] if CAUSE in known else []
        rhythm = find_rhythm(known.drop_duplicates(MORNING), columns)
        if rhythm is not None:
            changes.append({"rhythm": rhythm})
        for change in changes:
            tried = find_best([replace(best[1], **change)])
            best = min(best, tried, key=lambda judged: judged[0])
        return best[1:]


def _fit_each_alone(
    rows: pd.DataFrame, columns: Sequence[str], training: TrainingSettings
) -> dict[str, Any]:
    types = [
        str(name)
        for name, of_type in rows.groupby("arepa_type")
        if has_enough_history(of_type, training)
    ]
    return fit_alone(keep_labelled(rows), columns, types, training.estimator)


def _prepare(rows: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Put rows in order and say what came after them, if that is known."""
    rows = rows.sort_values(["as_of_date", "machine_id", "arepa_type"], ignore_index=True)
    if NEXT_BREAKDOWN not in rows:
        return rows
    until, broke = find_what_came(rows)
    came = pd.DataFrame({UNTIL: until, BROKE: broke}, index=rows.index)
    mornings = rows.drop_duplicates(MORNING)
    causes = find_causes(mornings, part_clocks_of(columns))
    if causes is not None:
        of_mornings = mornings[MORNING].assign(cause=causes)
        of_rows = rows[MORNING].merge(of_mornings, how="left", on=MORNING)["cause"]
        came[CAUSE] = np.where(rows[LABEL].notna() & (rows[LABEL] == 1), of_rows, 0)
    return pd.concat([rows, came], axis=1)


def _conclude(lesson: _Lesson) -> dict[str, BlendedClassifier]:
    """Blend the experts of a lesson by what was heard of them."""
    experts, heard, recipe = lesson.experts, lesson.heard, lesson.recipe
    wear, horizon_days = experts.wear, recipe.horizon_days
    if wear is None or not _have_all_said(heard, OF_WEAR):
        wear, heard = None, heard.drop(columns=_columns_of_wear(horizon_days), errors="ignore")
    elif wear.parts_ is None or not _have_all_said(heard, [OF_PARTS]):
        wear, heard = wear.without_parts(), heard.drop(columns=OF_PARTS, errors="ignore")
    experts = replace(experts, wear=wear)
    blends = _fit_blends(keep_labelled(heard), lesson.types, horizon_days)
    timing = _fit_timing(heard, blends, horizon_days)
    return {
        name: _assemble(experts, name, blend, recipe).set_timing(timing)
        for name, blend in blends.items()
    }


def predict_probability(estimator: Any, features: pd.DataFrame) -> np.ndarray:  # noqa: ANN401
    """Predict the probability of a breakdown for each row; shape (rows,).

    Raises:
        ValueError: The estimator, one of somebody's own, says what is no probability.
    """
    said = np.asarray(estimator.predict_proba(features), dtype=float)
    if said.shape != (len(features), 2) or not np.all((said >= 0) & (said <= 1)):
        raise ValueError("predict_proba gives no probability of a breakdown for each row")
    return said[:, 1]


def has_enough_history(rows: pd.DataFrame, training: TrainingSettings) -> bool:
    """Say whether rows are enough for a model of their own."""
    labels = rows[LABEL].dropna()
    has_both = training.minimum_breakdowns <= int(labels.sum()) < len(labels)
    return has_both and len(labels) >= training.minimum_rows


def _cut_folds(rows: pd.DataFrame, horizon_days: int) -> Iterator[Fold]:
    """Cut rows into what was known and what comes at least a horizon later, oldest first."""
    mornings = pd.to_datetime(rows["as_of_date"])
    shares = np.linspace(FIRST_FOLD_SHARE, 1, FOLDS, endpoint=False)
    starts = [_morning_at(rows, share) for share in shares]
    ends = [*starts[1:], mornings.max() + pd.Timedelta(days=1)]
    for start, end in zip(starts, ends, strict=True):
        known = rows[mornings + pd.Timedelta(days=horizon_days) <= start]
        if known[LABEL].nunique() == 2:
            yield known, rows[(mornings >= start) & (mornings < end)]


def _morning_at(rows: pd.DataFrame, share: float) -> pd.Timestamp:
    """Find the morning that comes after a share of them."""
    days = pd.to_datetime(rows["as_of_date"]).drop_duplicates().sort_values()
    return days.iloc[int(len(days) * share)]


def _judge(said: np.ndarray, labels: np.ndarray) -> float:
    """Compute the loss of log-odds, scaled and shifted as suits them best: a blend does so, too."""
    scale, shift = fit_blend(said[:, None], labels, towards=np.array([1.0, 0.0]), strength=1.0)
    return float(np.logaddexp(0, np.where(labels, -1, 1) * (scale * said + shift)).sum())


def _compute_levels(rows: pd.DataFrame) -> tuple[dict[str, float], float]:
    """Compute the log-odds of each type's share of breakdowns, and of all; few rows are pulled."""
    share = rows[LABEL].mean()
    of_types = rows.groupby("arepa_type")[LABEL].agg(["sum", "size"])
    shares = (of_types["sum"] + LEVEL_ROWS * share) / (of_types["size"] + LEVEL_ROWS)
    return np.log(shares / (1 - shares)).to_dict(), float(np.log(share / (1 - share)))


def _listen(
    folds: Sequence[Fold],
    columns: Sequence[str],
    recipe: _Recipe,
    fit_all: FitAll,
    boosting: Trees | None,
) -> pd.DataFrame:
    """Ask experts about mornings that lie at least a horizon after all that they were fitted on.

    Args:
        folds: What was known and what was asked, oldest first.
        columns: The features of a row's own type.
        recipe: How the trees are made.
        fit_all: Where experts are fitted.
        boosting: The trees that were fitted on what the last fold knew.

    Returns:
        Log-odds of each expert, `pooled_…` of one that knows no type, with arepa_type, fold and
        label, if there is one; grain: that of the rows of the validated mornings.
    """
    parts = []
    for fold, (known, asked) in enumerate(folds):
        of_last = boosting if fold == len(folds) - 1 else None
        experts = _fit_experts(known, columns, recipe, fit_all, of_last)
        parts.append(_hear(experts, asked, columns, recipe).assign(fold=fold))
    return pd.concat(parts) if parts else pd.DataFrame(columns=[*OF_TYPE, *KEYS, LABEL, "fold"])


def _hear(
    experts: _Experts, asked: pd.DataFrame, columns: Sequence[str], recipe: _Recipe
) -> pd.DataFrame:
    """Hear what experts say of rows, and what came after them; grain: that of the rows."""
    said = _ask(experts, asked, columns)
    if UNTIL not in asked:
        return said
    ahead = _look_ahead(experts.wear, asked, recipe)
    return said.merge(ahead, how="left", on=MORNING, validate="many_to_one")


def _have_all_said(heard: pd.DataFrame, sayings: Sequence[str]) -> bool:
    """Say whether experts said something of all mornings that were asked for."""
    return set(sayings) <= set(heard) and not heard[[*sayings]].isna().any(axis=None)


def _wear_sayings(heard: Container[str]) -> tuple[str, ...]:
    """Name what the wear expert said, in the order of its models."""
    return tuple(saying for saying in (*OF_WEAR, OF_PARTS) if saying in heard)


def _look_ahead(wear: WearExpert | None, rows: pd.DataFrame, recipe: _Recipe) -> pd.DataFrame:
    """Say what came after mornings, and what the wear expert, if there is one, says of them.

    What a machine's types showed stands in each of their rows, so one row a morning will do.

    Returns:
        Columns machine_id, as_of_date, until, broke and, with a wear expert, the log-odds of its
        models and cumulative hazards at the edges; grain: machine_id, as_of_date.
    """
    mornings = rows.drop_duplicates(MORNING)
    ahead = mornings[[*MORNING, UNTIL, BROKE]].reset_index(drop=True)
    if wear is None or ahead.empty:
        return ahead
    features, edges = mornings[list(recipe.columns)].to_numpy(float), day_edges(recipe.horizon_days)
    log_odds, hazards = wear.look_ahead(features, edges)
    ahead[[f"wear_{name}" for name in wear.names]] = np.clip(
        log_odds, -LOG_ODDS_LIMIT, LOG_ODDS_LIMIT
    )
    ahead[_hazard_columns(recipe.horizon_days)] = hazards
    return ahead


def _hazard_columns(horizon_days: int) -> list[str]:
    return [f"hazard_{edge}" for edge in day_edges(horizon_days)]


def _columns_of_wear(horizon_days: int) -> list[str]:
    return [*OF_WEAR, OF_PARTS, *_hazard_columns(horizon_days)]


def _fit_experts(
    rows: pd.DataFrame,
    columns: Sequence[str],
    recipe: _Recipe,
    fit_all: FitAll,
    boosting: Trees | None = None,
) -> _Experts:
    """Fit the experts on rows of all types; the trees may have been fitted on them before."""
    wear_fits, rows, seed = _plan_wear_fit(rows, recipe), keep_labelled(rows), recipe.seed
    own_rows = {
        str(name): of_type
        for name, of_type in rows.groupby("arepa_type")
        if of_type[LABEL].nunique() == 2
    }
    levels, level_of_all = _compute_levels(rows)
    told = rows["arepa_type"].map(levels).fillna(level_of_all).to_numpy(float)
    features = rows[list(columns)].to_numpy(float)
    labels = rows[LABEL].to_numpy(bool)
    fits = [Fit(_curves(features, seed), features, labels, seed)]
    for of_type in own_rows.values():
        own = of_type[list(columns)].to_numpy(float)
        own_labels = of_type[LABEL].to_numpy(bool)
        fits.append(Fit(_curves(own, seed), own, own_labels, seed))
    with_level = np.column_stack([features, told])
    tree_fits = [recipe.plan_fit(with_level, rows, columns)] if boosting is None else []
    fitted = fit_all([*wear_fits, *tree_fits, *fits])
    wear = fitted.pop(0) if wear_fits else None
    boosting = fitted.pop(0) if boosting is None else boosting
    own_curves = dict(zip(own_rows, fitted[1:], strict=True))
    return _Experts(boosting, fitted[0], own_curves, wear, levels, level_of_all)


def _plan_wear_fit(rows: pd.DataFrame, recipe: _Recipe) -> list[WearFit]:
    """Plan the fit of the wear expert, if columns and history are there for it.

    What the types of a machine showed stands in each of their rows, so one row a morning will do.
    """
    if NEXT_BREAKDOWN not in rows or not any(map(is_type_column, recipe.columns)):
        return []
    mornings = rows.drop_duplicates(["as_of_date", "machine_id"])
    until, broke = find_what_came(mornings)
    if not can_fit(until, broke) or mornings[type_column(1, "code")].isna().all():
        return []
    columns = recipe.columns
    expert = WearExpert(columns, metrics_of(columns), horizon_days=recipe.horizon_days)
    features = mornings[list(columns)].to_numpy(float)
    parts = find_lives_of_parts(mornings, part_clocks_of(columns))
    return [WearFit(expert, features, until, broke, parts)]


def _fit(expert: Expert, features: np.ndarray, labels: np.ndarray, seed: int) -> Expert:
    """Fit on at most `ROWS_MAX` rows: calm mornings are thinned out and the rest weigh more."""
    weights = None  # all the same: as ones, at half the cost
    # Trees of causes, or in a rhythm, are fitted on them several times.
    rows_max = ROWS_MAX // 2 if isinstance(expert, TreesByCause | TreesInRhythm) else ROWS_MAX
    if len(labels) > rows_max:
        calm = np.flatnonzero(labels == 0)
        wanted = max(rows_max - (len(labels) - len(calm)), rows_max // 2)
        taken = np.random.default_rng(seed).choice(calm, min(wanted, len(calm)), replace=False)
        weights = np.ones(len(labels))
        weights[taken] = len(calm) / len(taken)
        kept = np.sort(np.concatenate([np.flatnonzero(labels), taken]))
        features, labels, weights = features[kept], labels[kept], weights[kept]
        if not isinstance(expert, Pipeline | TreesInRhythm):
            features = snap_to_bins(features)
    # One thread a fit, set in the thread that fits: bits must not depend on a machine's cores.
    with threadpool_limits(limits=1):
        features = fill_empty_columns(features)
        if isinstance(expert, Pipeline):
            return fit_curves(expert, features, labels, weights)
        return expert.fit(features, labels, sample_weight=weights)


def _curves(features: np.ndarray, seed: int) -> Pipeline:
    rows = min(len(features), ROWS_MAX)
    return build_curves((rows, features.shape[1]), strength=CURVE_STRENGTH, seed=seed)


def _ask(experts: _Experts, rows: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Compute what experts say of some rows; grain: that of the rows."""
    features = rows[list(columns)].to_numpy(float)
    told = rows["arepa_type"].map(experts.levels).fillna(experts.level_of_all).to_numpy(float)
    pooled_curves = experts.pooled_curves.decision_function(features)
    own_curves = pooled_curves.copy()
    for arepa_type, curves in experts.own_curves.items():
        if (is_own := (rows["arepa_type"] == arepa_type).to_numpy()).any():
            own_curves[is_own] = curves.decision_function(features[is_own])
    boosting = experts.boosting.decision_function(np.column_stack([features, told]))
    said = np.column_stack([boosting, pooled_curves, own_curves])
    said = np.clip(said, -LOG_ODDS_LIMIT, LOG_ODDS_LIMIT)
    return pd.DataFrame(said, columns=OF_TYPE).assign(
        **{name: rows[name].to_numpy() for name in (*KEYS, LABEL)}
    )


def _fit_blends(
    heard: pd.DataFrame, types: Sequence[str], horizon_days: int
) -> dict[str, np.ndarray]:
    """Fit the weights of each type's blend."""
    sayings = (*OF_TYPE, *_wear_sayings(heard))
    pool = fit_pool(heard, sayings)
    pull = _choose_pull(heard, sayings)
    blends = {}
    for arepa_type in types:
        own = heard[heard["arepa_type"] == arepa_type]
        blends[arepa_type] = _fit_one(own, sayings, pool, pull)
    return _calibrate_worst(heard, blends, sayings, horizon_days)


def _calibrate_worst(
    heard: pd.DataFrame,
    blends: dict[str, np.ndarray],
    sayings: Sequence[str],
    horizon_days: int,
) -> dict[str, np.ndarray]:
    """Scale and shift all types' blends alike, so that what is said of machines is calibrated.

    A machine is as endangered as the worst of its types says, and the worst of several exaggerates.
    """
    machines = _say_of_machines(heard, blends, sayings)
    scale, shift = fit_blend(
        machines[["said"]].to_numpy(float),
        machines[LABEL].to_numpy(bool),
        towards=np.array([1.0, 0.0]),
        strength=PULL_OF_ALL * _count_repeats(machines),
        weights=weigh_by_censoring(machines, horizon_days),
    )
    return {
        name: np.append(scale * blend[:-1], scale * blend[-1] + shift)
        for name, blend in blends.items()
    }


def weigh_by_censoring(mornings: pd.DataFrame, horizon_days: int) -> np.ndarray:
    """Weigh labelled mornings by how many like them a planned stop took the label of.

    A breakdown is seen if no planned stop came before it, that none came only if there was none
    within the whole horizon: unweighted, breakdowns would be too large a share. Planned stops are
    taken to be as likely on each day.

    Args:
        mornings: Labelled; grain: machine_id, as_of_date. Columns `until` and `broke`, or neither:
            then all weigh the same.
        horizon_days: How far the labels look ahead.

    Returns:
        Weights with mean 1; (mornings,).
    """
    if UNTIL not in mornings or mornings.empty:
        return np.ones(len(mornings))
    days = pd.to_timedelta(mornings[UNTIL], unit="D")
    ends = (pd.to_datetime(mornings["as_of_date"]) + days).dt.round("s")
    is_stop = ~mornings[BROKE].astype(bool) & (ends < ends.max())
    stops = len(mornings.assign(ends=ends)[is_stop].drop_duplicates(["machine_id", "ends"]))
    # Each stop took the labels of the horizon before it.
    rate = stops / (len(mornings) + stops * horizon_days)
    seen_days = np.where(mornings[LABEL], mornings[UNTIL], horizon_days).clip(0, horizon_days)
    weights = np.exp(rate * seen_days)
    return weights / weights.mean()


def _say_of_machines(
    heard: pd.DataFrame, blends: Mapping[str, np.ndarray], sayings: Sequence[str]
) -> pd.DataFrame:
    """Say the log-odds of the worst of each machine's types; grain: machine_id, as_of_date.

    Returns:
        The rows of `heard` that are the worst, with said.
    """
    said = pd.Series(np.nan, index=heard.index)
    for arepa_type, blend in blends.items():
        is_own = heard["arepa_type"] == arepa_type
        said[is_own] = heard.loc[is_own, list(sayings)].to_numpy(float) @ blend[:-1] + blend[-1]
    return (
        heard.assign(said=said)
        .dropna(subset="said")
        .sort_values(["said", "arepa_type"], ascending=[False, True], kind="stable")
        .drop_duplicates(MORNING)
        .sort_values(MORNING, ignore_index=True)
    )


def _fit_timing(
    heard: pd.DataFrame, blends: Mapping[str, np.ndarray], horizon_days: int
) -> Timing | None:
    """Learn how the risk of machines lies over the days ahead; None without any such mornings."""
    if UNTIL not in heard or not blends:
        return None
    of_wear = _wear_sayings(heard)
    machines = _say_of_machines(heard, blends, (*OF_TYPE, *of_wear))
    hazard = None
    if of_wear:
        hazard = machines[_hazard_columns(horizon_days)].to_numpy(float)
    return fit_timing(
        Mornings(
            said=machines["said"].to_numpy(float),
            until=machines[UNTIL].to_numpy(float),
            broke=machines[BROKE].to_numpy(bool),
            lives=_number_lives(machines),
            hazard=hazard,
        ),
        horizon_days,
    )


def _number_lives(mornings: pd.DataFrame) -> np.ndarray:
    """Number the lives between two stops in which mornings of machines lie; (mornings,)."""
    left = pd.to_timedelta(mornings[UNTIL], unit="D")
    ends = (pd.to_datetime(mornings["as_of_date"]) + left).dt.round("s")
    return mornings.groupby(["machine_id", ends], sort=True).ngroup().to_numpy(int)


def _choose_pull(heard: pd.DataFrame, sayings: Sequence[str]) -> float:
    """Choose how hard types are pulled to the pool by how the newest mornings came out."""
    if heard.empty or heard["fold"].nunique() < 2:
        return PULLS[-1]
    losses = dict.fromkeys(PULLS, 0.0)
    heard = heard[["fold", *MORNING, "arepa_type", LABEL, *sayings]]
    for fold in sorted(heard["fold"].unique())[1:]:
        known, asked = heard[heard["fold"] < fold], heard[heard["fold"] == fold]
        pool = fit_pool(known, sayings)
        for arepa_type, own in asked.groupby("arepa_type"):
            own_known = known[known["arepa_type"] == arepa_type]
            log_odds, signs = own[list(sayings)].to_numpy(), np.where(own[LABEL], 1.0, -1.0)
            for pull in PULLS:
                weights = _fit_one(own_known, sayings, pool, pull)
                margins = signs * (log_odds @ weights[:-1] + weights[-1])
                losses[pull] += float(np.logaddexp(0, -margins).sum())
    return min(PULLS, key=lambda pull: losses[pull])


def fit_pool(heard: pd.DataFrame, sayings: Sequence[str]) -> np.ndarray:
    """Fit one blend for all types, pulled to the wear models as by `PULL_OF_ALL` breakdowns.

    Args:
        heard: What experts said, and the label; grain: machine_id, arepa_type, as_of_date.
        sayings: The experts.

    Returns:
        As of `fit_blend`.
    """
    strength = PULL_OF_ALL * _count_repeats(heard)
    return _fit_one(heard, sayings, _first_weights(sayings), strength)


def _count_repeats(heard: pd.DataFrame) -> float:
    """Count in how many rows a breakdown stands: of a horizon's mornings and a machine's types.

    Mornings of a machine that follow each other are taken for one breakdown's.
    """
    came = heard.loc[heard[LABEL].astype(bool), MORNING]
    mornings = came.drop_duplicates().sort_values(MORNING)
    days = pd.to_datetime(mornings["as_of_date"]).groupby(mornings["machine_id"]).diff().dt.days
    return max(len(came), 1) / max(int((days != 1).sum()), 1)


def _fit_one(
    heard: pd.DataFrame, sayings: Sequence[str], towards: np.ndarray, strength: float
) -> np.ndarray:
    return fit_blend(
        heard[list(sayings)].to_numpy(float),
        heard[LABEL].to_numpy(bool),
        towards=towards,
        strength=strength,
    )


def _first_weights(sayings: Sequence[str]) -> np.ndarray:
    """Weigh experts before anything is heard of them: the wear models alone, if there are any.

    They hear all types of a machine, so that what they say of each is the same; of what the others
    say of each type the worst is a machine's, and little knowledge makes that a lottery.
    """
    first = _wear_sayings(sayings) or sayings
    return np.array([*((saying in first) / len(first) for saying in sayings), 0.0])


def _assemble(
    experts: _Experts, name: str, blend: np.ndarray, recipe: _Recipe
) -> BlendedClassifier:
    model = recipe.build_model().set_experts(
        experts.boosting,
        [experts.pooled_curves, experts.own_curves[name]],
        type_level=experts.levels[name],
        blend=blend,
        columns=recipe.columns,
    )
    return model if experts.wear is None else model.set_wear(experts.wear)
