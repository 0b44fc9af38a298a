"""What the week's plan pays, followed morning by morning, beside others on the same lives."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from benchmarks.quality.week_fleet import (
    BREAKDOWN,
    FORESIGHT,
    PHASES,
    STOP,
    Fleet,
    Floats,
    Morning,
    Policy,
    draw_fleet,
    follow,
    take_dearest,
)
from benchmarks.quality.week_known import know_rules, see_wear
from benchmarks.quality.worlds import WORLDS, World
from python_ml.decisions.week import WEEK, Machine, Terms, plan_week

FIRST = date(2026, 1, 5)  # a Monday
HORIZON = 7
THRESHOLDS = (0.2, 0.25, 0.3, 0.4, 0.5)
LEARNT_ON = (500, 501)  # fleets that thresholds are learnt on, none of those that are reported
SAMPLES, PERCENTS = 2000, (5, 95)


def run_weeks(seeds: range) -> Iterator[str]:
    """Print what each policy pays in each world, and what of the room it wins.

    The room lies between each morning alone and perfect foresight. That plans four weeks exactly
    and anew each morning, so it is a policy; with a technician for everybody it is a bound. Who
    knows all rules of a world, on the same measured wear, and who sees the wear itself tell what
    can be won at all, where the world's machines have one part.
    """
    yield (
        "| world | stop from | each morning alone | the week | all rules known | wear seen"
        " | foresight | foresight, slots for all | won of the room by the week | by all rules"
        " | by wear seen | seeds won |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    paid = {}
    for world in WORLDS:
        threshold = _learn_threshold(world)
        paid[world] = np.array([_pay(draw_fleet(world, seed), threshold) for seed in seeds])
        yield f"| {world.name} | {threshold:.2f} {_tell(paid[world])}"
    of_one_part = [of_world for world, of_world in paid.items() if world.parts == 1]
    yield f"| all of one part | {_tell(np.sum(of_one_part, axis=0))}"
    yield f"| all | {_tell(np.sum(list(paid.values()), axis=0))}"


def _learn_threshold(world: World) -> float:
    """Learn what is cheapest for each morning alone, on other fleets of the world."""
    fleets = [draw_fleet(world, seed) for seed in LEARNT_ON]
    return min(
        THRESHOLDS, key=lambda limit: sum(follow(fleet, decide_alone(limit)) for fleet in fleets)
    )


def _pay(fleet: Fleet, threshold: float) -> tuple[float, ...]:
    is_known = fleet.world.parts == 1
    return (
        follow(fleet, decide_alone(threshold)),
        follow(fleet, plan_weeks(threshold)),
        follow(fleet, know_rules(fleet)) if is_known else np.nan,
        follow(fleet, see_wear(fleet)) if is_known else np.nan,
        follow(fleet, foresee),
        follow(replace(fleet, slots=(len(PHASES),) * 7), foresee),
    )


def _tell(paid: Floats) -> str:
    """Tell sums, the shares won with the intervals of seeds drawn anew, and how often it is won."""
    sums = " | ".join("" if np.isnan(total) else f"{total:,.0f}" for total in paid.sum(axis=0))
    shares = " | ".join(_tell_share(paid, column) for column in (1, 2, 3))
    won = int((paid[:, 1] < paid[:, 0]).sum())
    return f"| {sums} | {shares} | {won} of {len(paid)} |"


def _tell_share(paid: Floats, column: int) -> str:
    if np.isnan(paid[:, column]).any():
        return ""
    drawn = default_rng(0).integers(len(paid), size=(SAMPLES, len(paid)))
    room, won = paid[:, 0] - paid[:, 4], paid[:, 0] - paid[:, column]
    low, high = np.percentile(won[drawn].sum(axis=1) / room[drawn].sum(axis=1), PERCENTS)
    return f"{won.sum() / room.sum():.0%} ({low:.0%} to {high:.0%})"


def decide_alone(threshold: float) -> Policy:
    """As the morning's plan alone decides: what is worth a stop today, the most worth first."""

    def decide(morning: Morning) -> list[int]:
        risk = morning.curves()[:, HORIZON - 1]
        worth = risk * (BREAKDOWN - STOP) - (1 - risk) * STOP
        return take_dearest(morning, np.where(risk >= threshold, worth, -np.inf))

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
