"""The feature list: once, here; the fitted model records it in its signature."""

import hashlib
from collections.abc import Sequence

KEYS = ("machine_id", "arepa_type", "as_of_date")
LABEL = "has_breakdown"

MACHINE_WORDS = {
    "reading_count_7d": "readings",
    "batch_count_7d": "batches",
    "hour_count_7d": "hours cooked",
    "day_count_7d": "days cooked",
    "faulty_reading_ratio_7d": "share of unreliable readings",
    "days_since_last_stop": "time since the last stop",
    "batch_count_since_last_stop": "batches since the last stop",
}
STATISTIC_WORDS = {
    "mean_7d": "level",
    "std_7d": "spread",
    "min_7d": "lowest reading",
    "max_7d": "highest reading",
    "slope_7d": "trend",
    "mean_1d": "level of the last day",
    "last_day_delta_7d": "last day against the week",
}


def feature_columns(metrics: Sequence[str]) -> tuple[str, ...]:
    """Name the feature columns of the marts, in the order in which models take them."""
    of_metrics = [f"{metric}_{statistic}" for metric in metrics for statistic in STATISTIC_WORDS]
    return (*MACHINE_WORDS, *of_metrics)


def feature_hash(columns: Sequence[str]) -> str:
    """Fingerprint a feature list: twelve hexadecimal digits."""
    return hashlib.sha256("\n".join(columns).encode()).hexdigest()[:12]


def describe_feature(column: str) -> str:
    """Say a feature's name in words that a kitchen worker reads."""
    if column in MACHINE_WORDS:
        return MACHINE_WORDS[column]
    metric, _, statistic = column.partition("_")[2].partition("_")
    return f"metric {metric} {STATISTIC_WORDS[statistic]}"
