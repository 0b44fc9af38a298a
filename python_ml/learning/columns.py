"""The feature list: once, here; the fitted model records it in its signature."""

import hashlib
import re
from collections.abc import Sequence

from python_ml.metric_names import NO_NAMES, MetricNames

KEYS = ("machine_id", "arepa_type", "as_of_date")
LABEL = "has_breakdown"
NEXT_BREAKDOWN, NEXT_PLANNED_STOP = "next_breakdown_at", "next_planned_stop_at"

PART_CLOCKS = tuple(f"days_since_part_{number}_service" for number in range(1, 5))
MACHINE_WORDS = {
    "reading_count_7d": "readings",
    "batch_count_7d": "batches",
    "hour_count_7d": "hours cooked",
    "day_count_7d": "days cooked",
    "faulty_reading_ratio_7d": "share of unreliable readings",
    "days_since_last_stop": "days since the last stop",
    "batch_count_since_last_stop": "batches since the last stop",
    **{
        clock: f"days since part {number} was serviced"
        for number, clock in enumerate(PART_CLOCKS, start=1)
    },
}
LAST_STOP_CLOCK = "days_since_last_stop"
CALENDAR_CLOCKS = (LAST_STOP_CLOCK, "batch_count_since_last_stop")
CLOCKS = (*CALENDAR_CLOCKS, *PART_CLOCKS)
LEVELS = ("mean_7d", "mean_1d")
# The machine's busiest types of the week, side by side: what the wear expert looks at.
TYPE_SLOTS = range(1, 7)
TYPE_STATISTICS = ("mean_7d", "std_7d", "last_day_delta_7d")
WEAR = "machine_wear"
WEAR_WORDS = "wear of the machine by all its types"
STATISTIC_WORDS = {
    "mean_7d": "level",
    "std_7d": "spread of the readings",
    "min_7d": "lowest reading",
    "max_7d": "highest reading",
    "slope_7d": "trend",
    "mean_1d": "level of the last day",
    "mean_1d_before": "level of the day before the last",
    "last_day_delta_7d": "last day against the week",
}


def feature_columns(metrics: Sequence[str]) -> tuple[str, ...]:
    """Name the features of a machine and type, in the order in which models take them."""
    of_metrics = [f"{metric}_{statistic}" for metric in metrics for statistic in STATISTIC_WORDS]
    return (*MACHINE_WORDS, *of_metrics)


def type_column(slot: int, told: str) -> str:
    """Name the column of what is told of the machine's n-th type."""
    return f"type_{slot}_{told}"


def type_columns(metrics: Sequence[str]) -> tuple[str, ...]:
    """Name the columns of the machine's types, side by side."""
    of_metrics = [f"{metric}_{statistic}" for metric in metrics for statistic in TYPE_STATISTICS]
    told = ("code", "readings_7d", *of_metrics)
    return tuple(type_column(slot, what) for slot in TYPE_SLOTS for what in told)


def model_columns(metrics: Sequence[str]) -> tuple[str, ...]:
    """Name all inputs of a model, in their order: the type's features, then the machine's types."""
    return (*feature_columns(metrics), *type_columns(metrics))


def part_clocks_of(columns: Sequence[str]) -> tuple[str, ...]:
    """Name the clocks of parts among columns, in their order, by which parts are numbered."""
    return tuple(clock for clock in PART_CLOCKS if clock in columns)


def day_clocks_of(columns: Sequence[str]) -> tuple[str, ...]:
    """Name the clocks among columns that count days since a service, in their order."""
    return tuple(column for column in columns if column in (LAST_STOP_CLOCK, *PART_CLOCKS))


def metrics_of(columns: Sequence[str]) -> tuple[str, ...]:
    """Name the metrics that feature columns tell of, in their order."""
    own = [column for column in columns if not is_type_column(column)]
    return tuple(name.removesuffix("_mean_7d") for name in own if name.endswith("_mean_7d"))


def is_type_column(column: str) -> bool:
    """Say whether a column tells of one of the machine's types, not of the row's own."""
    return re.match(r"type_\d+_", column) is not None


def feature_hash(columns: Sequence[str]) -> str:
    """Fingerprint a feature list: twelve hexadecimal digits."""
    return hashlib.sha256("\n".join(columns).encode()).hexdigest()[:12]


def split_metric(column: str) -> tuple[str | None, str]:
    """Split a feature's name into its metric, if it is of one, and what is told of it.

    What is told of the machine's types side by side is its wear.
    """
    if column in MACHINE_WORDS or column == WEAR:
        return None, column
    if is_type_column(column):
        return None, WEAR
    # No statistic ends in another one, so whatever a metric is called, one fits.
    statistic = next(told for told in STATISTIC_WORDS if column.endswith(f"_{told}"))
    return column.removesuffix(f"_{statistic}"), statistic


def is_clock_or_level(column: str) -> bool:
    """Say whether a feature tells how long ago something was, or where a metric stands."""
    metric, told = split_metric(column)
    return told in (CLOCKS if metric is None else LEVELS)


def describe_feature(column: str, names: MetricNames = NO_NAMES) -> str:
    """Say a feature's name in words that a kitchen worker reads."""
    metric, statistic = split_metric(column)
    if metric is None:
        return WEAR_WORDS if statistic == WEAR else MACHINE_WORDS[column]
    return f"{names[metric].name} {STATISTIC_WORDS[statistic]}"
