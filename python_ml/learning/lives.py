"""Lives of machines and parts: what clocks and events say of wear, and wear of breakdowns; pure.

The clock tells how much wear to expect, and the wear how soon there is a breakdown; what was
stopped before is known to have lived that long, no more. Shapes: N mornings, J points of wear, E
intervals of time ahead, K knots of the clock.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.optimize import isotonic_regression

from python_ml.learning.columns import NEXT_BREAKDOWN, NEXT_PLANNED_STOP
from python_ml.learning.responses import EMPTY, GRID, Flags, Floats, Ints

CLOCK_KNOTS = 12
PRIOR_PULL = 30.0  # mornings that pull what a knot says towards its neighbours and all
HAZARD_PULL = 3.0  # mornings that pull a hazard towards that of all
HAZARD_KNOTS = 6  # of the clock: what wore as much in less time goes on to wear faster
CLOCK_PULL = 20.0  # mornings that pull the hazard at a knot towards that of all clocks
GUESS_WIDTH = 0.2
CENTURY = 36_525.0  # days
EVENT_WEIGHT = 2.0  # in last steps what came counts that much more than what was measured


Rows = Ints | slice


@dataclass(frozen=True)
class Ahead:
    """What came after mornings, in the intervals between the edges; (N, E).

    Attributes:
        at_risk: Whether the machine was seen in it, up to its end or to its breakdown.
        came: Whether it broke down in it.
    """

    at_risk: Floats
    came: Floats

    def take(self, rows: slice) -> "Ahead":
        """Take some of the mornings."""
        return Ahead(self.at_risk[rows], self.came[rows])


@dataclass(frozen=True)
class Places:
    """Where clocks lie between knots.

    Attributes:
        knots: Of the clock; (K,).
        shares: Of the two knots next to each clock, without and with a clock; (N, 2 * K).
    """

    knots: Floats
    shares: Floats


@dataclass(frozen=True)
class Lives:
    """Lives as they stood in the mornings of a fit, laid out once for all its steps.

    Attributes:
        places: Of clocks, for what they say of wear.
        hazard_places: Of clocks, for hazards.
        ahead: What came.
    """

    places: Places
    hazard_places: Places
    ahead: Ahead

    def take(self, rows: slice) -> "Lives":
        """Take some of the mornings, the knots being those of all."""
        places, hazard_places = (
            replace(each, shares=each.shares[rows]) for each in (self.places, self.hazard_places)
        )
        return Lives(places, hazard_places, self.ahead.take(rows))


@dataclass(frozen=True)
class Chances:
    """What a clock says of wear, and wear and clock of breakdowns.

    Attributes:
        priors: Chances of each wear without and with a clock, by its knots; (2, K, J).
        knots: Of the clock; (K,).
        hazards: Of a breakdown between the edges, for those that came so far, without and with a
            clock, by its hazard knots; (2, H, J, E).
        hazard_knots: Of the clock; (H,).
    """

    priors: Floats
    knots: Floats
    hazards: Floats
    hazard_knots: Floats

    def expect(self, clock: Floats) -> Floats:
        """Compute what the clock says of wear; (N, J)."""
        has_clock, low, share = _place(self.knots, clock)
        of_low = self.priors[has_clock, low] * (1 - share)[:, None]
        return of_low + self.priors[has_clock, low + 1] * share[:, None]

    def compute_survival(self, wear: Floats, clock: Floats) -> Floats:
        """Compute the chance of no breakdown up to each edge from chances of wear; (N, E)."""
        # All rows at once: BLAS may round the same row another way among fewer.
        return self._mix(
            clock, lambda hazards, rows: (wear @ np.cumprod(1 - hazards, axis=1))[rows]
        )

    def compute_risks(self, clock: Floats, edge: int) -> Floats:
        """Compute the chance of a breakdown up to one edge for each wear; (N, J)."""
        return self._mix(clock, lambda hazards, _: 1 - np.prod(1 - hazards[:, : edge + 1], axis=1))

    def compute_log_likelihood(self, lives: Lives) -> Floats:
        """Compute the logarithm of how likely what came is for each wear; (N, J).

        Args:
            lives: Those that these chances were learnt from.
        """
        ahead = lives.ahead
        calm = ahead.at_risk - ahead.came
        return self._mix_by(
            lives.hazard_places.shares,
            lambda hazards, rows: (
                ahead.came[rows] @ np.log(hazards.T) + calm[rows] @ np.log1p(-hazards.T)
            ),
        )

    def _mix(self, clock: Floats, say: Callable[[Floats, Rows], Floats]) -> Floats:
        """Say by the hazards, (J, E), of the two knots of each clock, as near as it is to each.

        What is said is asked of a knot's hazards and of the rows of the clocks next to it.
        """
        if self.hazards.ndim == 2:  # of before hazards knew the clock
            said = say(self.hazards, slice(None))
            return said if said.ndim == 2 else np.tile(said, (len(clock), 1))
        return self._mix_by(_spread_over_knots(self.hazard_knots, clock), say)

    def _mix_by(self, shares: Floats, say: Callable[[Floats, Rows], Floats]) -> Floats:
        """The same by the shares of knots, (N, 2 * H)."""
        tables = self.hazards.reshape(-1, *self.hazards.shape[2:])
        near = [np.flatnonzero(share) for share in shares.T]
        said = [
            (rows, share[rows, None] * say(table, rows))
            for rows, share, table in zip(near, shares.T, tables, strict=True)
            if len(rows) or not len(shares)
        ]
        mixed = np.zeros((len(shares), said[0][1].shape[1]))
        for rows, part in said:
            mixed[rows] += part
        return mixed


def lay_out_lives(clock: Floats, until: Floats, broke: Flags, edges: Sequence[int]) -> Lives:
    """Lay out mornings of lives for a fit.

    Args:
        clock: NaN where there is none; (N,).
        until: As of `lay_out_ahead`, as what follows.
        broke: Whether a breakdown came.
        edges: Days, rising.
    """
    places, hazard_places = _place_clocks(clock, CLOCK_KNOTS), _place_clocks(clock, HAZARD_KNOTS)
    return Lives(places, hazard_places, lay_out_ahead(until, broke, edges))


def learn_chances(lives: Lives, wear: Floats) -> Chances:
    """Learn what clocks say and what wear does, given what is known of wear, (N, J)."""
    places, hazard_places = lives.places, lives.hazard_places
    priors = _learn_priors(places.shares, wear)
    hazards = _learn_hazards(wear, lives.ahead, hazard_places.shares)
    return Chances(priors, places.knots, hazards, hazard_places.knots)


def guess_wear(clock: Floats, until: Floats, broke: Flags) -> Floats:
    """A first guess of wear: the share of its life that a machine has behind it; (N, J)."""
    usual = max(float(np.median(until[broke])), 7.0) if broke.any() else 30.0
    has_clock = np.isfinite(clock)
    seen = clock[has_clock & broke]
    pace = float(np.median(seen)) if len(seen) else 1.0
    age = np.where(has_clock, clock / max(pace, EMPTY) * usual, usual / 2)
    left = np.where(broke, until, np.maximum(until, usual))
    share = np.clip(age / np.maximum(age + left, EMPTY), 0, 1.2)
    guess = np.exp(-0.5 * ((GRID - share[:, None]) / GUESS_WIDTH) ** 2)
    return guess / guess.sum(axis=1, keepdims=True)


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


def find_services(mornings: pd.DataFrame, clocks: Sequence[str]) -> pd.DataFrame:
    """Find when parts were serviced, as their clocks tell.

    Args:
        mornings: Columns machine_id, as_of_date and the clocks; grain: machine_id, as_of_date.
        clocks: Days since each part was serviced; what is longer than a century tells of nothing.

    Returns:
        Columns machine_id, at, part (the clock's number, from 0); oldest first.
    """
    as_of = pd.to_datetime(mornings["as_of_date"])
    parts = []
    for number, clock in enumerate(clocks):
        days = mornings[clock].astype(float)
        ago = pd.to_timedelta(days.where(days.abs() < CENTURY), unit="D")
        parts.append(mornings[["machine_id"]].assign(at=as_of - ago, part=number).dropna())
    services = pd.concat(parts)
    rounded = services["at"].dt.round("s").astype("datetime64[us]")
    return services.assign(at=rounded).drop_duplicates().sort_values(["at", "machine_id", "part"])


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


def _place_clocks(clock: Floats, count: int) -> Places:
    """Lay knots where clocks are, and share each clock between its two."""
    known = clock[np.isfinite(clock)]
    knots = np.unique(np.quantile(known, np.linspace(0, 1, count))) if len(known) else known
    knots = knots if len(knots) > 1 else np.array([0.0, 1.0])
    return Places(knots, _spread_over_knots(knots, clock))


def _spread_over_knots(knots: Floats, clock: Floats) -> Floats:
    """Share each clock between its two knots, those without a clock on their own; (N, 2 * K)."""
    has_clock, low, share = _place(knots, clock)
    places = np.zeros((len(share), 2 * len(knots)))
    rows, column = np.arange(len(share)), has_clock * len(knots) + low
    places[rows, column], places[rows, column + 1] = 1 - share, share
    return places


def _place(knots: Floats, clock: Floats) -> tuple[Ints, Ints, Floats]:
    """Say whether there is a clock, which knot lies below it, and how far on the way it is."""
    has_clock = np.isfinite(clock)
    clock = np.clip(np.where(has_clock, clock, knots[0]), knots[0], knots[-1])
    low = np.clip(np.searchsorted(knots, clock, side="right") - 1, 0, len(knots) - 2)
    share = (clock - knots[low]) / (knots[low + 1] - knots[low])
    return has_clock.astype(int), low, share


def _learn_priors(shares: Floats, wear: Floats) -> Floats:
    counts = (shares.T @ wear).reshape(2, -1, len(GRID))
    pooled = counts.sum(axis=0)
    pooled = (pooled + EMPTY) / (pooled + EMPTY).sum(axis=1, keepdims=True)
    counts = _smooth(_smooth(counts + PRIOR_PULL * pooled, 2), 1)
    return counts / counts.sum(axis=2, keepdims=True)


def _learn_hazards(wear: Floats, ahead: Ahead, shares: Floats) -> Floats:
    """Share of breakdowns by clock, wear and interval, never falling with wear; (2, H, J, E)."""
    of_all = ahead.came.sum(axis=0) / np.maximum(ahead.at_risk.sum(axis=0), 1)
    pooled = _rise(wear, ahead, of_all, HAZARD_PULL)
    # Mornings all with a clock, or all without, leave the other knots as they are without any.
    nowhere = _rise(wear[:0], ahead.take(slice(0)), pooled, CLOCK_PULL)
    knots = [
        _rise(wear * share[:, None], ahead, pooled, CLOCK_PULL) if share.any() else nowhere
        for share in shares.T
    ]
    return np.stack(knots).reshape(2, -1, *pooled.shape)


def _rise(wear: Floats, ahead: Ahead, towards: Floats, pull: float) -> Floats:
    """Share of breakdowns by wear and interval, never falling with wear; (J, E)."""
    at_risk, came = wear.T @ ahead.at_risk, wear.T @ ahead.came
    hazards = (_smooth(came, 0) + pull * towards) / (_smooth(at_risk, 0) + pull)
    rising = [
        isotonic_regression(column, weights=weights + pull).x
        for column, weights in zip(hazards.T, at_risk.T, strict=True)
    ]
    return np.clip(np.column_stack(rising), 1e-5, 0.95)


def _smooth(table: Floats, axis: int) -> Floats:
    """Let neighbours share a little."""
    moved = np.moveaxis(table, axis, -1)
    padded = np.concatenate([moved[..., :1], moved, moved[..., -1:]], axis=-1)
    mixed = 0.25 * padded[..., :-2] + 0.5 * moved + 0.25 * padded[..., 2:]
    return np.moveaxis(mixed, -1, axis)
