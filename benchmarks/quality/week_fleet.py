"""A kitchen of the worlds' own wear and hazard, followed morning by morning, technicians scarce.

Machines live one life after another: a stop or a breakdown ends a life, and the next is the same
under every policy. Policies see the same curves: of a wear that is measured with an error, its
future drawn anew. M machines, L lives of each, D days, P parts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from benchmarks.quality.worlds import World, draw_wear, find_hazard

Floats = NDArray[np.float64]
Policy = Callable[["Morning"], list[int]]

DAYS, WARM_UP = 364, 56
LIVES, LONGEST = 60, 400
PHASES = (0,) * 2 + (1,) * 4 + (2,) * 10
WORKDAYS = (1, 0, 1, 0, 1, 0, 0)  # Monday first
AHEAD, FORESIGHT = 14, 28
BREAKDOWN, STOP = 2400.0, 400.0  # seeds/maintenance_costs.csv; a false stop costs as much
BOOKED_EVERY = 91
PATHS = 64
BLUR = 0.1  # of the wear as it is measured


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
        wear: What no planner sees; (M, P).
        measured: The wear as it is measured; (M, P).
        curves: Says, once, each machine's risk up to the end of each day ahead; (M, 14).
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
    wear: Floats
    measured: Floats
    curves: Callable[[], Floats]
    left: NDArray[np.int64]
    promised: dict[int, date]
    stopped: set[int]


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


def say_curves(fleet: Fleet, measured: Floats, rng: Generator) -> Floats:
    """Say each machine's risk up to the end of each day ahead, of its measured wear; (M, 14)."""
    world = fleet.world
    drawn = np.clip(measured + rng.normal(0, BLUR, (PATHS, *measured.shape)), 0, 3)
    rate = np.exp(rng.normal(0, world.life_cycle, drawn.shape)) * fleet.pace
    spent, curve = np.zeros(drawn.shape[:2]), np.empty((len(measured), AHEAD))
    for day in range(AHEAD):
        spent += find_hazard(world, drawn, np.zeros(spent.shape)).sum(axis=-1)
        curve[:, day] = 1 - np.exp(-spent).mean(axis=0)
        drawn = np.minimum(drawn + draw_wear(world, drawn, rate, rng), 3)
    return curve


def find_booked(machines: NDArray[np.int64], day: int) -> NDArray[np.int64]:
    """In how many days each machine's next booked visit is."""
    return (machines * 17 - day) % BOOKED_EVERY


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
        booked = find_booked(machines, day)
        is_up = up_from <= day
        visited = np.flatnonzero(is_up & (booked == 0))
        slots = [fleet.slots[(day + ahead) % 7] for ahead in range(FORESIGHT)]
        slots[0] = max(slots[0] - len(visited), 0)
        is_free = is_up & (booked > 0)
        rng = default_rng([fleet.seed, 4, day])
        wear = fleet.wear[machines, life, age]
        measured = wear + rng.normal(0, BLUR, wear.shape)
        morning = Morning(
            fleet=fleet,
            day=day,
            up=np.flatnonzero(is_free),
            booked=booked,
            slots=tuple(slots),
            running={phase: int(is_free[phases == phase].sum()) for phase in set(PHASES)},
            wear=wear,
            measured=measured,
            curves=partial(say_curves, fleet, measured, rng),
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


def take_dearest(morning: Morning, worth: Floats) -> list[int]:
    """Take those whose stop is worth something, the most worth first, as long as there is room."""
    chosen: list[int] = []
    for machine in sorted(morning.up, key=lambda machine: -worth[machine]):
        phase = PHASES[machine]
        left = morning.running[phase] - sum(PHASES[other] == phase for other in chosen)
        if worth[machine] > 0 and left > 1:
            chosen.append(int(machine))
    return chosen[: morning.slots[0]]
