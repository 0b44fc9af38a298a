"""The wear expert: one hidden wear of each machine behind all that its types show; pure.

Each machine has a wear that nobody sees. It moves what the machine measures of each type: level,
spread and last day of each metric, in a direction and shape that is learnt for each type. A gauge
that reads too high does so for all types of a week alike, so it is told from wear by what the types
do not share. The clock tells how much wear to expect, and the wear how soon the machine breaks
down; a machine that was stopped before is known to have lived that long, no more.

All of it is fitted by expectation maximisation of the likelihood of weeks and of what came after
them; each step is a sum, a table or a small regression. Shapes: N mornings of machines, S types of
a machine (its slots), C channels (three for each metric), T types, J points of wear, Q functions
of it, E intervals of time ahead, K knots of the clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression, nnls
from scipy.special import logit

from python_ml.learning.columns import (
    NEXT_BREAKDOWN,
    NEXT_PLANNED_STOP,
    TYPE_SLOTS,
    type_column,
)

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

GRID = np.linspace(0, 1.5, 31)  # wear: 0 is new
BASIS = np.column_stack([GRID, np.maximum(GRID - 0.6, 0)])  # steady, and late alone
PRODUCTS = BASIS[:, :, None] * BASIS[:, None, :]
# Days within which a breakdown comes; from one to the next the hazard of a wear is the same.
EDGES = (1, 3, 7, 14, 28)
# Three models of one fleet, for the blend to weigh. What wear is can be said by the share of its
# life that a machine turned out to have behind it; or by what explains most of all that was seen,
# begun from there; or by that with what came counting more than what was measured.
EXPERTS = ("by_life", "by_all", "by_breakdowns")
LIFE_STEPS, ANCHORED_STEPS, FREE_STEPS, LAST_STEPS = 3, 10, 25, 10
LAST_EVENT_WEIGHT = 4.0
CLOCK_KNOTS = 12
MORNINGS_MAX = 6_000  # of one fit; neighbouring mornings tell the same
VALUES_MAX = 50_000  # mornings times channels
ROWS_AT_ONCE = 20_000
FEWEST_BREAKDOWNS = 10  # mornings of machines that a breakdown followed, to fit on
FEWEST_MORNINGS = 200
PRIOR_PULL = 30.0  # mornings that pull what a knot says towards its neighbours and all
HAZARD_PULL = 3.0  # mornings that pull a hazard towards that of all
SLOPE_PULL = 30.0  # how hard slopes are pulled to zero
GUESS_WIDTH = 0.2
DAY_SHARE = 6.0  # a day's mean minus the week's varies by that much of a week's mean of readings
WILDEST = 10.0  # spreads of a reading: what lies further off is no farther off
SMALLEST = 1e-4  # of a variance
EMPTY = 1e-12
LOG_ODDS_LIMIT = 12.0  # an expert surer than that has seen too little


@dataclass(frozen=True)
class Weeks:
    """Mornings of machines: what each of the machine's types showed, and the clock.

    Attributes:
        types: Index of the type in each slot, -1 for none; (N, S).
        values: Of each channel, in spreads of a reading, NaN where unknown; (N, S, C).
        noises: Variance of the value in units of a reading's; (N, S, C).
        clock: Work since the last stop, NaN where there was none; (N,).
    """

    types: Ints
    values: Floats
    noises: Floats
    clock: Floats


@dataclass(frozen=True)
class Ahead:
    """What came after mornings, in the intervals between the edges; (N, E).

    Attributes:
        at_risk: Whether the machine was seen in it, up to its end or to its breakdown.
        came: Whether it broke down in it.
    """

    at_risk: Floats
    came: Floats


@dataclass(frozen=True)
class _Training:
    """What a model is fitted to.

    Attributes:
        weeks: Of mornings of machines.
        ahead: What came after them.
        places: Shares of the knots, without and with a clock, between which each clock lies;
            (N, 2 * K).
        rows_of_types: By type, the mornings and slots in which it stands.
    """

    weeks: Weeks
    ahead: Ahead
    places: Floats
    rows_of_types: list[tuple[Ints, Ints]]


@dataclass(frozen=True)
class Evidence:
    """Weighted deviations of weeks from normal; W is the inverse of their covariance.

    Attributes:
        weights: Of each value alone; (N, S, C).
        deviations: From the normal of its type; (N, S, C).
        slopes: How wear moves it; (N, S, C, Q).
        shared: Variance of what all types of a week share, once they are known; (N, C).
    """

    weights: Floats
    deviations: Floats
    slopes: Floats
    shared: Floats

    def weigh(self, values: Floats) -> Floats:
        """Compute W times some values: what the types share is taken off; (N, S, C)."""
        weighted = self.weights * values
        return weighted - self.weights * (self.shared * weighted.sum(axis=1))[:, None]


@dataclass(frozen=True)
class WearModel:
    """A fitted model of wear; see the module.

    Attributes:
        centre: Normal of each channel; (T, C).
        slopes: How wear moves it; (T, C, Q).
        shared: Variance of what a week's types share; (C,).
        own: Variance of a type's week beside its readings'; (C,).
        noise: Variance of readings, in units of `noises`; (C,).
        priors: Chances of each wear without and with a clock, by its knots; (2, K, J).
        knots: Of the clock; (K,).
        hazards: Of a breakdown between the edges, for those that came so far; (J, E).
    """

    centre: Floats
    slopes: Floats
    shared: Floats
    own: Floats
    noise: Floats
    priors: Floats
    knots: Floats
    hazards: Floats

    def compute_prior(self, weeks: Weeks) -> Floats:
        """Compute what the clock says of wear; (N, J)."""
        has_clock, low, share = _place(self.knots, weeks.clock)
        of_low = self.priors[has_clock, low] * (1 - share)[:, None]
        return of_low + self.priors[has_clock, low + 1] * share[:, None]

    def weigh(self, weeks: Weeks) -> Evidence:
        """Compare weeks with what is normal for their types."""
        types = np.maximum(weeks.types, 0)
        is_known = np.isfinite(weeks.values) & (weeks.types >= 0)[..., None]
        weights = np.where(is_known, 1 / (self.own + self.noise * weeks.noises), 0.0)
        deviations = np.where(is_known, weeks.values - self.centre[types], 0.0)
        deviations = np.clip(deviations, -WILDEST, WILDEST)
        shared = 1 / (1 / self.shared + weights.sum(axis=1))
        return Evidence(weights, deviations, self.slopes[types], shared)

    def compute_posterior(self, weeks: Weeks) -> Floats:
        """Compute what clock and metrics say of wear; (N, J)."""
        return self.update(self.compute_prior(weeks), weeks)

    def update(self, wear: Floats, weeks: Weeks) -> Floats:
        """Add what metrics say to what is known of wear; (N, J)."""
        evidence = self.weigh(weeks)
        count = BASIS.shape[1]
        slopes = [evidence.slopes[..., q] for q in range(count)]
        of_slopes = [evidence.weigh(slope) for slope in slopes]
        linear = np.stack([(part * evidence.deviations).sum((1, 2)) for part in of_slopes], axis=1)
        log = np.log(wear + EMPTY) + linear @ BASIS.T
        for q in range(count):
            for p in range(count):
                square = (of_slopes[q] * slopes[p]).sum(axis=(1, 2))
                log -= square[:, None] * PRODUCTS[:, q, p] / 2
        posterior = np.exp(log - log.max(axis=1, keepdims=True))
        return posterior / posterior.sum(axis=1, keepdims=True)

    def compute_curve(self, wear: Floats) -> Floats:
        """Compute the chance of a breakdown up to each edge from chances of wear; (N, E)."""
        return 1 - wear @ np.cumprod(1 - self.hazards, axis=1)


@dataclass(frozen=True)
class Belief:
    """How likely each wear is, and how dangerous it is; A wears of all models, the safest first.

    Attributes:
        risks: Of a breakdown within the horizon; (A,).
        chances: Of each wear; (N, A).
    """

    risks: Floats
    chances: Floats


class WearExpert:
    """Reads a machine's week and clock out of the columns, and tells how soon it breaks down.

    Args:
        columns: All feature columns, in the order of the inputs.
        metrics: The metrics.
        horizon_days: How far the labels look ahead.
    """

    def __init__(
        self, columns: Sequence[str], metrics: Sequence[str], *, horizon_days: int
    ) -> None:
        self._metrics = len(metrics)
        self._edges = tuple(sorted({*EDGES, horizon_days}))
        self._horizon = self._edges.index(horizon_days)
        place = {column: position for position, column in enumerate(columns)}
        self._code = [place[type_column(slot, "code")] for slot in TYPE_SLOTS]
        self._count = [place[type_column(slot, "readings_7d")] for slot in TYPE_SLOTS]
        self._values = np.array(
            [
                [
                    place[type_column(slot, f"{metric}_{statistic}")]
                    for statistic in ("mean_7d", "std_7d", "last_day_delta_7d")
                    for metric in metrics
                ]
                for slot in TYPE_SLOTS
            ]
        )
        clocks = ("batch_count_since_last_stop", "days_since_last_stop")
        self._clock = next((place[clock] for clock in clocks if clock in place), None)

    @property
    def _channels(self) -> int:
        return 3 * self._metrics

    def fit(self, features: Floats, until: Floats, broke: Flags) -> "WearExpert":
        """Fit to mornings of machines and what came after them.

        Args:
            features: One row for each machine and morning, oldest first; (N, columns).
            until: Days to the machine's next stop, or for how long none is known of; (N,).
            broke: Whether that was a breakdown; (N,).
        """
        most = min(MORNINGS_MAX, max(VALUES_MAX // self._channels, FEWEST_MORNINGS))
        chosen = np.unique(np.linspace(0, len(features) - 1, most).astype(int))
        features, until, broke = features[chosen], until[chosen], broke[chosen]
        self.codes_ = np.unique(features[:, self._code])
        self.codes_ = self.codes_[np.isfinite(self.codes_)]
        self.spreads_ = np.ones((len(self.codes_), self._metrics))
        raw = self.read(features)
        for number in range(len(self.codes_)):
            logs = raw.values[raw.types == number][:, self._metrics : 2 * self._metrics]
            for metric, known in enumerate(logs.T):
                if np.isfinite(known).any():
                    self.spreads_[number, metric] = np.exp(np.nanmedian(known))
        weeks, ahead = (
            _without_empty_slots(self.read(features)),
            lay_out_ahead(until, broke, self._edges),
        )
        self.models_ = _fit_all(weeks, ahead, _guess(weeks, until, broke))
        self.usual_log_odds_ = self.compute_clock_log_odds(features).mean(axis=0)
        return self

    def read(self, features: Floats) -> Weeks:
        """Read weeks and clocks out of the columns."""
        codes, values = features[:, self._code], features[:, self._values]
        types = np.minimum(np.searchsorted(self.codes_, codes), len(self.codes_) - 1)
        types = np.where(self.codes_[types] == codes, types, -1)
        count = np.maximum(features[:, self._count], 1.0)[..., None]
        spreads = self.spreads_[np.maximum(types, 0)]
        level, spread, last = np.split(values, 3, axis=2)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(spread > 0, np.log(spread / spreads), np.nan)
        scaled = np.concatenate([level / spreads, logs, last / spreads], axis=2)
        ones = np.ones_like(level)
        noises = np.concatenate(
            [ones / count, ones / (2 * np.maximum(count - 1, 1)), DAY_SHARE * ones / count], axis=2
        )
        clock = features[:, self._clock] if self._clock is not None else np.zeros(len(features))
        return Weeks(types, scaled, noises, clock)

    def compute_log_odds(self, features: Floats) -> Floats:
        """Compute the log-odds of a breakdown within the horizon; (N, experts)."""
        parts = [
            self._say(self.read(features[start : start + ROWS_AT_ONCE]))
            for start in range(0, len(features), ROWS_AT_ONCE)
        ]
        return np.concatenate(parts) if parts else np.empty((0, len(EXPERTS)))

    def compute_health(self, features: Floats) -> tuple[Floats, Floats]:
        """Compute the wear that is seen and the one that the clock alone would tell; (N,) each."""
        weeks, model = self.read(features), self.models_[EXPERTS.index("by_all")]
        return model.compute_posterior(weeks) @ GRID, model.compute_prior(weeks) @ GRID

    def compute_hazard(self, features: Floats, edges: Sequence[int]) -> Floats:
        """Compute the cumulative hazard up to some of the edges by all models; (N, edges)."""
        weeks, chosen = self.read(features), [self._edges.index(edge) for edge in edges]
        said = [model.compute_curve(model.compute_posterior(weeks)) for model in self.models_]
        return -np.log1p(-np.mean(said, axis=0)[:, chosen])

    def believe(self, features: Floats) -> Belief:
        """Compute how likely each wear of each model is, the models counting alike."""
        weeks = self.read(features)
        chances = [model.compute_posterior(weeks) for model in self.models_]
        risks = np.concatenate(
            [
                1 - np.prod(1 - model.hazards[:, : self._horizon + 1], axis=1)
                for model in self.models_
            ]
        )
        order = np.argsort(risks, kind="stable")
        together = np.concatenate(chances, axis=1) / len(self.models_)
        return Belief(risks[order], together[:, order])

    def compute_health_band(self, features: Floats, tail: float) -> Floats:
        """Compute how worn machines are: mean, and the wears that leave `tail` out; (N, 3).

        0 is new, 1 is as worn as at a breakdown.
        """
        model = self.models_[EXPERTS.index("by_all")]
        wear = model.compute_posterior(self.read(features))
        so_far = wear.cumsum(axis=1) - wear / 2
        bounds = [
            GRID[np.minimum((so_far < share).sum(1), len(GRID) - 1)] for share in (tail, 1 - tail)
        ]
        mean = wear @ GRID
        band = [mean, np.minimum(bounds[0], mean), np.maximum(bounds[1], mean)]
        return np.clip(np.column_stack(band), 0, 1)

    def compute_clock_log_odds(self, features: Floats) -> Floats:
        """Compute the log-odds that the clock alone would tell; (N, experts)."""
        weeks = self.read(features)
        said = [model.compute_curve(model.compute_prior(weeks)) for model in self.models_]
        return logit(np.column_stack([curve[:, self._horizon] for curve in said]))

    def compute_contributions(self, features: Floats, weights: Floats) -> Floats:
        """Compute what clock and metrics add to weighted log-odds; shape (N, columns + 1).

        What the clock tells stands in its column, what the types show beyond it in the first of
        theirs, and what the clock tells on the average in the last.
        """
        contributions = np.zeros((len(features), features.shape[1] + 1))
        said = np.clip(self.compute_log_odds(features), -LOG_ODDS_LIMIT, LOG_ODDS_LIMIT) @ weights
        of_clock = self.compute_clock_log_odds(features) @ weights
        contributions[:, -1] = self.usual_log_odds_ @ weights
        clock = -1 if self._clock is None else self._clock
        contributions[:, clock] += of_clock - self.usual_log_odds_ @ weights
        contributions[:, self._code[0]] = said - of_clock
        return contributions

    def _say(self, weeks: Weeks) -> Floats:
        said = [model.compute_curve(model.compute_posterior(weeks)) for model in self.models_]
        return logit(np.column_stack([curve[:, self._horizon] for curve in said]))


def can_fit(until: Floats, broke: Flags) -> bool:
    """Say whether mornings of machines are enough to fit on."""
    return len(until) >= FEWEST_MORNINGS and int(broke.sum()) >= FEWEST_BREAKDOWNS


def find_what_came(mornings: pd.DataFrame) -> tuple[Floats, Flags]:
    """Say for how many days each machine ran on, and whether a breakdown ended that.

    What comes after the newest label was mature is not known yet.

    Args:
        mornings: Columns as_of_date, label_mature_date, next_breakdown_at, next_planned_stop_at.
    """
    known_to = pd.to_datetime(mornings["label_mature_date"]).max()
    stops = mornings[[NEXT_BREAKDOWN, NEXT_PLANNED_STOP]].apply(pd.to_datetime)
    end = stops.min(axis=1).fillna(known_to).clip(upper=known_to)
    broke = (stops[NEXT_BREAKDOWN] <= end) & (stops[NEXT_BREAKDOWN] < known_to)
    days = (end - pd.to_datetime(mornings["as_of_date"])) / pd.Timedelta(days=1)
    return days.to_numpy(float), broke.to_numpy(bool)


def _place(knots: Floats, clock: Floats) -> tuple[Ints, Ints, Floats]:
    """Say whether there is a clock, which knot lies below it, and how far on the way it is."""
    has_clock = np.isfinite(clock)
    clock = np.clip(np.where(has_clock, clock, knots[0]), knots[0], knots[-1])
    low = np.clip(np.searchsorted(knots, clock, side="right") - 1, 0, len(knots) - 2)
    share = (clock - knots[low]) / (knots[low + 1] - knots[low])
    return has_clock.astype(int), low, share


def _prepare(weeks: Weeks, ahead: Ahead, knots: Floats) -> _Training:
    has_clock, low, share = _place(knots, weeks.clock)
    places = np.zeros((len(share), 2 * len(knots)))
    rows, column = np.arange(len(share)), has_clock * len(knots) + low
    places[rows, column], places[rows, column + 1] = 1 - share, share
    types = range(int(weeks.types.max(initial=-1)) + 1)
    found = [np.nonzero(weeks.types == kind) for kind in types]
    return _Training(weeks, ahead, places, [(rows, slots) for rows, slots in found])


def lay_out_ahead(until: Floats, broke: Flags, edges: Sequence[int]) -> Ahead:
    """Say in which intervals between edges machines were seen and broke down.

    Args:
        until: Days to the machine's next stop, or for how long none is known of; (N,).
        broke: Whether that was a breakdown; (N,).
        edges: Days, rising; the first interval begins with 0.
    """
    ends = np.array(edges, float)
    starts = np.concatenate([[0.0], ends[:-1]])
    came = broke[:, None] & (until[:, None] >= starts) & (until[:, None] < ends)
    return Ahead((came | (until[:, None] >= ends)).astype(float), came.astype(float))


def _guess(weeks: Weeks, until: Floats, broke: Flags) -> Floats:
    """A first guess of wear: the share of its life that a machine has behind it; (N, J)."""
    usual = max(float(np.median(until[broke])), 7.0) if broke.any() else 30.0
    has_clock = np.isfinite(weeks.clock)
    seen = weeks.clock[has_clock & broke]
    pace = float(np.median(seen)) if len(seen) else 1.0
    age = np.where(has_clock, weeks.clock / max(pace, EMPTY) * usual, usual / 2)
    left = np.where(broke, until, np.maximum(until, usual))
    share = np.clip(age / np.maximum(age + left, EMPTY), 0, 1.2)
    guess = np.exp(-0.5 * ((GRID - share[:, None]) / GUESS_WIDTH) ** 2)
    return guess / guess.sum(axis=1, keepdims=True)


def _fit_all(weeks: Weeks, ahead: Ahead, guess: Floats) -> list[WearModel]:
    """Fit the models in the order of `EXPERTS`, each going on where the one before came to."""
    begun = _begin(weeks, ahead)
    training = _prepare(weeks, ahead, begun.knots)
    by_life = begun
    for _ in range(LIFE_STEPS):
        by_life = _learn_responses(by_life, training, guess)
    by_life = _learn_chances(by_life, training, guess)
    by_all, wear = begun, guess
    for _ in range(ANCHORED_STEPS):
        by_all = _learn_responses(by_all, training, wear)
        wear = by_all.update(guess, weeks)
    by_all, wear = _climb(by_all, training, wear, steps=FREE_STEPS)
    by_breakdowns, _ = _climb(
        by_all, training, wear, steps=LAST_STEPS, event_weight=LAST_EVENT_WEIGHT
    )
    return [by_life, by_all, by_breakdowns]


def _climb(
    model: WearModel, training: _Training, wear: Floats, *, steps: int, event_weight: float = 1.0
) -> tuple[WearModel, Floats]:
    """Take steps from a model and what is known of wear, (N, J)."""
    for _ in range(steps):
        model = _learn_responses(_learn_chances(model, training, wear), training, wear)
        likelihood = _likelihood(model.hazards, training.ahead)
        wear = model.compute_posterior(training.weeks) * likelihood**event_weight
        wear = wear / wear.sum(axis=1, keepdims=True)
    return model, wear


def _learn_chances(model: WearModel, training: _Training, wear: Floats) -> WearModel:
    priors = _learn_priors(training.places, wear)
    return replace(model, priors=priors, hazards=_learn_hazards(wear, training.ahead))


def _without_empty_slots(weeks: Weeks) -> Weeks:
    most = max(int((weeks.types >= 0).any(axis=0).sum()), 1)
    return Weeks(weeks.types[:, :most], weeks.values[:, :most], weeks.noises[:, :most], weeks.clock)


def _begin(weeks: Weeks, ahead: Ahead) -> WearModel:
    """A model that knows what is normal, and nothing of wear."""
    types, channels = int(weeks.types.max(initial=0)) + 1, weeks.values.shape[2]
    centre = np.zeros((types, channels))
    for kind in range(types):
        for channel, values in enumerate(weeks.values[weeks.types == kind].T):
            if np.isfinite(values).any():
                centre[kind, channel] = np.nanmedian(values)
    clock = weeks.clock[np.isfinite(weeks.clock)]
    knots = np.unique(np.quantile(clock, np.linspace(0, 1, CLOCK_KNOTS))) if len(clock) else clock
    knots = knots if len(knots) > 1 else np.array([0.0, 1.0])
    return WearModel(
        centre=centre,
        slopes=np.zeros((types, channels, BASIS.shape[1])),
        shared=np.full(channels, 0.1),
        own=np.full(channels, 0.05),
        noise=np.ones(channels),
        priors=np.full((2, len(knots), len(GRID)), 1 / len(GRID)),
        knots=knots,
        hazards=np.full((len(GRID), ahead.came.shape[1]), 0.1),
    )


def _likelihood(hazards: Floats, ahead: Ahead) -> Floats:
    """How likely what came is for each wear; (N, J)."""
    log = ahead.came @ np.log(hazards.T) + (ahead.at_risk - ahead.came) @ np.log1p(-hazards.T)
    return np.exp(log)


def _learn_priors(places: Floats, wear: Floats) -> Floats:
    counts = (places.T @ wear).reshape(2, -1, len(GRID))
    pooled = counts.sum(axis=0)
    pooled = (pooled + EMPTY) / (pooled + EMPTY).sum(axis=1, keepdims=True)
    counts = _smooth(_smooth(counts + PRIOR_PULL * pooled, 2), 1)
    return counts / counts.sum(axis=2, keepdims=True)


def _learn_hazards(wear: Floats, ahead: Ahead) -> Floats:
    """Share of breakdowns by wear and interval, never falling with wear; (J, E)."""
    at_risk, came = wear.T @ ahead.at_risk, wear.T @ ahead.came
    of_all = ahead.came.sum(axis=0) / np.maximum(ahead.at_risk.sum(axis=0), 1)
    hazards = (_smooth(came, 0) + HAZARD_PULL * of_all) / (_smooth(at_risk, 0) + HAZARD_PULL)
    rising = [
        isotonic_regression(column, weights=weights + HAZARD_PULL).x
        for column, weights in zip(hazards.T, at_risk.T, strict=True)
    ]
    return np.clip(np.column_stack(rising), 1e-5, 0.95)


def _smooth(table: Floats, axis: int) -> Floats:
    """Let neighbours share a little."""
    moved = np.moveaxis(table, axis, -1)
    padded = np.concatenate([moved[..., :1], moved, moved[..., -1:]], axis=-1)
    mixed = 0.25 * padded[..., :-2] + 0.5 * moved + 0.25 * padded[..., 2:]
    return np.moveaxis(mixed, -1, axis)


@dataclass(frozen=True)
class _Gauge:
    """What is known of what all types of a week share, and of it together with wear.

    Attributes:
        mean: (N, C).
        with_wear: Mean of its product with each function of wear; (N, C, Q).
        square: Mean of its square; (N, C).
        is_seen: Whether any type had a value; (N, C).
    """

    mean: Floats
    with_wear: Floats
    square: Floats
    is_seen: Flags


def _find_gauge(evidence: Evidence, mean: Floats, square: Floats) -> _Gauge:
    shared = evidence.shared
    of_all = (evidence.weights * evidence.deviations).sum(axis=1)
    slopes = (evidence.weights[..., None] * evidence.slopes).sum(axis=1)
    moved = (slopes * mean[:, None]).sum(axis=2)
    moved_with_wear = (square[:, None] * slopes[:, :, None]).sum(axis=3)
    of_square = of_all**2 - 2 * of_all * moved + (slopes * moved_with_wear).sum(axis=2)
    return _Gauge(
        mean=shared * (of_all - moved),
        with_wear=shared[..., None] * (of_all[..., None] * mean[:, None] - moved_with_wear),
        square=shared + shared**2 * of_square,
        is_seen=evidence.weights.sum(axis=1) > 0,
    )


def _learn_responses(model: WearModel, training: _Training, wear: Floats) -> WearModel:
    """One step for normals, slopes and variances, given what is known of wear."""
    count = BASIS.shape[1]
    moments = np.ones((len(wear), count + 1, count + 1))
    moments[:, 0, 1:] = moments[:, 1:, 0] = wear @ BASIS
    moments[:, 1:, 1:] = (wear @ PRODUCTS.reshape(len(GRID), -1)).reshape(-1, count, count)
    evidence = model.weigh(training.weeks)
    gauge = _find_gauge(evidence, moments[:, 0, 1:], moments[:, 1:, 1:])
    seen = np.maximum(gauge.is_seen.sum(axis=0), 1)
    shared = np.maximum((gauge.square * gauge.is_seen).sum(axis=0) / seen, SMALLEST)
    centre, slopes = model.centre.copy(), model.slopes.copy()
    squares = np.zeros_like(evidence.weights)
    for kind, (rows, slots) in enumerate(training.rows_of_types):
        weights = evidence.weights[rows, slots]
        values = np.where(weights > 0, evidence.deviations[rows, slots] + centre[kind], 0.0)
        of_gauge = np.concatenate([gauge.mean[rows, :, None], gauge.with_wear[rows]], axis=2)
        solved = _regress(weights, values, of_gauge, moments[rows])
        centre[kind], slopes[kind] = solved[:, 0], solved[:, 1:]
        outer = (solved[:, :, None] * solved[:, None]).reshape(len(solved), -1)
        squares[rows, slots] = (
            values**2
            - 2 * values * (moments[rows, 0] @ solved.T + gauge.mean[rows])
            + moments[rows].reshape(len(rows), -1) @ outer.T
            + 2 * (of_gauge * solved).sum(axis=2)
            + gauge.square[rows]
        )
    own, noise = _learn_variances(model, evidence.weights, squares, training.weeks.noises)
    return replace(model, centre=centre, slopes=slopes, shared=shared, own=own, noise=noise)


def _regress(weights: Floats, values: Floats, of_gauge: Floats, moments: Floats) -> Floats:
    """Regress one type's values, the gauge taken off, on wear; (C, Q + 1), the normal first."""
    count = moments.shape[1]
    left = (weights.T @ moments.reshape(len(moments), -1)).reshape(-1, count, count)
    left += np.diag([EMPTY, *np.full(count - 1, SLOPE_PULL)])
    right = (weights * values).T @ moments[:, 0]
    right -= (weights[..., None] * of_gauge).sum(axis=0)
    left[:, 0, 0] += left[:, 0, 0] == EMPTY
    solved: Floats = np.linalg.solve(left, right[..., None])[..., 0].astype(float)
    return solved


def _learn_variances(
    model: WearModel, weights: Floats, squares: Floats, noises: Floats
) -> tuple[Floats, Floats]:
    """Split what is left into a type's own and its readings'; (C,) each."""
    own, noise = model.own.copy(), model.noise.copy()
    for channel in range(len(own)):
        is_known = weights[..., channel] > 0
        if not is_known.any():
            continue
        inputs = np.column_stack([np.ones(is_known.sum()), noises[..., channel][is_known]])
        heavy = inputs * weights[..., channel][is_known][:, None]
        target = squares[..., channel][is_known] * weights[..., channel][is_known]
        # The same least squares in two rows; what is added keeps equal noises apart.
        half = np.linalg.cholesky(heavy.T @ heavy + SMALLEST * np.eye(2))
        found = nnls(half.T, np.linalg.solve(half, heavy.T @ target))[0]
        own[channel], noise[channel] = np.maximum(found, SMALLEST)
    return own, noise
