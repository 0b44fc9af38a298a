"""The wear expert: one hidden wear of each machine behind all that its types show; pure.

Each machine has a wear that nobody sees. What it does to what the machine measures stands in
`responses`, what clocks and events say of it in `lives`; `parts` has a wear for each part of a
machine instead.

All of it is fitted by expectation maximisation of the likelihood of weeks and of what came after
them; each step is a sum, a table or a small regression. Shapes: N mornings of machines, S types of
a machine (its slots), C channels (three for each metric), T types, J points of wear, Q functions
of it, E intervals of time ahead, K knots of the clock, P parts.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import logit

from python_ml.learning.columns import TYPE_SLOTS, part_clocks_of, type_column
from python_ml.learning.lives import (
    EVENT_WEIGHT,
    Chances,
    Lives,
    guess_wear,
    lay_out_lives,
    learn_chances,
)
from python_ml.learning.parts import PartsLives, PartsModel, fit_parts
from python_ml.learning.responses import (
    BASIS,
    EMPTY,
    GRID,
    Evidence,
    Flags,
    Floats,
    Responses,
    RowsOfTypes,
    Weeks,
    add_evidence,
    begin_responses,
    compute_moments,
    find_rows_of_types,
)

# Days within which a breakdown comes; from one to the next the hazard of a wear is the same.
EDGES = (1, 3, 7, 14, 28)
# Three models of one fleet, for the blend to weigh. What wear is can be said by the share of its
# life that a machine turned out to have behind it; or by what explains most of all that was seen,
# begun from there; or by that with what came counting more than what was measured.
EXPERTS = ("by_life", "by_all", "by_breakdowns")
BY_PARTS = "by_parts"  # a fourth where the log names the parts that were serviced
LIFE_STEPS, ANCHORED_STEPS, FREE_STEPS, WHOLE_STEPS, LAST_STEPS = 3, 5, 5, 2, 3
MORNINGS_MAX = 12_000  # of one fit; neighbouring mornings tell the same
VALUES_MAX = 150_000  # mornings times channels
# The first steps get about as far with so many of them, and parts cost as much again each.
FIRST_MORNINGS = PARTS_MORNINGS = 3_000
ROWS_AT_ONCE = 20_000
FEWEST_BREAKDOWNS = 10  # mornings of machines that a breakdown followed, to fit on
FEWEST_MORNINGS = 200
DAY_SHARE = 6.0  # a day's mean minus the week's varies by that much of a week's mean of readings
WEEK, DAY = 7.0, 1.0  # in days
# Days since what a week shows on the mean; half a day less than half, as services leave some wear.
AGE_OF_WEEK = 3.0
LOG_ODDS_LIMIT = 12.0  # an expert surer than that has seen too little


@dataclass(frozen=True)
class _Training:
    """What a model is fitted to.

    Attributes:
        weeks: Of mornings of machines.
        lives: Their clocks, and what came after them.
        rows_of_types: By type, the mornings and slots in which it stands.
    """

    weeks: Weeks
    lives: Lives
    rows_of_types: RowsOfTypes

    def take(self, rows: slice) -> "_Training":
        """Take some of the mornings."""
        weeks = self.weeks.take(rows)
        return _Training(weeks, self.lives.take(rows), find_rows_of_types(weeks))


@dataclass(frozen=True)
class WearModel(Responses, Chances):
    """A fitted model of wear; see the module."""

    def compute_prior(self, weeks: Weeks) -> Floats:
        """Compute what the clock says of wear; (N, J)."""
        return self.expect(weeks.clock)

    def compute_posterior(self, weeks: Weeks) -> Floats:
        """Compute what clock and metrics say of wear; (N, J)."""
        return self.update(self.compute_prior(weeks), self.weigh(weeks))

    def update(self, wear: Floats, evidence: Evidence) -> Floats:
        """Add what metrics say to what is known of wear; (N, J)."""
        return add_evidence(np.log(wear + EMPTY), *evidence.speak_of_wear())

    def compute_curve(self, wear: Floats, clock: Floats) -> Floats:
        """Compute the chance of a breakdown up to each edge from chances of wear; (N, E)."""
        return 1 - self.compute_survival(wear, clock)


@dataclass(frozen=True)
class Belief:
    """How likely each wear is, and how dangerous it is; A wears of all models, the safest first.

    Attributes:
        risks: Of a breakdown within the horizon; (N, A).
        chances: Of each wear; (N, A).
    """

    risks: Floats
    chances: Floats


class WearExpert:
    """Reads a machine's week and clocks out of the columns, and tells how soon it breaks down.

    Args:
        columns: All feature columns, in the order of the inputs.
        metrics: The metrics.
        horizon_days: How far the labels look ahead.
    """

    parts_: PartsModel | None = None  # no expert of before there were parts has any
    _since_stop: int | None = None  # where it is not looked at: in experts of before it was
    _ages_weeks = False  # nor did they ask how old a week's means are

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
        self._since_stop = place.get("days_since_last_stop")
        self._ages_weeks = True
        self._part_clocks = [place[clock] for clock in part_clocks_of(columns)]

    @property
    def names(self) -> tuple[str, ...]:
        """Name the experts whose log-odds stand side by side."""
        return EXPERTS if self.parts_ is None else (*EXPERTS, BY_PARTS)

    def without_parts(self) -> "WearExpert":
        """The same without the one that looks at parts."""
        expert = copy(self)
        expert.parts_, expert.usual_log_odds_ = None, self.usual_log_odds_[: len(EXPERTS)]
        return expert

    @property
    def _channels(self) -> int:
        return 3 * self._metrics

    def fit(
        self, features: Floats, until: Floats, broke: Flags, parts: PartsLives | None = None
    ) -> "WearExpert":
        """Fit to mornings of machines and what came after them.

        Args:
            features: One row for each machine and morning, oldest first; (N, columns).
            until: Days to the machine's next stop, or for how long none is known of; (N,).
            broke: Whether that was a breakdown; (N,).
            parts: The same of its parts, if the log names enough of them.
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
        weeks = _without_empty_slots(self.read_since_stops(features))
        lives = lay_out_lives(weeks.clock, until, broke, self._edges)
        self.models_ = _fit_all(weeks, lives, guess_wear(weeks.clock, until, broke))
        if parts is not None:
            every = _thin_out(len(features), PARTS_MORNINGS)
            clocks, parts = features[every, self._part_clocks], parts.take(chosen[every])
            weeks = self._show_parts(weeks, features, parts.until.shape[1]).take(every)
            self.parts_ = fit_parts(weeks, clocks, parts, self._edges)
        self.usual_log_odds_ = self.compute_clock_log_odds(features).mean(axis=0)
        if self.parts_ is not None:
            self.usual_hazards_ = self._compute_clock_hazards(self.parts_, features).mean(axis=0)
            self.usual_log_odds_[-1] = logit(-np.expm1(-self.usual_hazards_.sum()))
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
        return Weeks(types, scaled, noises, clock, np.ones((len(features), 1)))

    def read_since_stops(self, features: Floats) -> Weeks:
        """The same, without what was measured before a machine's last stop.

        Its wear is taken to have begun there: of today's, what a week shows on the mean is less.
        """
        weeks = self.read(features)
        if self._since_stop is None:
            return weeks
        days = features[:, self._since_stop]
        weeks = _forget_before_stops(weeks, days)
        if self._ages_weeks:
            weeks = replace(weeks, shown=_find_shown(days[:, None], days))
        return weeks

    def _show_parts(self, weeks: Weeks, features: Floats, count: int) -> Weeks:
        """Say how much weeks show of the wear of each of some parts, which began at its service."""
        if self._since_stop is None:
            return replace(weeks, shown=np.ones((len(features), count)))
        clocks = features[:, self._part_clocks[:count]]
        return replace(weeks, shown=_find_shown(clocks, features[:, self._since_stop]))

    def compute_log_odds(self, features: Floats) -> Floats:
        """Compute the log-odds of a breakdown within the horizon; (N, experts)."""
        if not len(features):
            return np.empty((0, len(self.names)))
        return self.look_ahead(features, ())[0]

    def look_ahead(self, features: Floats, edges: Sequence[int]) -> tuple[Floats, Floats]:
        """Compute `compute_log_odds` and `compute_hazard` in one look; (N, experts), (N, edges)."""
        parts = [
            self._look_ahead(features[start : start + ROWS_AT_ONCE], edges)
            for start in range(0, len(features), ROWS_AT_ONCE)
        ]
        log_odds, hazards = zip(*parts, strict=True)
        return np.concatenate(log_odds), np.concatenate(hazards)

    def compute_health(self, features: Floats) -> tuple[Floats, Floats]:
        """Compute the wear that is seen and the one that the clock alone would tell; (N,) each."""
        weeks, model = self.read_since_stops(features), self.models_[EXPERTS.index("by_all")]
        return model.compute_posterior(weeks) @ GRID, model.compute_prior(weeks) @ GRID

    def compute_hazard(self, features: Floats, edges: Sequence[int]) -> Floats:
        """Compute the cumulative hazard up to some of the edges by all models; (N, edges)."""
        return self._look_ahead(features, edges)[1]

    def believe(self, features: Floats) -> Belief:
        """Compute how likely each wear of each model is, the models counting alike."""
        weeks = self.read_since_stops(features)
        chances = [model.compute_posterior(weeks) for model in self.models_]
        risks = [model.compute_risks(weeks.clock, self._horizon) for model in self.models_]
        of_all = np.concatenate(risks, axis=1)
        order = np.argsort(of_all, axis=1, kind="stable")
        together = np.concatenate(chances, axis=1) / len(self.models_)
        return Belief(*(np.take_along_axis(each, order, axis=1) for each in (of_all, together)))

    def compute_health_band(self, features: Floats, tail: float) -> Floats:
        """Compute how worn machines are: mean, and the wears that leave `tail` out; (N, 3).

        0 is new, 1 is as worn as at a breakdown.
        """
        model = self.models_[EXPERTS.index("by_all")]
        wear = model.compute_posterior(self.read_since_stops(features))
        so_far = wear.cumsum(axis=1) - wear / 2
        bounds = [
            GRID[np.minimum((so_far < share).sum(1), len(GRID) - 1)] for share in (tail, 1 - tail)
        ]
        mean = wear @ GRID
        band = [mean, np.minimum(bounds[0], mean), np.maximum(bounds[1], mean)]
        return np.clip(np.column_stack(band), 0, 1)

    def compute_clock_log_odds(self, features: Floats) -> Floats:
        """Compute the log-odds that the clocks alone would tell; (N, experts)."""
        weeks = self.read(features)
        said = [
            model.compute_curve(model.compute_prior(weeks), weeks.clock) for model in self.models_
        ]
        if self.parts_ is not None:
            clocks = features[:, self._part_clocks]
            said.append(self.parts_.compute_curve(self.parts_.expect(clocks), clocks))
        return logit(np.column_stack([curve[:, self._horizon] for curve in said]))

    def compute_contributions(self, features: Floats, weights: Floats) -> Floats:
        """Compute what each column adds to weighted log-odds; shape (N, columns + 1).

        What a clock tells stands in its column, what the types show beyond it in the first of
        theirs, and what the clocks tell on the average in the last.
        """
        contributions = np.zeros((len(features), features.shape[1] + 1))
        said = np.clip(self.compute_log_odds(features), -LOG_ODDS_LIMIT, LOG_ODDS_LIMIT) @ weights
        of_clocks, count = self.compute_clock_log_odds(features), len(self.models_)
        of_machine = (of_clocks - self.usual_log_odds_)[:, :count] @ weights[:count]
        contributions[:, -1] = self.usual_log_odds_ @ weights
        clock = -1 if self._clock is None else self._clock
        contributions[:, clock] += of_machine
        if self.parts_ is not None:
            moved = self._compute_clock_moves(self.parts_, features)
            contributions[:, self._part_clocks[: moved.shape[1]]] += weights[count] * moved
        contributions[:, self._code[0]] = said - of_clocks @ weights
        return contributions

    def _compute_clock_moves(self, parts: PartsModel, features: Floats) -> Floats:
        """Compute what each part's clock adds to their log-odds, one after the other; (N, P)."""
        hazards = self._compute_clock_hazards(parts, features)
        usual = np.broadcast_to(self.usual_hazards_, hazards.shape)
        known = [
            np.concatenate([hazards[:, :number], usual[:, number:]], axis=1).sum(axis=1)
            for number in range(hazards.shape[1] + 1)
        ]
        return np.diff(logit(-np.expm1(-np.column_stack(known))), axis=1)

    def _compute_clock_hazards(self, parts: PartsModel, features: Floats) -> Floats:
        """Compute each part's hazard within the horizon, by its clock alone; (N, P)."""
        clocks = features[:, self._part_clocks]
        return parts.compute_hazards(parts.expect(clocks), clocks)[..., self._horizon]

    def _look_ahead(self, features: Floats, edges: Sequence[int]) -> tuple[Floats, Floats]:
        curves = self._compute_curves(features)
        log_odds = logit(np.column_stack([curve[:, self._horizon] for curve in curves]))
        chosen = [self._edges.index(edge) for edge in edges]
        return log_odds, -np.log1p(-np.mean(curves, axis=0)[:, chosen])

    def _compute_curves(self, features: Floats) -> list[Floats]:
        """Compute the chance of a breakdown up to each edge by each expert; (N, E) each."""
        weeks = self.read_since_stops(features)
        curves = [
            model.compute_curve(model.compute_posterior(weeks), weeks.clock)
            for model in self.models_
        ]
        if self.parts_ is not None:
            clocks = features[:, self._part_clocks]
            weeks = self._show_parts(weeks, features, len(self.parts_.chances))
            wears = self.parts_.compute_posterior(weeks, clocks)
            curves.append(self.parts_.compute_curve(wears, clocks))
        return curves


def _forget_before_stops(weeks: Weeks, days: Floats) -> Weeks:
    """Keep of a week with a stop in it the last day, and nothing if the stop was on that day.

    Means and spreads of such a week are half of another wear: of what was there before the stop.

    Args:
        weeks: Level, spread and last day of each metric, one after the other.
        days: Since the last stop, NaN where there was none; (N,).
    """
    is_mixed = days < WEEK
    values, noises = weeks.values.copy(), weeks.noises.copy()
    level, spread, last = np.split(values, 3, axis=2)
    level[is_mixed] += last[is_mixed]
    spread[is_mixed] = last[is_mixed] = level[days < DAY] = np.nan
    level_noise, _, last_noise = np.split(noises, 3, axis=2)
    level_noise[is_mixed] = last_noise[is_mixed] * (DAY_SHARE + 1) / DAY_SHARE
    return replace(weeks, values=values, noises=noises)


def _find_shown(clocks: Floats, days: Floats) -> Floats:
    """Find what share of today's wears a week's means show, if wear began at the clocks' zero.

    Args:
        clocks: Days since each wear began; (N, W).
        days: Since the machine's last stop, after which alone weeks count; (N,).
    """
    shown = 1 - AGE_OF_WEEK / np.maximum(clocks, WEEK)
    return np.where(np.isnan(clocks) | (days < WEEK)[:, None], 1.0, shown)


def can_fit(until: Floats, broke: Flags) -> bool:
    """Say whether mornings of machines are enough to fit on."""
    return len(until) >= FEWEST_MORNINGS and int(broke.sum()) >= FEWEST_BREAKDOWNS


def _fit_all(weeks: Weeks, lives: Lives, guess: Floats) -> list[WearModel]:
    """Fit the models in the order of `EXPERTS`, each going on where the one before came to.

    What explains most of all is sought on a part of the mornings before it is on all.
    """
    training = _Training(weeks, lives, find_rows_of_types(weeks))
    begun = _begin(training, guess)
    by_life = begun
    for _ in range(LIFE_STEPS):
        by_life = _learn_responses(by_life, by_life.weigh(weeks), training, guess)
    by_life = _learn_chances(by_life, training, guess)
    every = _thin_out(len(guess), FIRST_MORNINGS)
    some, guess = training.take(every), guess[every]
    by_all, wear, evidence = begun, guess, begun.weigh(some.weeks)
    for _ in range(ANCHORED_STEPS):
        by_all = _learn_responses(by_all, evidence, some, wear)
        evidence = by_all.weigh(some.weeks)
        wear = by_all.update(guess, evidence)
    by_all = _climb(_Found(by_all, wear, evidence), some, steps=FREE_STEPS).model
    evidence = by_all.weigh(weeks)
    found = _Found(by_all, _find_wear(by_all, training, evidence), evidence)
    found = _climb(found, training, steps=WHOLE_STEPS)
    last = _climb(found, training, steps=LAST_STEPS, event_weight=EVENT_WEIGHT)
    return [by_life, found.model, last.model]


def _thin_out(count: int, most: int) -> slice:
    """Choose every second, third … of some mornings, so that at most `most` are left."""
    return slice(None, None, -(-count // most))


def _begin(training: _Training, guess: Floats) -> WearModel:
    """A model that knows what is normal, and of wear what is guessed."""
    responses = begin_responses(training.weeks, BASIS.shape[1])
    return WearModel(**vars(responses), **vars(learn_chances(training.lives, guess)))


@dataclass(frozen=True)
class _Found:
    """How far a fit has come.

    Attributes:
        model: The model.
        wear: What is known of wear; (N, J).
        evidence: What the weeks showed, as the model weighs it.
    """

    model: WearModel
    wear: Floats
    evidence: Evidence


def _climb(found: _Found, training: _Training, *, steps: int, event_weight: float = 1.0) -> _Found:
    """Take steps from what was found."""
    for _ in range(steps):
        model = _learn_chances(found.model, training, found.wear)
        model = _learn_responses(model, found.evidence, training, found.wear)
        evidence = model.weigh(training.weeks)
        found = _Found(model, _find_wear(model, training, evidence, event_weight), evidence)
    return found


def _find_wear(
    model: WearModel, training: _Training, evidence: Evidence, event_weight: float = 1.0
) -> Floats:
    """Compute what clocks, metrics and what came say of wear; (N, J)."""
    likelihood = np.exp(model.compute_log_likelihood(training.lives))
    wear = model.update(model.compute_prior(training.weeks), evidence) * likelihood**event_weight
    found: Floats = wear / wear.sum(axis=1, keepdims=True)
    return found


def _learn_responses(
    model: WearModel, evidence: Evidence, training: _Training, wear: Floats
) -> WearModel:
    moments = compute_moments([wear])
    return model.learn(training.weeks, evidence, training.rows_of_types, moments)


def _learn_chances(model: WearModel, training: _Training, wear: Floats) -> WearModel:
    return replace(model, **vars(learn_chances(training.lives, wear)))


def _without_empty_slots(weeks: Weeks) -> Weeks:
    most = max(int((weeks.types >= 0).any(axis=0).sum()), 1)
    kept = {name: getattr(weeks, name)[:, :most] for name in ("types", "values", "noises")}
    return replace(weeks, **kept)
