"""What can be known of the week: who is told all rules of a world and the price of a slot.

For each machine the cheapest time to stop it is found by dynamic programming over its wear, the
pace of its life and the day of the cycle of booked visits; slots cost what balances them. Machines
are then stopped by what waiting costs, the dearest first. Worlds of one part, as a wear of three
would not fit on a grid. M machines, R paces, G wears, C days of a cycle.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray

from benchmarks.quality.week_fleet import (
    BLUR,
    BOOKED_EVERY,
    BREAKDOWN,
    PATHS,
    PHASES,
    STOP,
    Fleet,
    Morning,
    Policy,
    find_booked,
    take_dearest,
)
from benchmarks.quality.worlds import World, draw_wear, find_hazard

Floats = NDArray[np.float64]

WEARS = np.linspace(0, 1.8, 61)
PACES = np.linspace(-2.8, 2.8, 25)  # of the log of lives, in its standard deviations
STEPS, CYCLES = 400, 8
SLOT_PRICES = (0.0, 100.0, 200.0, 400.0, 700.0)


@dataclass(frozen=True)
class _Rules:
    """What a world does to a machine of each wear and pace.

    Attributes:
        log_paces: Of lives, against the world's mean; (R,).
        steps: Chances of tomorrow's wear; (R, G, G).
        breaks: Chance of a breakdown today; (G,).
        left: Chances of the wear that a stop leaves; (G,).
    """

    log_paces: Floats
    steps: Floats
    breaks: Floats
    left: Floats


@dataclass(frozen=True)
class _Solution:
    """What a cycle costs at least at a price of slots, and what waiting costs more than a stop.

    Attributes:
        waiting: On each day of the cycle, of each machine and wear; (C, M, G).
    """

    cost: float
    waiting: Floats


def know_rules(fleet: Fleet) -> Policy:
    """Decide by all rules of the world, on the same measured wear as the curves are of."""
    error = default_rng(fleet.seed).normal(0, BLUR, PATHS)

    def see(morning: Morning) -> Floats:
        return np.clip(morning.measured[:, :1] + error, 0, WEARS[-1])

    return _decide(_solve(fleet).waiting, see)


def see_wear(fleet: Fleet) -> Policy:
    """Decide by all rules of the world, on the wear itself, which nobody sees."""
    return _decide(_solve(fleet).waiting, lambda morning: morning.wear[:, :1])


def _decide(waiting: Floats, see: Callable[[Morning], Floats]) -> Policy:
    def decide(morning: Morning) -> list[int]:
        today = waiting[morning.day % BOOKED_EVERY]
        worth = [
            np.interp(wears, WEARS, of_machine).mean()
            for wears, of_machine in zip(see(morning), today, strict=True)
        ]
        return take_dearest(morning, np.array(worth))

    return decide


def _solve(fleet: Fleet) -> _Solution:
    """Solve at the price of slots at which a cycle costs most: no other balances them better."""
    rules = _lay_out(fleet.world)
    solutions = [_solve_at(fleet, rules, price) for price in SLOT_PRICES]
    return max(solutions, key=lambda solution: solution.cost)


def _lay_out(world: World) -> _Rules:
    rng = default_rng(1)
    log_paces = PACES * np.hypot(world.life_machine, world.life_cycle)
    wears = np.broadcast_to(WEARS[:, None], (len(WEARS), STEPS))
    steps = [
        _share_out(wears + draw_wear(world, wears, np.full(wears.shape, pace), rng))
        for pace in np.exp(log_paces) / world.life
    ]
    breaks = -np.expm1(-find_hazard(world, WEARS[:, None], np.zeros(len(WEARS))).sum(axis=-1))
    left = _share_out(rng.uniform(*world.planned_leaves, (1, 10 * STEPS)))[0]
    return _Rules(log_paces, np.array(steps), breaks, left)


def _share_out(drawn: Floats) -> Floats:
    """Share draws out on the two wears of the grid beside each; (…, draws) to (…, G)."""
    places = np.clip(drawn / WEARS[1], 0, len(WEARS) - 1 - 1e-9)
    below = places.astype(int)
    shares = np.zeros((len(drawn), len(WEARS)))
    rows = np.arange(len(drawn))[:, None]
    np.add.at(shares, (rows, below), 1 - (places - below))
    np.add.at(shares, (rows, below + 1), places - below)
    return shares / drawn.shape[1]


def _solve_at(fleet: Fleet, rules: _Rules, price: float) -> _Solution:
    """Go back over whole cycles until one costs as much as the next."""
    world, machines = fleet.world, np.arange(len(PHASES))
    own = np.log(fleet.pace[:, 0] * world.life)
    paces = np.exp(-0.5 * ((rules.log_paces - own[:, None]) / world.life_cycle) ** 2)
    paces /= paces.sum(axis=1, keepdims=True)
    tomorrow = np.zeros((len(machines), len(PACES), len(WEARS)))
    renewed, renewed_later = np.zeros(len(machines)), np.zeros(len(machines))
    waiting = np.zeros((BOOKED_EVERY, len(machines), len(WEARS)))
    totals = []
    for day in reversed(range(BOOKED_EVERY * CYCLES)):
        goes_on = np.matmul(rules.steps, tomorrow[..., None])[..., 0]
        broken = BREAKDOWN + renewed_later[:, None, None]
        today = rules.breaks * broken + (1 - rules.breaks) * goes_on
        stopped = STOP + renewed
        waiting[day % BOOKED_EVERY] = np.einsum("mr,mrg->mg", paces, today) - stopped[:, None]
        if fleet.slots[day % 7]:
            today = np.minimum(today, (stopped + price)[:, None, None])
        is_booked = find_booked(machines, day) == 0
        today[is_booked] = stopped[is_booked, None, None]
        tomorrow, renewed_later = today, renewed
        renewed = np.einsum("mr,mrg,g->m", paces, today, rules.left)
        if day % BOOKED_EVERY == 0:
            totals.append(renewed.sum())
    paid = price * sum(fleet.slots) * BOOKED_EVERY / 7
    return _Solution(totals[-1] - totals[-2] - paid, waiting)
