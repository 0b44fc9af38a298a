"""What the ledger says that stops saved, against the same fleet without them.

A stop is asked for where the true risk is worth it and two a kitchen and morning can be made, and
the kitchens leave out one in five, as with their own. So the model is as good as one can be:
judged is the ledger (rpt_outcomes_daily, rpt_savings_monthly), whose rules stand here once more.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from python_ml.demo import simulate
from python_ml.demo.simulate import DAY, FleetPlan

STARTED_ON, WARM_UP_DAYS, JUDGED_DAYS = date(2026, 1, 1), 60, 180
HORIZON_DAYS, SLOTS, MODELLED_PHASE = 7, 2, 0
BREAKDOWN_COST, STOP_COST = 2400.0, 400.0
# Worth it from here on: what a stop saves on average is above nothing.
LEAST_RISK = STOP_COST / BREAKDOWN_COST
DEVIATIONS = 1.645
LEAST_HOLDING = 0.9


@dataclass(frozen=True)
class Told:
    """What the ledger says, and the difference in costs between the two fleets."""

    stop_count: int
    fault_found_count: int
    saving: float
    lower: float
    upper: float
    truth: float

    @property
    def holds(self) -> bool:
        """Whether the truth lies in the interval."""
        return self.lower <= self.truth <= self.upper


def compare(seed: int, *, kitchens: int = 10) -> Told:
    """Run one fleet with our stops and without; both are the same until the first stop."""
    asked, events = _run(seed, kitchens, with_stops=True)
    _, without = _run(seed, kitchens, with_stops=False)
    made = _made(asked, events)
    prevented = made["is_found"].astype(float)
    saving = float((prevented * BREAKDOWN_COST - STOP_COST).sum())
    stops = (made["risk"] * (1 - made["risk"]) + prevented).sum()
    variance = (stops + 2 * (~events["is_planned"]).sum()) * BREAKDOWN_COST**2
    margin = DEVIATIONS * variance**0.5
    return Told(
        stop_count=len(made),
        fault_found_count=int(made["is_found"].sum()),
        saving=saving,
        lower=saving - margin,
        upper=saving + margin,
        truth=_cost(without) - _cost(events),
    )


def print_savings(seeds: range) -> bool:
    """Print each fleet's figures; says whether the truth lies in nine intervals of ten."""
    told = [compare(seed) for seed in seeds]
    print(f"{len(told)} fleets with stops for {JUDGED_DAYS} days, and the same without\n")
    print("| seed | stops | found something | said to be saved | saved |")
    print("|--:|--:|--:|--:|--:|")
    for seed, one in zip(seeds, told, strict=True):
        print(
            f"| {seed} | {one.stop_count} | {one.fault_found_count} | {one.saving:,.0f}"
            f" ({one.lower:,.0f} to {one.upper:,.0f})"
            f" | {one.truth:,.0f}{'' if one.holds else ' (outside)'} |"
        )
    holding = sum(one.holds for one in told)
    is_met = holding >= LEAST_HOLDING * len(told)
    print(
        f"\n- within the interval: {holding} of {len(told)}, to reach"
        f" {LEAST_HOLDING:.0%}: {'met' if is_met else 'MISSED'}"
    )
    return is_met


def _run(seed: int, kitchens: int, *, with_stops: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The stops asked for (machine, day, risk), and the log of the judged days."""
    days = WARM_UP_DAYS + JUDGED_DAYS
    plan = FleetPlan(STARTED_ON + timedelta(days=days), kitchens, seed=seed, started_on=STARTED_ON)
    world = simulate.build_world(plan)
    state = simulate._build_state(world)
    asked, events = [], []
    for day in range(days):
        if with_stops and day >= WARM_UP_DAYS:
            chosen, risk = _choose(world, state, day)
            state.due_day[chosen] = day
            asked += [(machine, day, risk[machine]) for machine in chosen]
        records = simulate._simulate_day(world, state, day)
        if day >= WARM_UP_DAYS:
            columns = ("machine", "start", "is_planned", "is_found")
            events.append(pd.DataFrame({name: records[f"event_{name}"] for name in columns}))
    log = pd.concat(events).drop_duplicates(["machine", "start"])
    log = log[world.phase[log["machine"]] == MODELLED_PHASE]
    return pd.DataFrame(asked, columns=["machine", "day", "risk"]), log.assign(
        day=log["start"] // DAY
    )


def _choose(world, state, day: int) -> tuple[np.ndarray, np.ndarray]:  # noqa: ANN001
    """The riskiest machines of each kitchen that are worth a stop, one of a phase running."""
    _, risks = simulate._compute_probabilities(world, state.wear[None], state.wear_per_day[None])
    risk = risks[0]
    is_up = state.down_until < day * DAY
    chosen = []
    for kitchen in range(world.plan.kitchens):
        own = np.flatnonzero((world.kitchen == kitchen) & (world.phase == MODELLED_PHASE) & is_up)
        worth = own[risk[own] > LEAST_RISK]
        chosen += list(worth[np.argsort(-risk[worth])][: min(SLOTS, max(len(own) - 1, 0))])
    return np.array(chosen, dtype=int), risk


def _made(asked: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Each planned stop that a morning of the horizon before it had asked for, by the last one."""
    planned = events[events["is_planned"]].sort_values("day")
    made = pd.merge_asof(
        planned,
        asked.sort_values("day").rename(columns={"day": "asked_day"}),
        left_on="day",
        right_on="asked_day",
        by="machine",
        tolerance=HORIZON_DAYS - 1,
    )
    return made.dropna(subset="risk")


def _cost(events: pd.DataFrame) -> float:
    breakdowns = int((~events["is_planned"]).sum())
    return breakdowns * BREAKDOWN_COST + int(events["is_planned"].sum()) * STOP_COST
