"""What wear does to what a machine shows, type by type: weighed and learnt; pure.

Wear moves level, spread and last day of each metric, in a direction and shape that is learnt for
each type. A gauge that reads too high does so for all types of a week alike, so it is told from
wear by what the types do not share. Shapes: N mornings of machines, S types of a machine (its
slots), C channels (three for each metric), T types, J points of wear, Q functions of the wear of a
machine or, one after the other, of all its parts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

GRID = np.linspace(0, 1.5, 31)  # wear: 0 is new
BASIS = np.column_stack([GRID, np.maximum(GRID - 0.6, 0)])  # steady, and late alone
PRODUCTS = BASIS[:, :, None] * BASIS[:, None, :]
HALF_PRODUCTS = PRODUCTS / 2
FIRST_LATE = int(np.argmax(BASIS[:, 1] > 0))
SLOPE_PULL = 30.0  # how hard slopes are pulled to zero
WILDEST = 10.0  # spreads of a reading: what lies further off is no farther off
SMALLEST = 1e-4  # of a variance
EMPTY = 1e-12
LONG_AXIS = 8  # from there on NumPy sums several at once


@dataclass(frozen=True)
class Weeks:
    """Mornings of machines: what each of the machine's types showed, and the clock.

    Attributes:
        types: Index of the type in each slot, -1 for none; (N, S).
        values: Of each channel, in spreads of a reading, NaN where unknown; (N, S, C).
        noises: Variance of the value in units of a reading's; (N, S, C).
        clock: Work since the last stop, NaN where there was none; (N,).
        shown: What share of today's wear, of a machine or of each of its parts, levels and spreads
            of a week show, since most of it was less worn; (N, W).
    """

    types: Ints
    values: Floats
    noises: Floats
    clock: Floats
    shown: Floats

    def take(self, rows: slice) -> "Weeks":
        """Take some of the mornings."""
        kept = {name: values[rows] for name, values in vars(self).items()}
        return Weeks(**kept)

    @property
    def of_a_week(self) -> slice:
        """The channels that are of the whole week; the others are of its last day."""
        return slice(0, 2 * (self.values.shape[2] // 3))

    @property
    def shown_functions(self) -> Floats:
        """What share they show of each function of wear; (N, Q)."""
        return np.repeat(self.shown, BASIS.shape[1], axis=1)


# By type, the mornings and slots in which it stands.
RowsOfTypes = list[tuple[Ints, Ints]]


@dataclass(frozen=True)
class Evidence:
    """Weighted deviations of weeks from normal; W is the inverse of their covariance.

    Attributes:
        weights: Of each value alone; (N, S, C).
        deviations: From the normal of its type; (N, S, C).
        slopes: How wear moves it; (Q, N, S, C).
        shared: Variance of what all types of a week share, once they are known; (N, C).
    """

    weights: Floats
    deviations: Floats
    slopes: Floats
    shared: Floats

    def weigh(self, values: Floats) -> Floats:
        """Compute W times some values: what the types share is taken off; (N, S, C)."""
        weighted = self.weights * values
        return weighted - self.weights * (self.shared * add_up(weighted, axis=1))[:, None]

    def speak_of_wear(self) -> tuple[Floats, Floats]:
        """Compute what metrics say of the functions of wear.

        Returns:
            Vectors (N, Q) and matrices (N, Q, Q): with functions f the log-likelihood of what was
            seen is `vector @ f - f @ matrix @ f / 2` and a constant.
        """
        count = len(self.slopes)
        of_slopes = [self.weigh(slope) for slope in self.slopes]
        linear = np.stack([(part * self.deviations).sum((1, 2)) for part in of_slopes], axis=1)
        squares = np.empty((len(linear), count, count))
        for q in range(count):
            for p in range(count):
                squares[:, q, p] = (of_slopes[q] * self.slopes[p]).sum(axis=(1, 2))
        return linear, squares


@dataclass(frozen=True)
class Responses:
    """What weeks look like for a wear.

    Attributes:
        centre: Normal of each channel; (T, C).
        slopes: How wear moves it; (T, C, Q).
        shared: Variance of what a week's types share; (C,).
        own: Variance of a type's week beside its readings'; (C,).
        noise: Variance of readings, in units of `noises`; (C,).
    """

    centre: Floats
    slopes: Floats
    shared: Floats
    own: Floats
    noise: Floats

    def weigh(self, weeks: Weeks) -> Evidence:
        """Compare weeks with what is normal for their types."""
        types = np.maximum(weeks.types, 0)
        is_known = np.isfinite(weeks.values) & (weeks.types >= 0)[..., None]
        weights = np.where(is_known, 1 / (self.own + self.noise * weeks.noises), 0.0)
        deviations = np.where(is_known, weeks.values - self.centre[types], 0.0)
        deviations = np.clip(deviations, -WILDEST, WILDEST)
        shared = 1 / (1 / self.shared + add_up(weights, axis=1))
        by_function = np.ascontiguousarray(np.moveaxis(self.slopes, 2, 0))
        slopes = np.take(by_function, types, axis=1)
        slopes[..., weeks.of_a_week] *= weeks.shown_functions.T[:, :, None, None]
        return Evidence(weights, deviations, slopes, shared)

    def learn(
        self, weeks: Weeks, evidence: Evidence, rows_of_types: RowsOfTypes, moments: Floats
    ) -> Self:
        """One step for normals, slopes and variances, given what is known of wear.

        Args:
            weeks: Of mornings of machines.
            evidence: Of these weeks, as weighed so far.
            rows_of_types: Of each type, as of `find_rows_of_types`.
            moments: Means of products of 1 and the functions of wear; (N, Q + 1, Q + 1).
        """
        gauge = _find_gauge(evidence, moments[:, 0, 1:], moments[:, 1:, 1:])
        seen = np.maximum(gauge.is_seen.sum(axis=0), 1)
        shared = np.maximum((gauge.square * gauge.is_seen).sum(axis=0) / seen, SMALLEST)
        centre, slopes = self.centre.copy(), self.slopes.copy()
        squares = np.zeros_like(evidence.weights)
        views = _view_wear(weeks, gauge, moments)
        for kind, (rows, slots) in enumerate(rows_of_types):
            weights = evidence.weights[rows, slots]
            values = np.where(weights > 0, evidence.deviations[rows, slots] + centre[kind], 0.0)
            left = np.empty_like(values)
            for channels, of_gauges, wears in views:
                own, of_gauge, wear = values[:, channels], of_gauges[rows], wears[rows]
                solved = _regress(weights[:, channels], own, of_gauge, wear)
                centre[kind, channels], slopes[kind, channels] = solved[:, 0], solved[:, 1:]
                outer = (solved[:, :, None] * solved[:, None]).reshape(len(solved), -1)
                left[:, channels] = (
                    own**2
                    - 2 * own * (wear[:, 0] @ solved.T + of_gauge[..., 0])
                    + wear.reshape(len(rows), -1) @ outer.T
                    + 2 * add_up(of_gauge * solved, axis=2)
                )
            squares[rows, slots] = left + gauge.square[rows]
        own, noise = _learn_variances(self, evidence.weights, squares, weeks.noises)
        return replace(self, centre=centre, slopes=slopes, shared=shared, own=own, noise=noise)


def add_up(values: Floats, axis: int) -> Floats:
    """Sum along an axis: a short one part by part, which takes less and gives the same bits."""
    if values.shape[axis] >= LONG_AXIS:
        return values.sum(axis=axis)
    parts = np.moveaxis(values, axis, 0)
    total = parts[0].copy()
    for part in parts[1:]:
        total += part
    return total


def find_rows_of_types(weeks: Weeks) -> RowsOfTypes:
    """Find the mornings and slots in which each type stands."""
    types = range(int(weeks.types.max(initial=-1)) + 1)
    found = [np.nonzero(weeks.types == kind) for kind in types]
    return [(rows, slots) for rows, slots in found]


def begin_responses(weeks: Weeks, functions: int) -> Responses:
    """Know what is normal, and nothing of wear.

    Args:
        weeks: Of mornings of machines.
        functions: How many functions of wear there are.
    """
    types, channels = int(weeks.types.max(initial=0)) + 1, weeks.values.shape[2]
    centre = np.zeros((types, channels))
    for kind in range(types):
        for channel, values in enumerate(weeks.values[weeks.types == kind].T):
            if np.isfinite(values).any():
                centre[kind, channel] = np.nanmedian(values)
    return Responses(
        centre=centre,
        slopes=np.zeros((types, channels, functions)),
        shared=np.full(channels, 0.1),
        own=np.full(channels, 0.05),
        noise=np.ones(channels),
    )


def compute_moments(wears: Sequence[Floats]) -> Floats:
    """Compute the means of products of 1 and the functions of independent wears.

    Args:
        wears: Chances of each wear of a machine, or of each of its parts; (N, J) each.

    Returns:
        Shape (N, Q + 1, Q + 1).
    """
    count = BASIS.shape[1]
    first = np.concatenate([np.ones((len(wears[0]), 1)), *(wear @ BASIS for wear in wears)], axis=1)
    moments = first[:, :, None] * first[:, None, :]
    for number, wear in enumerate(wears):
        own = slice(1 + number * count, 1 + (number + 1) * count)
        moments[:, own, own] = (wear @ PRODUCTS.reshape(len(GRID), -1)).reshape(-1, count, count)
    return moments


def add_evidence(log: Floats, linear: Floats, squares: Floats) -> Floats:
    """Add what metrics say of one wear to the logarithm of what was known of it.

    Args:
        log: How likely each wear is, up to a constant; (N, J).
        linear: As of `Evidence.speak_of_wear`, of this wear's functions; (N, 2).
        squares: The same; (N, 2, 2).

    Returns:
        Chances of each wear; (N, J).
    """
    log, count = log + linear @ BASIS.T, BASIS.shape[1]
    for q in range(count):
        for p in range(count):
            # Where wear is small the late function is 0 and so are its products.
            first = 0 if q == p == 0 else FIRST_LATE
            log[:, first:] -= squares[:, q, p, None] * HALF_PRODUCTS[first:, q, p]
    log -= log.max(axis=1, keepdims=True)
    chances = np.exp(log, out=log)
    chances /= chances.sum(axis=1, keepdims=True)
    return chances


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
    of_all = add_up(evidence.weights * evidence.deviations, axis=1)
    moving = [add_up(evidence.weights * slope, axis=1) for slope in evidence.slopes]
    slopes = np.stack(moving, axis=2)
    moved = add_up(slopes * mean[:, None], axis=2)
    moved_with_wear = add_up(square[:, None] * slopes[:, :, None], axis=3)
    of_square = of_all**2 - 2 * of_all * moved + add_up(slopes * moved_with_wear, axis=2)
    return _Gauge(
        mean=shared * (of_all - moved),
        with_wear=shared[..., None] * (of_all[..., None] * mean[:, None] - moved_with_wear),
        square=shared + shared**2 * of_square,
        is_seen=add_up(evidence.weights, axis=1) > 0,
    )


def _view_wear(weeks: Weeks, gauge: _Gauge, moments: Floats) -> list[tuple[slice, Floats, Floats]]:
    """Say what channels of a week and of its last day saw of wear.

    Returns:
        Channels; means of the gauge and of its products with what they saw, (N, channels, Q + 1);
        means of products of 1 and what they saw, (N, Q + 1, Q + 1).
    """
    shown = np.column_stack([np.ones(len(moments)), weeks.shown_functions])
    of_gauge = np.concatenate([gauge.mean[..., None], gauge.with_wear], axis=2)
    week, last_day = weeks.of_a_week, slice(weeks.of_a_week.stop, None)
    of_a_week = moments * shown[:, :, None] * shown[:, None]
    return [
        (week, of_gauge[:, week] * shown[:, None], of_a_week),
        (last_day, of_gauge[:, last_day], moments),
    ]


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
    responses: Responses, weights: Floats, squares: Floats, noises: Floats
) -> tuple[Floats, Floats]:
    """Split what is left into a type's own and its readings'; (C,) each."""
    own, noise = responses.own.copy(), responses.noise.copy()
    by_channel = (
        np.moveaxis(each, 2, 0).reshape(len(own), -1) for each in (weights, squares, noises)
    )
    for channel, (weight, square, of_readings) in enumerate(zip(*by_channel, strict=True)):
        is_known = weight > 0
        if not is_known.any():
            continue
        weight = weight[is_known]
        inputs = np.column_stack([np.ones(len(weight)), of_readings[is_known]])
        heavy = inputs * weight[:, None]
        target = square[is_known] * weight
        # The same least squares in two rows; what is added keeps equal noises apart.
        half = np.linalg.cholesky(heavy.T @ heavy + SMALLEST * np.eye(2))
        found = nnls(half.T, np.linalg.solve(half, heavy.T @ target))[0]
        own[channel], noise[channel] = np.maximum(found, SMALLEST)
    return own, noise
