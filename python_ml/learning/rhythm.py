"""The rhythm of visits: how many days lie between services, or a multiple of it; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from python_ml.learning.columns import day_clocks_of
from python_ml.learning.lives import find_services

PERIODS = range(2, 61)  # days
FEWEST_SERVICES = 30  # that followed another one of the same clock
STEADINESS = 0.5  # of a rhythm: 1 where every service keeps it, 0 where they come at any time


@dataclass(frozen=True)
class Rhythm:
    """A rhythm that services keep.

    Attributes:
        days: From visit to visit.
        clocks: Where among features the clocks stand that count days since services.
    """

    days: int
    clocks: tuple[int, ...]

    def compute_phases(self, features: np.ndarray) -> np.ndarray:
        """Compute how many days after a visit each clock stands; shape (rows, clocks)."""
        return np.mod(features[:, list(self.clocks)], self.days)


def find_rhythm(mornings: pd.DataFrame, columns: Sequence[str]) -> Rhythm | None:
    """Find the longest rhythm that most services keep; None if there is none.

    Services are told by clocks: that of a morning says when the last one was.

    Args:
        mornings: Grain machine_id, as_of_date.
        columns: The features, clocks among them or not.
    """
    clocks = day_clocks_of(columns)
    if not clocks:
        return None
    of_clocks = find_services(mornings, clocks).groupby(["machine_id", "part"])["at"]
    gaps = (of_clocks.diff().dropna() / pd.Timedelta(days=1)).to_numpy()
    if len(gaps) < FEWEST_SERVICES:
        return None
    steadiness = np.array([np.cos(2 * np.pi * gaps / days).mean() for days in PERIODS])
    # Next to a rhythm lie days that are nearly one, and short gaps nearly keep any long one.
    is_peak = (steadiness[1:-1] >= steadiness[:-2]) & (steadiness[1:-1] >= steadiness[2:])
    found = np.flatnonzero(is_peak & (steadiness[1:-1] >= STEADINESS))
    if not len(found):
        return None
    return Rhythm(PERIODS[found[-1] + 1], tuple(map([*columns].index, clocks)))
