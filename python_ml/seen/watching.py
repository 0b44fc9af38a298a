"""What is watched between trainings, as pages tell it: gauges that drift, facts that came late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from python_ml.seen.pages import records
from python_ml.seen.published import Published

NEWEST_LATE = 12


@dataclass(frozen=True)
class DriftingGauge:
    """A gauge with an alarm of drift on the plan's morning.

    Attributes:
        direction: `up` or `down`.
        since: The first morning in a row with the alarm.
    """

    machine_id: str
    kitchen_id: str
    metric: str
    direction: str
    since: date


def drifting_gauges(published: Published) -> tuple[DriftingGauge, ...]:
    """The gauges that drift on the plan's morning, those that have drifted longest first."""
    drift = published["rpt_drift_daily"]
    if drift.empty or published.plan_date is None:
        return ()
    today = drift[drift["is_alarm"] & (drift["as_of_date"] == pd.Timestamp(published.plan_date))]
    return tuple(
        DriftingGauge(
            row["machine_id"],
            row["kitchen_id"],
            row["metric"],
            row["direction"],
            row["drifting_since"].date(),
        )
        for row in records(today.sort_values(["drifting_since", "machine_id", "metric"]))
    )


def late_facts(published: Published) -> list[dict[str, Any]]:
    """What came late in ninety days, a row for each morning, kind and change, newest first."""
    late = published["rpt_late_truth"]
    if late.empty:
        return []
    summed = late.groupby(["noted_as_of_date", "source_table", "change"], as_index=False).agg(
        fact_count=("fact_id", "count"),
        machine_count=("machine_id", "nunique"),
        changed_row_share=("changed_row_share", "max"),
        is_retrain_worth=("is_retrain_worth", "max"),
    )
    order = ["noted_as_of_date", "source_table", "change"]
    newest = summed.sort_values(order, ascending=[False, True, True]).head(NEWEST_LATE)
    return records(newest)


def is_training_worth(late: Sequence[dict[str, Any]]) -> bool:
    """Whether what came late asks for a training."""
    return any(row["is_retrain_worth"] for row in late)
