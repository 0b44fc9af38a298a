"""What drift is told against: levels and thresholds of the training's window, in schema `ml`."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from python_ml.decisions.drift import choose_thresholds, compute_statistics, compute_weights
from python_ml.engines.warehouse import Warehouse
from python_ml.settings import Settings

KEYS = ["machine_id", "arepa_type", "metric"]
DAYS = """
select machine_id, arepa_type, measured_date, reading_count, {means}
from core.fct_machine_metrics_daily
where
    reading_count > 0
    and measured_date >= $first and measured_date < $as_of
    and list_contains($phases, phase)
order by machine_id, arepa_type, measured_date
"""


def replace_drift_references(warehouse: Warehouse, settings: Settings, *, as_of: date) -> None:
    """Fit levels and thresholds on the training's window, and put them in place of those before."""
    references = fit_references(
        _read_days(warehouse, settings, as_of),
        alarms_per_month=settings.monitoring.false_drift_alarms_per_month,
    )
    with warehouse.transaction():
        warehouse.execute("delete from ml.drift_references")
        warehouse.append("ml.drift_references", references.assign(fitted_as_of_date=as_of))


def fit_references(days: pd.DataFrame, *, alarms_per_month: float) -> pd.DataFrame:
    """Fit what `rpt_drift_daily` compares with; grain: machine_id, arepa_type, metric.

    Args:
        days: Columns machine_id, arepa_type, metric, measured_date, reading_count, mean; grain: the
            first four.
        alarms_per_month: How many false alarms the fleet may raise in thirty days on average.
    """
    references = (
        days.groupby(KEYS)["mean"].agg(usual_level="mean", usual_deviation="std").reset_index()
    )
    if not (references["usual_deviation"] > 0).any():
        return references.assign(other_weight=0.0, threshold=np.nan)
    levels, others = pool(days.merge(references, on=KEYS))
    weights = compute_weights(levels, others)
    statistics = compute_statistics(levels - weights * others.fillna(0.0))
    thresholds = choose_thresholds(statistics, alarms_per_month=alarms_per_month)
    gauges = pd.DataFrame({"other_weight": weights, "threshold": thresholds})
    gauges.index.names = KEYS[::2]
    references = references.merge(gauges.reset_index(), on=KEYS[::2], how="left")
    return references.fillna({"other_weight": 0.0})


def pool(days: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each day's level of each gauge over its arepa types, and that of the machine's others.

    Both of shape (days, gauges), with every day between the first and the last.
    """
    deviation = (days["mean"] - days["usual_level"]) / days["usual_deviation"].replace(0, None)
    known = days.assign(level=deviation).dropna(subset="level")
    weighted = known["level"] * known["reading_count"]
    by_day = [known["measured_date"], known["machine_id"], known["metric"]]
    levels = weighted.groupby(by_day).sum() / known["reading_count"].groupby(by_day).sum()
    machines = levels.groupby(level=[0, 1])
    others = (machines.transform("sum") - levels) / (machines.transform("count") - 1).replace(
        0, None
    )
    return _wide(levels), _wide(others)


def _wide(values: pd.Series) -> pd.DataFrame:
    return values.unstack([1, 2]).sort_index(axis=1).asfreq("D")


def _read_days(warehouse: Warehouse, settings: Settings, as_of: date) -> pd.DataFrame:
    means = ", ".join(f"{metric}_mean" for metric in settings.metrics)
    wide = warehouse.frame(
        DAYS.format(means=means),
        {
            "first": as_of - timedelta(days=settings.training.window_days),
            "as_of": as_of,
            "phases": list(settings.phases),
        },
    )
    names = ["machine_id", "arepa_type", "measured_date", "reading_count"]
    parts = [
        wide[[*names, f"{metric}_mean"]]
        .rename(columns={f"{metric}_mean": "mean"})
        .assign(metric=metric)
        for metric in settings.metrics
    ]
    return pd.concat(parts).dropna(subset="mean")
