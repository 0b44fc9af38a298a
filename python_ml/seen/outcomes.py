"""What became of past decisions, as pages and mails tell it; no input or output."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from python_ml.seen.pages import records
from python_ml.seen.published import Published

NEWEST_STOPS = 20
MONTHS = 12
# Nine times in ten the sum lies within so many deviations, as in rpt_savings_monthly.
DEVIATIONS = 1.645


@dataclass(frozen=True)
class StopsMade:
    """The newest stops that a plan asked for and a kitchen made.

    Attributes:
        saving: What they saved together, in the currency of the costs; it lies between `lower` and
            `upper` nine times in ten.
    """

    count: int
    fault_found: int
    nothing_found: int
    saving: float
    lower: float
    upper: float


def stops_made(published: Published, *, kitchen_id: str | None = None) -> StopsMade | None:
    """Sum up the newest stops, of one kitchen or of all; None where none was made yet."""
    outcomes = published["rpt_outcomes_daily"]
    if outcomes.empty:
        return None
    stops = outcomes[outcomes["is_counted_stop"]]
    if kitchen_id is not None:
        stops = stops[stops["kitchen_id"] == kitchen_id]
    stops = stops.sort_values(["stopped_at", "machine_id"]).tail(NEWEST_STOPS)
    if stops.empty:
        return None
    saving = math.fsum(stops["saving"])
    variance = math.fsum(stops["saving_variance"]) + _luck_variance(outcomes, stops, kitchen_id)
    margin = DEVIATIONS * math.sqrt(variance)
    return StopsMade(
        count=len(stops),
        fault_found=int((stops["outcome"] == "stopped_fault_found").sum()),
        nothing_found=int((stops["outcome"] == "stopped_nothing_found").sum()),
        saving=saving,
        lower=saving - margin,
        upper=saving + margin,
    )


def _luck_variance(outcomes: pd.DataFrame, stops: pd.DataFrame, kitchen_id: str | None) -> float:
    """The luck of the breakdowns that came meanwhile, each twice, as in rpt_savings_monthly."""
    breakdowns = outcomes.dropna(subset="breakdown_at").drop_duplicates(
        ["machine_id", "breakdown_at"]
    )
    if kitchen_id is not None:
        breakdowns = breakdowns[breakdowns["kitchen_id"] == kitchen_id]
    is_meanwhile = breakdowns["breakdown_at"].between(
        stops["stopped_at"].min(), stops["stopped_at"].max()
    )
    return 2 * math.fsum(breakdowns.loc[is_meanwhile, "breakdown_cost"] ** 2)


def savings_by_month(published: Published) -> list[dict[str, Any]]:
    """What the stops of all kitchens saved, a row a month, the newest first."""
    savings = published["rpt_savings_monthly"]
    if savings.empty:
        return []
    of_all = savings[savings["kitchen_id"] == "all"]
    return records(of_all.sort_values("month", ascending=False).head(MONTHS))


def is_first_of_month(published: Published) -> bool:
    """Whether the newest plan is its month's first one: then a digest looks back."""
    newest = published.plan_date
    if newest is None or newest != published.as_of:
        return False
    days = published["rpt_maintenance_plan_daily"]["as_of_date"]
    return bool((days >= pd.Timestamp(newest.replace(day=1))).sum() == (days == days.max()).sum())


def outcomes_by_day(outcomes: pd.DataFrame) -> Mapping[date, str]:
    """Name what became of one machine's mornings."""
    if outcomes.empty:
        return {}
    days = (day.date() for day in outcomes["as_of_date"])
    return dict(zip(days, outcomes["outcome"], strict=True))
