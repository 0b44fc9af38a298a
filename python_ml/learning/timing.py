"""When a machine breaks down: its risk up to each of the days ahead, and how sure that is; pure.

A model says how likely a breakdown is within the horizon. How that risk lies over the days comes
from the hazards of the wear expert, which tells a machine that is worn out from one that soon will
be; without it, each day is taken to be as dangerous as any other.

How sure a probability is comes from the wear, too: clock and metrics leave open how worn the
machine is, and for each wear the risk is another one. What few breakdowns leave in doubt of how
high all risks are comes on top. Shapes: N mornings, E edges, A wears of all models.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

from python_ml.learning.lives import lay_out_ahead
from python_ml.learning.wear import Belief

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

DAYS = 14
COVERAGE = 0.8  # of the intervals
USUAL_TAIL = (1 - COVERAGE) / 2
# Shares of the likely wears that an interval leaves out below and above. More than a tenth, since
# what few breakdowns leave in doubt comes on top. Chosen on the bench's worlds and the demo's
# fleets of even seeds, whose hazard is known.
LOWER_TAIL, UPPER_TAIL = 0.16, 0.14
# How many standard deviations of a risk's level come on top: more than a normal's, since all else
# that is fitted to as few breakdowns is in doubt as well. Chosen on the same worlds, whole and cut.
DOUBT_WIDTH = 2.85
DOUBT_PULL = 3.0  # how hard the level is held, in breakdowns
NORMAL_TAIL = 1.2816  # standard deviations that leave out as much on either side
SHAPE_PULL = 20.0  # how hard shapes are pulled to the wear expert's, in breakdowns
LEAST_RISK = 1e-9
BISECTIONS = 40


@dataclass(frozen=True)
class Timing:
    """What was learnt of the days ahead, on mornings that the experts had not seen.

    Attributes:
        horizon_days: How far the model's probabilities look ahead.
        edges: Days between which a hazard is the same; the last one is at least `DAYS`.
        weights: Of each interval: its level, how it bends with the risk, and how far it follows the
            wear expert; (E, 3).
        doubt: Covariance of scale and shift of what is said, by the lives that it was learnt on;
            (2, 2). None for models of before that was asked.
    """

    horizon_days: int
    edges: tuple[int, ...]
    weights: Floats
    doubt: Floats | None = None


@dataclass(frozen=True)
class Mornings:
    """Mornings that the experts had not seen, and what came after them.

    Attributes:
        said: Log-odds of a breakdown within the horizon; (N,).
        until: Days to the machine's next stop, or for how long none is known of; (N,).
        broke: Whether that was a breakdown; (N,).
        lives: Number of the life between two stops in which each morning lies; (N,).
        hazard: Cumulative hazards at the edges by the wear expert, if there is one; (N, E).
    """

    said: Floats
    until: Floats
    broke: Flags
    lives: Ints
    hazard: Floats | None = None


def day_edges(horizon_days: int) -> tuple[int, ...]:
    """Say between which days a hazard is taken to be the same."""
    return tuple(sorted({1, 3, 7, DAYS, horizon_days}))


def fit_timing(mornings: Mornings, horizon_days: int) -> Timing:
    """Learn how risks lie over the days, and how much doubt there is of their level."""
    edges = day_edges(horizon_days)
    inputs, offsets = _lay_out(expit(mornings.said), mornings.hazard, edges, horizon_days)
    ahead = lay_out_ahead(mornings.until, mornings.broke, edges)
    weights = [
        _fit_interval(inputs[:, day], offsets[:, day], ahead.at_risk[:, day], ahead.came[:, day])
        for day in range(len(edges))
    ]
    return Timing(horizon_days, edges, np.array(weights), _find_doubt(mornings, horizon_days))


def shape_risk(timing: Timing, said: Floats, hazard: Floats | None) -> Floats:
    """Compute the risk up to the end of each of the days ahead; (N, `DAYS`).

    It never falls, and at the horizon it is what was said.

    Args:
        timing: What was learnt of the days ahead.
        said: Probabilities of a breakdown within the horizon; (N,).
        hazard: As of `Mornings`.
    """
    inputs, offsets = _lay_out(said, hazard, timing.edges, timing.horizon_days)
    cumulative = np.exp(offsets + (inputs * timing.weights).sum(axis=2)).cumsum(axis=1)
    of_horizon = cumulative[:, timing.edges.index(timing.horizon_days)]
    cumulative *= (_hazard_of(said) / of_horizon)[:, None]
    return _fill_days(cumulative, timing.edges, said, timing.horizon_days)


def spread_evenly(said: Floats, horizon_days: int) -> Floats:
    """Compute the same with all days as dangerous as each other; (N, `DAYS`)."""
    return _fill_days(_hazard_of(said)[:, None], (horizon_days,), said, horizon_days)


def bound_by_wear(
    belief: Belief,
    said: Floats,
    doubt: Floats | None = None,
    tails: tuple[float, float] = (LOWER_TAIL, UPPER_TAIL),
) -> Floats:
    """Compute between which probabilities the right one lies, by what wears are likely; (N, 2).

    The risks of the wears are shifted in log-odds so that their mean is what was said; the doubt of
    `Timing` widens the interval.
    """
    risks = logit(np.clip(belief.risks, LEAST_RISK, 1 - LEAST_RISK))
    low, high = np.full(len(said), -20.0), np.full(len(said), 20.0)
    for _ in range(BISECTIONS):
        shift = (low + high) / 2
        is_low = (belief.chances * expit(risks + shift[:, None])).sum(axis=1) < said
        low, high = np.where(is_low, shift, low), np.where(is_low, high, shift)
    middles = belief.chances.cumsum(axis=1) - belief.chances / 2
    level = logit(np.clip(said, LEAST_RISK, 1 - LEAST_RISK))
    ends = [_find_quantile(middles, risks, share) + shift for share in (tails[0], 1 - tails[1])]
    widths = np.maximum(np.column_stack([level - ends[0], ends[1] - level]), 0)
    if doubt is not None:
        inputs = np.column_stack([level, np.ones(len(level))])
        of_level = np.sqrt(np.einsum("ni,ij,nj->n", inputs, doubt, inputs).clip(0))
        widths = np.hypot(widths, DOUBT_WIDTH * of_level[:, None])
    return _around(said, expit(level[:, None] + widths * np.array([-1, 1])))


def bound_by_experts(log_odds: Floats, said: Floats) -> Floats:
    """Compute the same by how far the experts, (N, experts), are from each other; (N, 2)."""
    width = NORMAL_TAIL * log_odds.std(axis=1)
    middle = logit(np.clip(said, LEAST_RISK, 1 - LEAST_RISK))
    return _around(said, expit(np.column_stack([middle - width, middle + width])))


def _find_doubt(mornings: Mornings, horizon_days: int) -> Floats:
    """Find how well scale and shift of what is said are known: a covariance, (2, 2).

    Neighbouring mornings tell of the same breakdown, so lives count, not mornings.
    """
    came = mornings.broke & (mornings.until < horizon_days)
    is_known = came | (mornings.until >= horizon_days)
    inputs = np.column_stack([mornings.said, np.ones(len(came))])[is_known]
    said = expit(mornings.said[is_known])
    bend = (inputs.T * (said * (1 - said))) @ inputs + DOUBT_PULL * np.eye(2)
    slopes = np.zeros((int(mornings.lives.max(initial=0)) + 1, 2))
    np.add.at(slopes, mornings.lives[is_known], inputs * (said - came[is_known])[:, None])
    inverse = np.linalg.inv(bend)
    return inverse @ (slopes.T @ slopes) @ inverse


def _hazard_of(risk: Floats) -> Floats:
    return -np.log1p(-np.clip(risk, LEAST_RISK, 1 - LEAST_RISK))


def _lay_out(
    said: Floats, hazard: Floats | None, edges: Sequence[int], horizon_days: int
) -> tuple[Floats, Floats]:
    """Lay out what an interval's log hazard is made of: inputs (N, E, 3) and offsets (N, E)."""
    log_hazard = np.log(_hazard_of(said))[:, None]
    lengths = np.log(np.diff(edges, prepend=0) / horizon_days)
    offsets = log_hazard + lengths
    follows = np.zeros_like(offsets)
    if hazard is not None:
        parts = np.diff(hazard, axis=1, prepend=0.0) / hazard[:, [edges.index(horizon_days)]]
        follows = np.log(np.maximum(parts, LEAST_RISK)) - lengths
    ones = np.ones_like(offsets)
    return np.stack([ones, (log_hazard + 3) * ones, follows], axis=2), offsets


def _fit_interval(inputs: Floats, offsets: Floats, at_risk: Floats, came: Floats) -> Floats:
    """Fit one interval's weights by the likelihood of what came in it; (3,)."""
    towards = np.array([0.0, 0.0, 1.0])

    def loss(weights: Floats) -> tuple[float, Floats]:
        hazard = np.exp(np.minimum(offsets + inputs @ weights, 5.0))
        gone = np.maximum(-np.expm1(-hazard), LEAST_RISK)
        pull = weights - towards
        value = ((at_risk - came) * hazard - came * np.log(gone)).sum()
        slope = (at_risk - came) * hazard - came * hazard * (1 - gone) / gone
        return value + SHAPE_PULL / 2 * pull @ pull, inputs.T @ slope + SHAPE_PULL * pull

    return minimize(loss, towards, jac=True, method="L-BFGS-B").x


def _fill_days(cumulative: Floats, edges: Sequence[int], said: Floats, horizon_days: int) -> Floats:
    """Fill in the days between and after edges as dangerous as the interval that they lie in."""
    days = np.arange(1, DAYS + 1)
    starts = np.concatenate([[0.0], edges])
    hazard = np.column_stack([np.zeros(len(cumulative)), cumulative])
    place = np.clip(np.searchsorted(starts, days) - 1, 0, len(edges) - 1)
    share = (days - starts[place]) / (starts[place + 1] - starts[place])
    filled = hazard[:, place] + share * (hazard[:, place + 1] - hazard[:, place])
    curve = np.clip(-np.expm1(-filled), 0, 1)
    # To the bit what was said, whatever became of it on the way.
    curve[:, days < horizon_days] = np.minimum(curve[:, days < horizon_days], said[:, None])
    curve[:, days == horizon_days] = said[:, None]
    curve[:, days > horizon_days] = np.maximum(curve[:, days > horizon_days], said[:, None])
    return curve


def _find_quantile(middles: Floats, values: Floats, share: float) -> Floats:
    """Find the value up to which a share of the chances lies, between the atoms' middles; (N,)."""
    rows = np.arange(len(middles))
    right = np.clip((middles < share).sum(axis=1), 1, middles.shape[1] - 1)
    left, width = middles[rows, right - 1], middles[rows, right] - middles[rows, right - 1]
    part = np.clip((share - left) / np.maximum(width, LEAST_RISK), 0, 1)
    low, high = values[rows, right - 1], values[rows, right]
    return low + part * (high - low)


def _around(said: Floats, bounds: Floats) -> Floats:
    return np.column_stack([np.minimum(bounds[:, 0], said), np.maximum(bounds[:, 1], said)])
