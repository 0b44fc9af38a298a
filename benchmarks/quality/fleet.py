"""The demo fleet beside what its simulator knows, and what can be known of that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

from benchmarks.quality.known_fleet import follow_fleet
from benchmarks.quality.replay import compute_best_calendar, compute_cost
from benchmarks.quality.truth import find_without_luck, lose
from benchmarks.quality.workspace import build_warehouse, fit_as_in_life, read_mornings
from python_ml.demo.files import write_fleet
from python_ml.demo.simulate import FleetPlan, SimulatedFleet, simulate_fleet
from python_ml.learning.columns import LABEL, model_columns
from python_ml.learning.estimator import predict_probability

AS_OF = date(2026, 11, 20)
TEST_DAYS = 90
DAYS = 7
MACHINE_MORNING = ["machine_id", "as_of_date"]
# Before the test mornings: from here on a model of the time before chooses its threshold.
THRESHOLD_DAYS = 90
THRESHOLDS = np.linspace(0.05, 0.5, 46)


# What a filter is told of the machines; of the rules all is told.
KNOWN = {"known from seven days": True, "the same by rules alone": False}
CONTENDERS = {"true hazard": "truth", **{title: title for title in KNOWN}, "ours": "said"}


@dataclass(frozen=True)
class _Fleet:
    """Machine-mornings of a fleet, those before the test and those of it.

    Attributes:
        before: Columns machine_id, as_of_date, came (NaN where a planned stop took the answer),
            days_since_last_stop and what each contender says; grain: machine_id, as_of_date.
        asked: The same of the test mornings.
        starts: Machine and day of each breakdown.
    """

    before: pd.DataFrame
    asked: pd.DataFrame
    starts: set[tuple[str, pd.Timestamp]]

    def pay(self, mornings: pd.DataFrame, name: str, limit: float) -> float:
        """The cost of stopping where a contender says at least so much."""
        wants_stop = (mornings[name] >= limit).to_numpy()
        return compute_cost(mornings, wants_stop, self.starts, DAYS)


def run_fleets(folder: Path, seeds: range, kitchens: int, days: int) -> Iterator[str]:
    """Print one line per seed and contender, and their means.

    A threshold is what would have cost least on the mornings before, as the product has it, of the
    simulator's own hazard, too. The room that a cost is a share of lies between the best calendar
    and that hazard, both chosen in hindsight.
    """
    yield "| seed | contender | AP | share | luck taken out | lost | stop from | cost | room |"
    yield "|---|---|--:|--:|--:|--:|--:|--:|--:|"
    found: dict[str, list[list[float]]] = {title: [] for title in CONTENDERS}
    for seed in seeds:
        plan = FleetPlan(as_of=AS_OF, kitchens=kitchens, days=days, seed=seed)
        fleet = _predict(folder / f"seed_{seed}", plan)
        asked, starts = fleet.asked, fleet.starts
        calendar = compute_best_calendar(asked, starts, DAYS)
        bound = min(fleet.pay(asked, "truth", limit) for limit in THRESHOLDS)
        for title, name in CONTENDERS.items():
            limit = min(THRESHOLDS, key=lambda limit: fleet.pay(fleet.before, name, limit))
            cost = fleet.pay(asked, name, limit)
            room = (calendar - cost) / (calendar - bound)
            ap, *shares = _compare(asked, name)
            found[title].append([*shares, room])
            share, without_luck, lost = shares
            yield (
                f"| {seed} | {title} | {ap:.3f} | {share:.0%} | {without_luck:.0%} | {lost:.3f}"
                f" | {limit:.2f} | {cost:.0f} | {room:.0%} |"
            )
        failure = compute_cost(asked, np.zeros(len(asked), bool), starts, DAYS)
        for title, cost in {
            "true hazard, in hindsight": bound,
            "best calendar, in hindsight": calendar,
            "run to failure": failure,
        }.items():
            yield f"| {seed} | {title} | | | | | | {cost:.0f} | |"
    for title, rows in found.items():
        share, without_luck, lost, room = np.mean(rows, axis=0)
        yield (
            f"| mean | {title} | | {share:.0%} | {without_luck:.0%} | {lost:.3f} | | | {room:.0%} |"
        )


def _compare(asked: pd.DataFrame, name: str) -> list[float]:
    """Average precision, its share of the hazard's, that with luck taken out, and what is lost."""
    labelled = asked[asked["came"].notna()]
    came = labelled["came"].astype(bool)
    found, of_truth = (average_precision_score(came, labelled[each]) for each in (name, "truth"))
    truth, said = asked["truth"], asked[name]
    return [found, found / of_truth, find_without_luck(truth, said), lose(truth, said)]


def _predict(folder: Path, plan: FleetPlan) -> _Fleet:
    """Train on what was mature before mornings and let all contenders say what comes."""
    fleet = simulate_fleet(plan)
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
    truth = _read_truth(plan, fleet, settings.phases)

    def say(begin: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
        """Fit on what was mature at the beginning and say what comes; grain: machine, morning."""
        fitted = read_mornings(settings, begin.date())
        models = fit_as_in_life(fitted, begin, columns, settings)
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
            rows.groupby(MACHINE_MORNING, as_index=False)
            .agg(
                said=("said", "max"),
                came=(LABEL, "first"),
                days_since_last_stop=("days_since_last_stop", "first"),
            )
            .merge(truth, on=MACHINE_MORNING)
        )

    before = say(first_test - pd.Timedelta(days=THRESHOLD_DAYS), first_test)
    return _Fleet(before, say(first_test, pd.Timestamp(AS_OF)), starts)


def _read_truth(plan: FleetPlan, fleet: SimulatedFleet, phases: Sequence[int]) -> pd.DataFrame:
    """The hazard and what can be known of it; grain: machine_id, as_of_date."""
    frame = fleet.truth.to_pandas()
    frame["as_of_date"] = pd.to_datetime(frame["as_of_date"])
    truth = frame[[*MACHINE_MORNING, "breakdown_probability_7_days"]].rename(
        columns={"breakdown_probability_7_days": "truth"}
    )
    for title, knows_machines in KNOWN.items():
        of_phases = [
            follow_fleet(plan, fleet, phase, knows_machines=knows_machines) for phase in phases
        ]
        known = pd.concat(of_phases).rename(columns={"known": title})
        truth = truth.merge(known, on=MACHINE_MORNING)
    return truth
