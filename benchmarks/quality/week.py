"""The week's plan followed morning by morning with consequences, where technicians are scarce.

Machines of the worlds' own wear and hazard live one life after another: a stop or a breakdown ends
a life, and the next is the same under every policy. Policies see the same curves: of a wear that is
measured with an error, its future drawn anew. M machines, L lives of each, D days, P parts.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from benchmarks.quality.worlds import WORLDS, World, draw_wear, find_hazard
from python_ml.decisions.week import WEEK, Machine, Terms, plan_week

Floats = NDArray[np.float64]
Policy = Callable[["Morning"], list[int]]

FIRST = date(2026, 1, 5)  # a Monday
DAYS, WARM_UP = 364, 56
LIVES, LONGEST = 60, 400
PHASES = (0,) * 2 + (1,) * 4 + (2,) * 10
WORKDAYS = (1, 0, 1, 0, 1, 0, 0)  # Monday first
HORIZON, AHEAD, FORESIGHT = 7, 14, 28
BREAKDOWN, STOP = 2400.0, 400.0  # seeds/maintenance_costs.csv; a false stop costs as much
BOOKED_EVERY = 91
PATHS = 64
BLUR = 0.1  # of the wear as it is measured
THRESHOLDS = (0.2, 0.25, 0.3, 0.4, 0.5)
LEARNT_ON = (500, 501)  # fleets that thresholds are learnt on, none of those that are reported
SAMPLES, PERCENTS = 2000, (5, 95)


@dataclass(frozen=True)
class Fleet:
    """A kitchen's machines, the lives that they are going to have, and its technicians.

    Attributes:
        wear: On each day of each life; (M, L, D, P).
        ages: On which day of its life a machine breaks down unless it is stopped; (M, L).
        pace: Mean wear a day; (M, P).
        slots: Of each weekday; a week's are about as many as lives end in one; (7,).
    """

    world: World
    seed: int
    wear: Floats
    ages: NDArray[np.int64]
    pace: Floats
    slots: tuple[int, ...]


@dataclass(frozen=True)
class Morning:
    """What there is to decide on.

    Attributes:
        up: Machines that run and are not booked today.
        booked: In how many days each machine's booked stop is; (M,).
        slots: Of the next days, that of today without what is booked.
        running: Machines of each phase that may run today.
        curves: Says each machine's risk up to the end of each day ahead; (M, 14).
        left: In how many days each machine breaks down, which foresight knows; (M,).
        promised: The days that the policy promised before, its to change.
        stopped: Machines that were stopped or broke down since the morning before.
    """

    fleet: Fleet
    day: int
    up: NDArray[np.int64]
    booked: NDArray[np.int64]
    slots: tuple[int, ...]
    running: dict[int, int]
    curves: Callable[[], Floats]
    left: NDArray[np.int64]
    promised: dict[int, date]
    stopped: set[int]


def run_weeks(seeds: range) -> Iterator[str]:
    """Print what each policy pays in each world, and what of the room the week's plan wins.

    The room lies between each morning alone and perfect foresight. That plans four weeks exactly
    and anew each morning, so it is a policy; with a technician for everybody it is a bound.
    """
    yield (
        "| world | stop from | each morning alone | the week | foresight | foresight, slots for all"
        " | won of the room | seeds won |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    every = []
    for world in WORLDS:
        threshold = _learn_threshold(world)
        paid = np.array([_pay(draw_fleet(world, seed), threshold) for seed in seeds])
        every.append(paid)
        yield f"| {world.name} | {threshold:.2f} {_tell(paid)}"
    yield f"| all | {_tell(np.sum(every, axis=0))}"


def _learn_threshold(world: World) -> float:
    """Learn what is cheapest for each morning alone, on other fleets of the world."""
    fleets = [draw_fleet(world, seed) for seed in LEARNT_ON]
    return min(
        THRESHOLDS, key=lambda limit: sum(follow(fleet, decide_alone(limit)) for fleet in fleets)
    )


def _pay(fleet: Fleet, threshold: float) -> tuple[float, ...]:
    return (
        follow(fleet, decide_alone(threshold)),
        follow(fleet, plan_weeks(threshold)),
        follow(fleet, foresee),
        follow(replace(fleet, slots=(len(PHASES),) * 7), foresee),
    )


def _tell(paid: Floats) -> str:
    """Tell sums, the share won with the interval of seeds drawn anew, and how often it is won."""
    drawn = default_rng(0).integers(len(paid), size=(SAMPLES, len(paid)))
    sums = paid[drawn].sum(axis=1)
    low, high = np.percentile((sums[:, 0] - sums[:, 1]) / (sums[:, 0] - sums[:, 2]), PERCENTS)
    alone, week, foresight, bound = paid.sum(axis=0)
    share = (alone - week) / (alone - foresight)
    won = int((paid[:, 1] < paid[:, 0]).sum())
    return (
        f"| {alone:,.0f} | {week:,.0f} | {foresight:,.0f} | {bound:,.0f}"
        f" | {share:.0%} ({low:.0%} to {high:.0%}) | {won} of {len(paid)} |"
    )


def draw_fleet(world: World, seed: int) -> Fleet:
    """Draw the lives of a kitchen's machines."""
    rng = default_rng([seed, 3, len(world.name)])
    shape = (len(PHASES), LIVES, world.parts)
    pace = np.exp(-rng.normal(0, world.life_machine, (len(PHASES), world.parts))) / world.life
    rate = np.exp(rng.normal(0, world.life_cycle, shape)) * pace[:, None]
    wear = rng.uniform(*world.planned_leaves, shape)
    wear[:, 0] = rng.uniform(0, 0.8, wear[:, 0].shape)
    endures = rng.exponential(size=shape[:2])
    on_days, spent = np.empty((*shape[:2], LONGEST, world.parts)), np.zeros(shape[:2])
    ages = np.full(shape[:2], LONGEST)
    for age in range(LONGEST):
        on_days[:, :, age] = wear
        spent += find_hazard(world, wear, np.zeros(shape[:2])).sum(axis=-1)
        ages = np.where((spent > endures) & (ages == LONGEST), age, ages)
        wear = np.minimum(wear + draw_wear(world, wear, rate, rng), 3)
    ends = 7 * len(PHASES) / ages[:, 1:].mean()
    a_day = max(round(ends / sum(WORKDAYS)), 1)
    slots = tuple(a_day * works for works in WORKDAYS)
    return Fleet(world, seed, on_days, ages, pace, slots)


def say_curves(fleet: Fleet, wear: Floats, seed: Sequence[int]) -> Floats:
    """Say each machine's risk up to the end of each day ahead, of its measured wear; (M, 14)."""
    world, rng = fleet.world, default_rng(seed)
    measured = wear + rng.normal(0, BLUR, wear.shape)
    drawn = np.clip(measured + rng.normal(0, BLUR, (PATHS, *wear.shape)), 0, 3)
    rate = np.exp(rng.normal(0, world.life_cycle, drawn.shape)) * fleet.pace
    spent, curve = np.zeros(drawn.shape[:2]), np.empty((len(wear), AHEAD))
    for day in range(AHEAD):
        spent += find_hazard(world, drawn, np.zeros(spent.shape)).sum(axis=-1)
        curve[:, day] = 1 - np.exp(-spent).mean(axis=0)
        drawn = np.minimum(drawn + draw_wear(world, drawn, rate, rng), 3)
    return curve


def follow(fleet: Fleet, policy: Policy) -> float:
    """Follow a policy; returns what was paid after the warm-up.

    Who was stopped runs the next day, who broke down the day after that.
    """
    machines = np.arange(len(PHASES))
    phases = np.array(PHASES)
    life, age = np.zeros(len(PHASES), int), np.zeros(len(PHASES), int)
    up_from = np.zeros(len(PHASES), int)
    promised: dict[int, date] = {}
    stopped: set[int] = set()
    paid = 0.0
    for day in range(DAYS):
        booked = (machines * 17 - day) % BOOKED_EVERY
        is_up = up_from <= day
        visited = np.flatnonzero(is_up & (booked == 0))
        slots = [fleet.slots[(day + ahead) % 7] for ahead in range(FORESIGHT)]
        slots[0] = max(slots[0] - len(visited), 0)
        is_free = is_up & (booked > 0)
        morning = Morning(
            fleet=fleet,
            day=day,
            up=np.flatnonzero(is_free),
            booked=booked,
            slots=tuple(slots),
            running={phase: int(is_free[phases == phase].sum()) for phase in set(PHASES)},
            curves=partial(
                say_curves, fleet, fleet.wear[machines, life, age], [fleet.seed, 4, day]
            ),
            left=fleet.ages[machines, life] - age,
            promised=promised,
            stopped=stopped,
        )
        chosen = policy(morning)
        _check(morning, chosen)
        ended = np.concatenate([visited, np.array(chosen, int)])
        broken = np.flatnonzero(is_up & (fleet.ages[machines, life] <= age))
        broken = np.setdiff1d(broken, ended)
        if day >= WARM_UP:
            paid += STOP * len(ended) + BREAKDOWN * len(broken)
        age[is_up] += 1
        for those, days in ((ended, 1), (broken, 2)):
            life[those] += 1
            age[those] = 0
            up_from[those] = day + days
        stopped = set(ended) | set(broken)
    return paid


def _check(morning: Morning, chosen: Sequence[int]) -> None:
    """Hold policies to the limits."""
    phases = [PHASES[machine] for machine in chosen]
    fits = all(phases.count(phase) < morning.running[phase] for phase in set(phases))
    if len(chosen) > morning.slots[0] or not fits or not set(chosen) <= set(morning.up):
        raise SystemExit(f"a policy broke the limits on day {morning.day}")


def decide_alone(threshold: float) -> Policy:
    """As the morning's plan alone decides: what is worth a stop today, the most worth first."""

    def decide(morning: Morning) -> list[int]:
        risk = morning.curves()[:, HORIZON - 1]
        worth = risk * (BREAKDOWN - STOP) - (1 - risk) * STOP
        chosen: list[int] = []
        for machine in sorted(morning.up, key=lambda machine: -worth[machine]):
            phase = PHASES[machine]
            left = morning.running[phase] - sum(PHASES[other] == phase for other in chosen)
            if risk[machine] >= threshold and worth[machine] > 0 and left > 1:
                chosen.append(int(machine))
        return chosen[: morning.slots[0]]

    return decide


def plan_weeks(threshold: float) -> Policy:
    """As the week's plan decides, planned anew each morning; it keeps its own promises."""

    def decide(morning: Morning) -> list[int]:
        today = FIRST + timedelta(days=morning.day)
        curves = morning.curves()
        risk = curves[:, HORIZON - 1]
        is_paying = risk * (BREAKDOWN - STOP) > (1 - risk) * STOP
        machines = [
            Machine(
                machine_id=str(number),
                kitchen_id="k1",
                phase=PHASES[number],
                curve=tuple(curves[number]),
                threshold=threshold,
                horizon_days=HORIZON,
                terms=Terms(
                    running_machines=(morning.running[PHASES[number]],) * WEEK,
                    slots=morning.slots[:WEEK],
                    breakdown_cost=BREAKDOWN,
                    planned_stop_cost=STOP,
                    false_stop_cost=STOP,
                ),
                booked_on=(
                    today + timedelta(days=int(morning.booked[number]))
                    if morning.booked[number] < WEEK
                    else None
                ),
                is_worth_stopping=bool(is_paying[number] and risk[number] >= threshold),
                may_stop_today=bool(is_paying[number]),
                promised_on=morning.promised.get(number),
                was_stopped=number in morning.stopped,
            )
            for number in morning.up
        ]
        plan = plan_week(machines, today)
        morning.promised.clear()
        for promise in plan:
            if promise.planned_date is not None and promise.planned_date > today:
                morning.promised[int(promise.machine_id)] = promise.planned_date
        return [int(promise.machine_id) for promise in plan if promise.planned_date == today]

    return decide


def foresee(morning: Morning) -> list[int]:
    """Decide knowing each life's end: each stop as late as slots allow, the cheapest program."""
    asked = [
        machine
        for machine in morning.up
        if morning.left[machine] < FORESIGHT and morning.booked[machine] > morning.left[machine]
    ]
    if not asked:
        return []
    days, count = np.arange(FORESIGHT), len(asked)
    left = morning.left[asked][:, None]
    day_of_life = STOP * morning.fleet.pace.max(axis=1).mean()
    prices = np.full((count, FORESIGHT + 1), BREAKDOWN)
    prices[:, :FORESIGHT] = STOP + day_of_life * (left - days)
    is_allowed = np.column_stack([days <= left, np.ones(count, bool)])
    limits = _limit(morning, np.array([PHASES[machine] for machine in asked]))
    at_most = sparse.lil_array((len(limits), prices.size))
    for number, (rows, day, _) in enumerate(limits):
        at_most[number, rows * (FORESIGHT + 1) + day] = 1
    once = sparse.kron(sparse.eye_array(count), np.ones((1, FORESIGHT + 1)))
    solved = milp(
        prices.ravel(),
        integrality=np.ones(prices.size),
        bounds=Bounds(0, is_allowed.ravel().astype(float)),
        constraints=[
            LinearConstraint(once.tocsr(), 1, 1),
            LinearConstraint(at_most.tocsr(), 0, [most for *_, most in limits]),
        ],
    )
    today = solved.x.reshape(prices.shape)[:, 0] > 0.5
    return [int(machine) for machine, is_today in zip(asked, today, strict=True) if is_today]


def _limit(morning: Morning, phases: NDArray[np.int64]) -> list[tuple[NDArray[np.int64], int, int]]:
    """List of which rows on which day at most how many may be stopped."""
    limits = []
    for day in range(FORESIGHT):
        booked = 0 if day == 0 else int((morning.booked == day).sum())
        limits.append((np.arange(len(phases)), day, max(morning.slots[day] - booked, 0)))
        for phase in set(phases):
            running = morning.running[phase] if day == 0 else PHASES.count(phase)
            limits.append((np.flatnonzero(phases == phase), day, max(running - 1, 0)))
    return limits
