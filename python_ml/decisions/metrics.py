"""What back-tested predictions were worth: measures with bootstrap intervals by machine; pure.

Frames of predictions have the columns machine_id, kitchen_id, phase, as_of_date, has_breakdown,
failure_probability and stop_threshold_probability; grain: machine_id, as_of_date.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, brier_score_loss

from python_ml.decisions.cost_replay import (
    INTERVAL_CANDIDATES,
    INTERVAL_PERCENTS,
    Costs,
    Outcome,
    compute_ratio,
    costs_of_machines,
    replay_calendar,
    replay_stops,
    sample_machines,
)
from python_ml.decisions.machine_log import Flags, Floats, MachineLog, build_log
from python_ml.learning.columns import LABEL

MODEL, RUN_TO_FAILURE, CALENDAR = "model", "run_to_failure", "calendar"
PREVIOUS_CHAMPION = "previous_champion"
MONTH_DAYS = 365.25 / 12
SCORE_SAMPLES = 100
BIN_COUNT = 10
Measure = tuple[float, float, float]


@dataclass(frozen=True)
class Surroundings:
    """What predictions are judged against.

    Attributes:
        stops: The maintenance log; columns machine_id, kind, started_at, ended_at.
        costs: The seed maintenance_costs; one row per phase.
        slots: Technicians' slots of each kitchen, `default` for all others.
        horizon_days: How far labels look ahead.
        seed: Seed of the bootstrap.
    """

    stops: pd.DataFrame
    costs: pd.DataFrame
    slots: Mapping[str, int]
    horizon_days: int
    seed: int


def worst_by_machine(predictions: pd.DataFrame) -> pd.DataFrame:
    """Keep the worst of each machine's types, as the plan does; grain: machine_id, as_of_date."""
    ordered = predictions.sort_values(
        ["failure_probability", "arepa_type"], ascending=[False, True], kind="stable"
    )
    return ordered.drop_duplicates(["machine_id", "as_of_date"]).sort_values(
        ["machine_id", "as_of_date"]
    )


def measure_model(predictions: pd.DataFrame, around: Surroundings, policy: str) -> pd.DataFrame:
    """Measure predictions and the stops that they would have led to.

    Returns:
        Columns policy, metric, value, lower_value, upper_value; grain: policy, metric.
    """
    log, costs, samples = _lay_out(predictions, around)
    said = log.spread(predictions, predictions["failure_probability"])
    limits = log.spread(predictions, predictions["stop_threshold_probability"])
    outcome = replay_stops(log, (said >= limits)[None])
    caught = _count_caught(log, said, predictions, around.slots)
    measures = {
        **_decision_measures(log, outcome, costs, samples),
        "recall_at_capacity": compute_ratio(caught, log.breakdown_counts, samples),
        **_score_measures(predictions, log, samples),
    }
    return _as_rows(policy, measures)


def measure_rivals(predictions: pd.DataFrame, around: Surroundings) -> pd.DataFrame:
    """Measure what running to failure and the best calendar would have cost on the same mornings.

    Returns:
        Columns policy, metric, value, lower_value, upper_value; grain: policy, metric.
    """
    log, costs, samples = _lay_out(predictions, around)
    nothing = np.zeros((1, *log.is_judged.shape), bool)
    to_failure = _decision_measures(log, replay_stops(log, nothing), costs, samples)
    by_interval = replay_calendar(log, INTERVAL_CANDIDATES)
    best = int(np.argmin(by_interval.compute_costs(log, costs).sum(axis=1)))
    calendar = _decision_measures(log, _only(by_interval, best), costs, samples)
    interval = float(INTERVAL_CANDIDATES[best])
    calendar["interval_days"] = (interval, np.nan, np.nan)
    return pd.concat([_as_rows(RUN_TO_FAILURE, to_failure), _as_rows(CALENDAR, calendar)])


def compute_calibration(predictions: pd.DataFrame) -> pd.DataFrame:
    """Compare predicted and observed in bins of equally many rows, 1 for the lowest.

    Grain: one row per bin.
    """
    ranks = predictions["failure_probability"].rank(method="first") - 1
    bins = (ranks * BIN_COUNT // len(predictions)).astype(int) + 1
    return (
        predictions.groupby(bins.rename("bin"))
        .agg(
            predicted_mean=("failure_probability", "mean"),
            observed_ratio=(LABEL, "mean"),
            row_count=(LABEL, "size"),
        )
        .reset_index()
    )


def _lay_out(predictions: pd.DataFrame, around: Surroundings) -> tuple[MachineLog, Costs, Floats]:
    log = build_log(predictions, around.stops, around.horizon_days)
    samples = sample_machines(len(log.machine_ids), around.seed)
    return log, costs_of_machines(predictions, around.costs, log), samples


def _only(outcome: Outcome, policy: int) -> Outcome:
    rows = slice(policy, policy + 1)
    return Outcome(outcome.prevented[rows], outcome.false_stops[rows], outcome.warning_days[rows])


def _decision_measures(
    log: MachineLog, outcome: Outcome, costs: Costs, samples: Floats
) -> dict[str, Measure]:
    prevented, false_stops = outcome.prevented[0], outcome.false_stops[0]
    cost = outcome.compute_costs(log, costs)[0]
    return {
        "cost_per_machine_day": compute_ratio(cost, log.machine_days, samples),
        "warning_hours": compute_ratio(24 * outcome.warning_days[0], prevented, samples),
        "false_stops_per_machine_month": compute_ratio(
            MONTH_DAYS * false_stops, log.machine_days, samples
        ),
    }


def _count_caught(
    log: MachineLog, said: Floats, predictions: pd.DataFrame, slots: Mapping[str, int]
) -> Floats:
    """Count the breakdowns before which the machine was among those there are technicians for.

    As in the plan, one machine of the phase has to stay. Shape (M,).
    """
    is_among = np.zeros(said.shape, bool)
    places = predictions.groupby("machine_id")[["kitchen_id", "phase"]].first()
    groups = places.reindex(log.machine_ids).reset_index().groupby(["kitchen_id", "phase"])
    for machines in groups.indices.values():
        kitchen_id = str(places["kitchen_id"].iloc[machines[0]])
        slot_count = slots.get(kitchen_id, slots["default"])
        is_among[machines] = _is_highest(said[machines], log.is_judged[machines], slot_count)
    caught = is_among & log.is_before_breakdown
    pairs = zip(log.breakdown_at, caught, strict=True)
    return np.array([float(len(np.unique(at[is_caught]))) for at, is_caught in pairs])


def _is_highest(said: Floats, is_judged: Flags, slot_count: int) -> Flags:
    """Say whether each machine is among the highest of its phase and kitchen on each morning."""
    ranked = np.where(is_judged, said, -1)
    places = (-ranked).argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    capacity = np.minimum(slot_count, is_judged.sum(axis=0) - 1)
    return is_judged & (places < capacity)


def _score_measures(
    predictions: pd.DataFrame, log: MachineLog, samples: Floats
) -> dict[str, Measure]:
    labels = predictions[LABEL].to_numpy(bool)
    said = predictions["failure_probability"].to_numpy(float)
    machines = np.searchsorted(log.machine_ids, predictions["machine_id"].to_numpy(object))
    scores = {"brier_score": brier_score_loss}
    if 0 < labels.sum() < len(labels):
        scores["average_precision"] = average_precision_score
    measures = {}
    for name, score in scores.items():
        drawn = []
        for sample in samples[:SCORE_SAMPLES]:
            weights = sample[machines]
            if weights[labels].sum() > 0 or name == "brier_score":
                drawn.append(score(labels, said, sample_weight=weights))
        low, high = np.percentile(drawn, INTERVAL_PERCENTS) if drawn else (np.nan, np.nan)
        measures[name] = (float(score(labels, said)), float(low), float(high))
    return measures


def _as_rows(policy: str, measures: Mapping[str, Measure]) -> pd.DataFrame:
    """Leave out what has no value, such as the hours of warning of no prevented breakdown."""
    rows = [
        {
            "policy": policy,
            "metric": metric,
            "value": value,
            "lower_value": lower,
            "upper_value": upper,
        }
        for metric, (value, lower, upper) in measures.items()
        if np.isfinite(value)
    ]
    return pd.DataFrame(rows)
