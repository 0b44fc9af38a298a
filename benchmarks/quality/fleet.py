"""The demo fleet beside the bounds that its simulator knows."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

from benchmarks.quality.replay import compute_best_calendar, compute_cost
from benchmarks.quality.workspace import build_warehouse, read_mornings
from python_ml.demo.files import write_fleet
from python_ml.demo.simulate import FleetPlan, simulate_fleet
from python_ml.learning.columns import LABEL, model_columns
from python_ml.learning.estimator import fit_models, predict_probability

AS_OF = date(2026, 11, 20)
TEST_DAYS = 90
DAYS = 7
# Before the test mornings: from here on a model of the time before chooses its threshold.
THRESHOLD_DAYS = 90
THRESHOLDS = np.linspace(0.05, 0.5, 46)


def run_fleets(folder: Path, seeds: range, kitchens: int, days: int) -> Iterator[str]:
    """Print one line per seed and their means: average precision and cost beside the bounds."""
    yield (
        "| seed | AP ours | AP bound | share | stop from | cost ours | bound | best calendar"
        " | run to failure | room |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    shares, rooms = [], []
    for seed in seeds:
        found = _measure(folder / f"seed_{seed}", seed, kitchens, days)
        share = found["ap"] / found["ap_bound"]
        room = (found["calendar"] - found["ours"]) / (found["calendar"] - found["bound"])
        shares.append(share)
        rooms.append(room)
        yield (
            f"| {seed} | {found['ap']:.3f} | {found['ap_bound']:.3f} | {share:.0%}"
            f" | {found['threshold']:.2f} | {found['ours']:.0f} | {found['bound']:.0f}"
            f" | {found['calendar']:.0f} | {found['failure']:.0f} | {room:.0%} |"
        )
    yield f"| mean | | | {np.mean(shares):.0%} | | | | | | {np.mean(rooms):.0%} |"


def _measure(folder: Path, seed: int, kitchens: int, days: int) -> dict[str, float]:
    """Train on what was mature before the test mornings and compare with the hidden truth."""
    fleet = simulate_fleet(FleetPlan(as_of=AS_OF, kitchens=kitchens, days=days, seed=seed))
    write_fleet(fleet, folder / "raw")
    settings, frame = build_warehouse(
        folder, AS_OF.isoformat(), RAW_DATA_DIR=str(folder / "raw"), METRICS="metric_1,metric_2"
    )
    first_test = pd.Timestamp(AS_OF - timedelta(days=TEST_DAYS + DAYS))
    columns = list(model_columns(settings.metrics))
    phases = ", ".join(map(str, settings.phases))
    starts = frame(
        "select distinct machine_id, cast(started_at as date) as as_of_date"
        " from core.fct_maintenance_events where kind = 'breakdown'"
    )
    starts = set(zip(starts["machine_id"], pd.to_datetime(starts["as_of_date"]), strict=True))
    truth = _truth_of(fleet.truth)

    def say(begin: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
        """Fit on what was mature at the beginning and say what comes; grain: machine, morning."""
        fitted = read_mornings(settings, begin.date())
        models = fit_models(fitted, columns, horizon_days=DAYS, training=settings.training)
        rows = frame(
            "select features.*, labels.has_breakdown"
            " from features.feat_machine_arepa_daily as features"
            " inner join features.label_machine_daily as labels using (machine_id, as_of_date)"
            f" where not is_down and reading_count_7d > 0 and phase in ({phases})"
            f" and as_of_date >= '{begin:%Y-%m-%d}' and as_of_date < '{end:%Y-%m-%d}'"
        )
        for name, model in models.items():
            own = rows["arepa_type"] == name
            rows.loc[own, "said"] = predict_probability(model, rows.loc[own, columns].astype(float))
        return (
            rows.groupby(["machine_id", "as_of_date"], as_index=False)
            .agg(
                said=("said", "max"),
                came=(LABEL, "first"),
                days_since_last_stop=("days_since_last_stop", "first"),
            )
            .merge(truth, on=["machine_id", "as_of_date"])
        )

    before = say(first_test - pd.Timedelta(days=THRESHOLD_DAYS), first_test)
    machines = say(first_test, pd.Timestamp(AS_OF))
    # As the product does: the threshold is what would have cost least on mornings before.
    threshold = min(THRESHOLDS, key=lambda limit: _cost(before, before["said"], limit, starts))
    known = machines[machines["came"].notna()]
    came = known["came"].astype(bool)
    return {
        "ap": float(average_precision_score(came, known["said"])),
        "ap_bound": float(average_precision_score(came, known["truth"])),
        "ours": _cost(machines, machines["said"], threshold, starts),
        "threshold": float(threshold),
        # Bound and calendar choose in hindsight.
        "bound": min(_cost(machines, machines["truth"], limit, starts) for limit in THRESHOLDS),
        "calendar": compute_best_calendar(machines, starts, DAYS),
        "failure": compute_cost(machines, np.zeros(len(machines), bool), starts, DAYS),
    }


def _cost(
    machines: pd.DataFrame, said: pd.Series, limit: float, starts: set[tuple[str, pd.Timestamp]]
) -> float:
    return compute_cost(machines, (said >= limit).to_numpy(), starts, DAYS)


def _truth_of(truth: object) -> pd.DataFrame:
    frame = truth.to_pandas()
    frame["as_of_date"] = pd.to_datetime(frame["as_of_date"])
    return frame[["machine_id", "as_of_date", "breakdown_probability_7_days"]].rename(
        columns={"breakdown_probability_7_days": "truth"}
    )
