"""The five worlds of another kind beside their own hazard: with the wear expert and without."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score, brier_score_loss

from benchmarks.quality.known import follow
from benchmarks.quality.truth import find_without_luck, lose
from benchmarks.quality.workspace import build_warehouse, fit_as_in_life, read_mornings
from benchmarks.quality.worlds import HORIZON, WORLDS, World, simulate_world
from python_ml.decisions.calendar import choose_calendars, cost_by_machine
from python_ml.decisions.cost_replay import (
    choose_threshold,
    compute_ratio,
    costs_of_machines,
    replay_stops,
    sample_machines,
)
from python_ml.decisions.machine_log import build_log
from python_ml.demo.files import write_fleet
from python_ml.engines.marts import read_costs, read_stops
from python_ml.engines.warehouse import Warehouse
from python_ml.learning.columns import (
    CALENDAR_CLOCKS,
    LABEL,
    NEXT_BREAKDOWN,
    NEXT_PLANNED_STOP,
    feature_columns,
    model_columns,
)
from python_ml.learning.estimator import predict_probability
from python_ml.learning.evaluate import keep_labelled
from python_ml.learning.lives import find_what_came, lay_out_ahead
from python_ml.learning.timing import DAYS as CURVE_DAYS
from python_ml.settings import Settings

AS_OF = date(2026, 11, 20)
TEST_DAYS = 120
TOLD_DAYS = (1, 3, 7, 14)
CURVE = [f"by_day_{day}" for day in range(1, CURVE_DAYS + 1)]
BOUNDS = ["lower", "upper"]
MACHINE_MORNING = ["machine_id", "as_of_date"]
CAME = [LABEL, "label_mature_date", NEXT_BREAKDOWN, NEXT_PLANNED_STOP]
TRUTH = "breakdown_probability_7_days"
# What each filter is told: of how many days before the morning readings, features being of seven,
# and whether it knows the machines or the rules alone.
KNOWN: dict[str, tuple[int | None, bool]] = {
    "known from all readings": (None, True),
    "known from seven days": (7, True),
    "the same by rules alone": (7, False),
}
CONTENDERS = {
    "true hazard": TRUTH,
    **{title: title for title in KNOWN},
    "ours": "ours",
    "ours without wear": "ours without wear",
    "plain trees": "plain trees",
}
SEED_OF_SAMPLES = 7


def run_worlds(folder: Path, seeds: range, machines_each: int, days: int) -> Iterator[str]:
    """Print one line per world, seed and contender, the world's own hazard first.

    Below it stands what a filter says that knows all of the world but the wear: nobody says more.
    How much of the hazard is found, by what came and with luck taken out, and what of its own
    uncertainty is lost; and two questions of calibration: how what was said compares with what
    came, with the interval that 90 % of drawn fleets lie in, and how with the true hazard, where
    luck has no part. Of ours, too, what is said by the end of the first days, and how often the
    true hazard lies in the interval.
    """
    yield (
        "| world | seed | contender | AP | share | luck taken out | lost | Brier : bound"
        " | said : came | said : true | on days 1, 3, 7, 14 | in 80% | cost : calendar |"
    )
    yield "|---|--:|---|--:|--:|--:|--:|--:|--:|--:|---|--:|--:|"
    inside = []
    for seed in seeds:
        for of_72 in WORLDS:
            world = replace(of_72, machines=machines_each, kitchens=machines_each // 4)
            machines, against = _predict(folder / f"{world.name}_{seed}", world, seed, days)
            inside.append(_find_inside(machines).mean())
            for title, name in CONTENDERS.items():
                of_ours = f"{_compare_ours(machines)} {against} |" if name == "ours" else "| | | |"
                yield f"| {world.name} | {seed} | {title} {_compare(machines, name)} {of_ours}"
    yield f"| all | | ours | | | | | | | | | {np.mean(inside):.0%} | |"


def _compare(machines: pd.DataFrame, name: str) -> str:
    """Compare what one contender says with what came and with the true hazard."""
    came, truth, said = machines[LABEL].astype(bool), machines[TRUTH], machines[name]
    found = average_precision_score(came, said)
    share = found / average_precision_score(came, truth)
    error = brier_score_loss(came, said) / brier_score_loss(came, truth)
    return (
        f"| {found:.3f} | {share:.0%} | {find_without_luck(truth, said):.0%}"
        f" | {lose(truth, said):.3f} | {error:.2f} | {compare_with_came(machines, name)}"
        f" | {said.mean() / truth.mean():.2f}"
    )


def compare_with_came(machines: pd.DataFrame, name: str) -> str:
    """Divide what was said by what came, with its interval.

    Neighbouring mornings tell of the same breakdown, so machines are drawn, not mornings.
    """
    sums = machines.groupby("machine_id")[[name, LABEL]].sum().astype(float)
    samples = sample_machines(len(sums), SEED_OF_SAMPLES)
    ratio, low, high = compute_ratio(sums[name].to_numpy(), sums[LABEL].to_numpy(), samples)
    return f"{ratio:.2f} ({low:.2f} to {high:.2f})"


def _compare_ours(machines: pd.DataFrame) -> str:
    """Compare our curves with what came, and our intervals with the true hazard."""
    return f"| {_compare_days(machines)} | {_find_inside(machines).mean():.0%} |"


def _find_inside(machines: pd.DataFrame) -> pd.Series:
    """Say of which machines and mornings the true hazard lies in the interval."""
    return machines[TRUTH].between(machines["lower"], machines["upper"])


def _compare_with_calendar(
    machines: pd.DataFrame, fitted: pd.DataFrame, stops: pd.DataFrame, costs: pd.DataFrame
) -> str:
    """Divide what our stops cost by what the best calendar known before the mornings costs.

    The threshold is chosen on the first half of them, and both are paid for on the other.
    """
    mornings = machines.sort_values(MACHINE_MORNING, ignore_index=True)
    half = mornings["as_of_date"].min() + timedelta(days=TEST_DAYS // 2)
    known = mornings[mornings["as_of_date"] + timedelta(days=HORIZON) <= half]
    paid = mornings[mornings["as_of_date"] >= half]
    before = keep_labelled(fitted).drop_duplicates(MACHINE_MORNING)
    calendars = choose_calendars(before, stops[stops["started_at"] < half], costs, HORIZON)
    log = build_log(known, stops[stops["started_at"] < half], HORIZON)
    of_known = costs_of_machines(known, costs, log)
    threshold = choose_threshold(log, log.spread(known, known["ours"]), of_known)
    log = build_log(paid, stops, HORIZON)
    of_paid = costs_of_machines(paid, costs, log)
    wants = (log.spread(paid, paid["ours"]) >= threshold)[None]
    ours = replay_stops(log, wants).compute_costs(log, of_paid)[0]
    theirs = cost_by_machine(calendars, paid, log, of_paid)
    ratio, low, high = compute_ratio(ours, theirs, sample_machines(len(ours), SEED_OF_SAMPLES))
    return f"{ratio:.2f} ({low:.2f} to {high:.2f})"


def _compare_days(machines: pd.DataFrame) -> str:
    """Compare what is said up to some days with what came to those that nobody stopped."""
    until, broke = find_what_came(machines)
    ahead = lay_out_ahead(until, broke, TOLD_DAYS)
    came = 1 - np.cumprod(1 - ahead.came.sum(axis=0) / ahead.at_risk.sum(axis=0))
    said = machines[[CURVE[day - 1] for day in TOLD_DAYS]].mean().to_numpy()
    return ", ".join(f"{share:.2f}" for share in said / came)


def _predict(folder: Path, world: World, seed: int, days: int) -> tuple[pd.DataFrame, str]:
    """Fit on what was mature before the test mornings.

    Returns:
        What is said of machines, by the worst of their types, grain: machine_id, as_of_date; and
        how our costs compare with the calendar's.
    """
    fleet = simulate_world(world, seed, as_of=AS_OF, days=days)
    write_fleet(fleet, folder / "raw")
    # Of few machines, some types are cooked by none.
    cooked = fleet.batch_registry["arepa_type"].unique().to_pylist()
    (folder / "types.txt").write_text("\n".join(sorted(cooked)))
    metrics = tuple(f"metric_{number + 1}" for number in range(world.metrics))
    settings, _ = build_warehouse(
        folder,
        AS_OF.isoformat(),
        RAW_DATA_DIR=str(folder / "raw"),
        METRICS=",".join(metrics),
        AREPA_TYPES=str(folder / "types.txt"),
    )
    first = AS_OF - timedelta(days=TEST_DAYS + HORIZON)
    rows = read_mornings(settings, AS_OF)
    fitted = rows[pd.to_datetime(rows["label_mature_date"]) <= pd.Timestamp(first)]
    asked = keep_labelled(rows[pd.to_datetime(rows["as_of_date"]) >= pd.Timestamp(first)])
    own = list(feature_columns(metrics))
    ours = _say(fitted, asked, list(model_columns(metrics)), settings)
    said = {
        "ours without wear": _say(fitted, asked, own, settings)["ours"],
        "plain trees": _say_plainly(keep_labelled(fitted), asked, own),
    }
    truth = fleet.truth.to_pandas()
    truth["as_of_date"] = pd.to_datetime(truth["as_of_date"])
    came = asked[[*MACHINE_MORNING, *CAME, "phase", *CALENDAR_CLOCKS]]
    rows = pd.concat([came.reset_index(drop=True), ours, pd.DataFrame(said)], axis=1)
    worst = rows.sort_values("ours", ascending=False).drop_duplicates(MACHINE_MORNING)
    others = rows.groupby(MACHINE_MORNING, as_index=False)[list(said)].max()
    machines = worst.drop(columns=list(said)).merge(others, on=MACHINE_MORNING)
    machines["as_of_date"] = pd.to_datetime(machines["as_of_date"])
    for title, (seen_days, knows_machines) in KNOWN.items():
        truth[title] = follow(world, seed, fleet, seen_days, knows_machines=knows_machines)
    machines = machines.merge(truth[[*MACHINE_MORNING, TRUTH, *KNOWN]], on=MACHINE_MORNING)
    with Warehouse(settings.warehouse_path, read_only=True) as warehouse:
        stops, costs = read_stops(warehouse, as_of=AS_OF), read_costs(warehouse)
    return machines, _compare_with_calendar(machines, fitted, stops, costs)


def _say(
    fitted: pd.DataFrame, asked: pd.DataFrame, columns: list[str], settings: Settings
) -> pd.DataFrame:
    """Say how likely breakdowns are, when, and how surely; grain: that of the asked rows."""
    first = pd.to_datetime(asked["as_of_date"]).min()
    models = fit_as_in_life(fitted, first, columns, settings)
    said = pd.DataFrame(np.nan, index=range(len(asked)), columns=["ours", *BOUNDS, *CURVE])
    for name, model in models.items():
        is_own = (asked["arepa_type"] == name).to_numpy()
        inputs = asked.loc[is_own, columns].astype(float)
        probability = predict_probability(model, inputs)
        said.loc[is_own, "ours"] = probability
        said.loc[is_own, BOUNDS] = model.predict_bounds(inputs, probability)
        said.loc[is_own, CURVE] = np.array(model.predict_curve(inputs, probability))
    return said


def _say_plainly(fitted: pd.DataFrame, asked: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    known = [column for column in columns if fitted[column].notna().any()]
    trees = HistGradientBoostingClassifier(random_state=0)
    trees.fit(fitted[known].astype(float), fitted[LABEL])
    return trees.predict_proba(asked[known].astype(float))[:, 1]
