"""What decisions would have cost: the same rule for every policy, on mornings that were."""

import numpy as np
import pandas as pd

BREAKDOWN_COST, STOP_COST = 10.0, 1.0
BREAK_EVEN = STOP_COST / BREAKDOWN_COST


def compute_cost(
    rows: pd.DataFrame, wants_stop: np.ndarray, starts: set[tuple[str, pd.Timestamp]], days: int
) -> float:
    """Add up planned stops and the breakdowns that none of them came before.

    A stop averts what would have begun within the horizon, and lasts as long.

    Args:
        rows: machine_id and as_of_date; grain: both.
        wants_stop: Whether the policy would stop the machine that morning.
        starts: Machine and day of each breakdown.
        days: The horizon.
    """
    cost = 0.0
    mornings = rows.assign(wants_stop=wants_stop).sort_values(["machine_id", "as_of_date"])
    for machine, of_machine in mornings.groupby("machine_id"):
        covered_until = pd.Timestamp.min
        for morning, wants in zip(of_machine["as_of_date"], of_machine["wants_stop"], strict=True):
            if morning < covered_until:
                continue
            if wants:
                cost += STOP_COST
                covered_until = morning + pd.Timedelta(days=days)
            elif (machine, morning) in starts:
                cost += BREAKDOWN_COST
    return cost


def compute_best_calendar(
    rows: pd.DataFrame, starts: set[tuple[str, pd.Timestamp]], days: int
) -> float:
    """The cost of stopping at a fixed age, at the best age in hindsight."""
    ages = range(7, 64, 4)
    return min(
        compute_cost(rows, (rows["days_since_last_stop"] >= age).to_numpy(), starts, days)
        for age in ages
    )
