"""When a gauge has drifted: its statistic, and thresholds under a budget of false alarms; pure.

Shapes: D days, G gauges (a machine's metric each).
"""

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

# As in rpt_drift_daily: the newest days against those before them.
NEWEST_DAYS, EARLIER_DAYS = 6, 21
FEWEST_NEWEST, FEWEST_EARLIER = 3, 10
BLOCK_DAYS = 30
# Once it has begun, an alarm lasts above this share of the threshold.
KEEPS_ABOVE = 0.75
# So few days say nothing of how much a gauge moves by itself.
FEWEST_DAYS = 90


def compute_weights(levels: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
    """How much of each gauge's level the machine's other metrics explain; 0 where there are none.

    What wears a machine moves several metrics at once: taking that away leaves the gauge's own.

    Args:
        levels: Levels in deviations from the usual; shape (D, G).
        others: Mean level of the same machine's other metrics; shape (D, G).
    """
    explained = (levels * others).mean() / (others * others).mean().replace(0, np.nan)
    return explained.fillna(0.0)


def compute_statistics(levels: pd.DataFrame) -> pd.DataFrame:
    """Mean of the newest days less that of the days before; shape (D, G), one row a day.

    Args:
        levels: What the other metrics do not explain; the index holds every day.
    """
    newest = levels.rolling(NEWEST_DAYS, min_periods=FEWEST_NEWEST).mean()
    earlier = levels.rolling(EARLIER_DAYS, min_periods=FEWEST_EARLIER).mean()
    return newest - earlier.shift(NEWEST_DAYS)


def find_alarms(statistics: pd.DataFrame, thresholds: pd.Series) -> pd.DataFrame:
    """Whether each gauge alarms on each day; shape (D, G).

    An alarm begins above the threshold and lasts until the statistic is below three quarters of it,
    so that a gauge at its threshold does not alarm again and again.
    """
    heights = statistics.abs() / thresholds.reindex(statistics.columns)
    states = pd.DataFrame(np.nan, statistics.index, statistics.columns)
    states = states.mask(heights > 1, 1.0).mask(~(heights > KEEPS_ABOVE), 0.0)
    return states.ffill().fillna(0.0).astype(bool)


def choose_thresholds(statistics: pd.DataFrame, *, alarms_per_month: float) -> pd.Series:
    """Choose each gauge's threshold from its own history, by gauge.

    Each month of the fleet is put together from blocks of thirty days, one of each gauge, all
    equally likely: the thresholds let so many of them alarm on average. In a gauge's own deviations
    all have the same. Each half of the history is measured by the deviations of the other one, or
    what is not known of a gauge would come on top. Gauges with less than ninety days are left out.
    """
    known = statistics.loc[:, statistics.notna().sum() >= FEWEST_DAYS]
    deviations = known.std()
    known = known.loc[:, deviations > 0]
    if known.empty:
        return pd.Series(dtype=float)
    middle = len(known) // 2
    halves = (known.iloc[:middle], known.iloc[middle:])
    heights = [
        _block_maxima((half / other.std().replace(0, np.nan)).abs().to_numpy())
        for half, other in (halves, halves[::-1])
    ]
    limit = _tail_value(np.concatenate(heights), alarms_per_month)
    return limit * deviations[known.columns]


def _block_maxima(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The highest value of each block of days; shape (blocks, G), NaN without any."""
    filled = np.where(np.isnan(values), -np.inf, values)
    highest = sliding_window_view(filled, BLOCK_DAYS, axis=0).max(axis=-1)
    return np.where(np.isinf(highest), np.nan, highest)


def _tail_value(heights: NDArray[np.float64], expected: float) -> float:
    """The value that so many gauges' blocks exceed on average, a block of each drawn at random."""
    counts = np.sum(~np.isnan(heights), axis=0)
    weights = np.broadcast_to(1 / np.maximum(counts, 1), heights.shape)[~np.isnan(heights)]
    ordered = np.argsort(-heights[~np.isnan(heights)], kind="stable")
    exceeding = np.cumsum(weights[ordered])
    place = min(int(np.searchsorted(exceeding, expected)), len(ordered) - 1)
    return float(heights[~np.isnan(heights)][ordered[place]])
