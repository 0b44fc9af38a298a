"""Five fleets by other rules than the demo's, with their true hazard.

What is tuned on one must hold on the others.

Unlike `python_ml.demo.simulate` a machine has several parts that wear by batches of each type, by
gamma steps, by jumps or faster the more worn they are; gauges drift and are reset, seasons and
faults of a whole kitchen move metrics, services are imperfect, unlike and sometimes do harm, and
some planned stops are made because somebody heard the machine. M machines, P parts, T types,
X metrics, K kitchens; times are seconds since 00:00 of the first day.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from python_ml.demo.simulate import SimulatedFleet

Floats = NDArray[np.float64]
HOUR, DAY = 3600, 86_400
OPENING, CLOSING = 6 * HOUR, 21 * HOUR
PATHS = 32
HORIZON = 7


@dataclass(frozen=True)
class World:
    """The rules of one world; metrics are in spreads of a reading, wear 1 is worn."""

    name: str
    machines: int = 72
    kitchens: int = 18
    types: int = 6
    types_of_machine: int = 4
    metrics: int = 2
    parts: int = 1
    batches: float = 18.0  # a day
    life: float = 50.0  # days from new to worn
    life_machine: float = 0.2  # spread of the log of lives between machines
    life_cycle: float = 0.35  # and between cycles
    type_wear: float = 0.4  # how unlike types wear
    step: str = "gamma"  # or jumps
    step_shape: float = 3.0  # gamma's shape of a day's wear; mean number of jumps a life
    accelerates: float = 0.0
    sudden: float = 0.001
    worn: float = 0.35
    width: float = 0.1
    shift: float = 1.2  # mean shift of the strongest metric at full wear
    weak_shift: float = 0.5
    shapes: tuple[str, ...] = ("linear",)
    scatter: float = 0.3  # how much noisier full wear makes readings
    scatter_days: float = 0.15  # of a day's mean
    offset: float = 0.3  # of a machine
    mood: float = 0.15  # of a machine and type
    drift: float = 0.4
    drift_days: float = 90.0
    resets: float = 0.0  # share of stops after which the gauge is set anew
    season: float = 0.0
    shared_faults: float = 0.0  # how much faster parts wear while the kitchen has a fault
    planned_gap: tuple[int, int] = (22, 45)
    planned_leaves: tuple[float, float] = (0.05, 0.3)  # of the wear
    breakdown_leaves: tuple[float, float] = (0.0, 0.05)  # as new as that
    harm: float = 0.0  # share of planned stops after which the machine is worse for some days
    heard: float = 0.0  # chance a day that somebody stops a worn machine
    empty_metrics: int = 0  # of the metrics, those that say nothing


WORLDS = (
    World("drift", drift=0.6, mood=0.2, shapes=("linear", "late")),
    World(
        "parts",
        parts=3,
        life=90.0,
        metrics=3,
        shapes=("linear", "late", "saturating"),
        planned_leaves=(0.1, 0.4),
        drift=0.4,
    ),
    World(
        "jumps",
        step="jumps",
        step_shape=5.0,
        life=60.0,
        width=0.2,
        worn=0.25,
        types=9,
        types_of_machine=3,
        shapes=("saturating", "linear"),
        scatter=0.6,
        resets=0.3,
    ),
    World(
        "seasons",
        accelerates=1.5,
        life=70.0,
        season=0.8,
        drift=0.5,
        drift_days=40.0,
        shared_faults=1.0,
        shapes=("late",),
        heard=0.05,
        batches=10.0,
    ),
    World(
        "harm",
        types=12,
        types_of_machine=5,
        metrics=4,
        empty_metrics=2,
        shift=0.9,
        weak_shift=0.3,
        harm=0.25,
        planned_leaves=(0.2, 0.8),
        breakdown_leaves=(0.0, 0.3),
        life=65.0,
        life_cycle=0.5,
        width=0.15,
        scatter=0.0,
    ),
)


class Fleet:
    """What never changes and what one day hands to the next."""

    def __init__(self, world: World, seed: int) -> None:
        rng = default_rng([seed, 0, len(world.name)])
        shape = (world.parts, world.types, world.metrics)
        count = world.machines
        self.kitchen = np.arange(count) % world.kitchens
        self.number = np.arange(count) // world.kitchens
        shares = rng.uniform(0.4, 1.6, (count, world.types))
        rank = rng.random(shares.shape).argsort(axis=1).argsort(axis=1)
        shares *= rank < world.types_of_machine
        self.shares = shares / shares.sum(axis=1, keepdims=True)
        self.load = world.batches * np.exp(rng.normal(0, 0.25, count))
        self.life = world.life * np.exp(rng.normal(0, world.life_machine, (count, world.parts)))
        self.type_wear = np.exp(rng.normal(0, world.type_wear, (world.parts, world.types)))
        strongest = rng.integers(0, world.metrics - world.empty_metrics, shape[:2])
        size = rng.uniform(0, 2 * world.weak_shift, shape)
        part, kind = np.ogrid[: world.parts, : world.types]
        size[part, kind, strongest] += world.shift * rng.uniform(0.7, 1.3, shape[:2])
        self.shift = size * rng.choice([-1, 1], shape)
        if world.empty_metrics:
            self.shift[:, :, -world.empty_metrics :] = 0
        self.curve = rng.choice(world.shapes, shape)
        self.scatter = world.scatter * rng.uniform(0, 2, shape[1:])
        self.level = rng.uniform(0.3, 0.7, shape[1:])
        self.spread = rng.uniform(0.02, 0.06, shape[1:])
        self.offset = rng.normal(0, world.offset, (count, world.metrics))
        self.mood = rng.normal(0, world.mood, (count, *shape[1:]))
        self.season = world.season * rng.uniform(0.5, 1, world.metrics)
        self.fault_shift = rng.normal(0, 0.5 * (world.shared_faults > 0), world.metrics)
        self.drift = rng.normal(0, world.drift, (count, world.metrics))
        self.wear = rng.uniform(0, 0.8, (count, world.parts))
        self.rate = draw_rates(world, self.life, rng)
        self.down_until = np.full(count, -1)
        self.due = rng.integers(0, world.planned_gap[1], count)
        self.harmed = np.zeros(count)
        self.has_fault = np.zeros(world.kitchens, bool)


def simulate_world(world: World, seed: int, *, as_of: date, days: int) -> SimulatedFleet:
    """Simulate a world for some days up to the one before a morning."""
    fleet = Fleet(world, seed)
    records: list[dict[str, NDArray]] = []
    truth = []
    for day in range(days):
        rng = default_rng([seed, 1, day])
        truth.append(_truth(world, fleet, day))
        records.append(_simulate_day(world, fleet, day, rng))
    truth.append(_truth(world, fleet, days))
    joined = {name: np.concatenate([of_day[name] for of_day in records]) for name in records[0]}
    return _as_tables(world, fleet, joined, truth, as_of - timedelta(days=days))


def find_hazard(world: World, wear: Floats, harmed: Floats) -> Floats:
    """Chances of a breakdown a day, of each part; (…, M, P)."""
    worn = world.worn / (1 + np.exp((1 - wear) / world.width))
    return worn + (world.sudden + 0.08 * harmed[..., None]) / world.parts


def _draw_wear(world: World, fleet: Fleet, wear: Floats, mean: Floats, rng: Generator) -> Floats:
    faults = 1 + world.shared_faults * fleet.has_fault[fleet.kitchen][:, None]
    return draw_wear(world, wear, mean, rng) * faults


def draw_wear(world: World, wear: Floats, mean: Floats, rng: Generator) -> Floats:
    """Draw a day's wear of mean size `mean`, without faults of the kitchen; (…, M, P)."""
    if world.step == "jumps":
        jumps = rng.poisson(mean * world.step_shape)
        drawn = rng.gamma(np.maximum(jumps, 1e-9)) / world.step_shape
    else:
        drawn = rng.gamma(world.step_shape, 1 / world.step_shape, mean.shape) * mean
    return drawn * (1 + world.accelerates * wear) / (1 + world.accelerates / 2)


def draw_rates(world: World, life: Floats, rng: Generator) -> Floats:
    """Draw the wear a day of new parts with lives of such a mean length; the shape of `life`."""
    return np.exp(rng.normal(0, world.life_cycle, life.shape)) / life


def move_faults(has_fault: NDArray[np.bool_], rng: Generator) -> NDArray[np.bool_]:
    """Let faults of kitchens begin and end overnight."""
    draw = rng.random(has_fault.shape)
    return np.where(has_fault, draw > 1 / 14, draw < 1 / 70)


def _truth(world: World, fleet: Fleet, day: int) -> tuple[Floats, NDArray[np.bool_], Floats]:
    """The chance of a breakdown within the horizon if nobody stops the machine; (M,)."""
    rng = default_rng([day, 2])
    mean = fleet.rate * np.einsum("mt,pt->mp", fleet.shares, fleet.type_wear)
    wear = np.repeat(fleet.wear[None], PATHS, axis=0)
    harmed = np.repeat(fleet.harmed[None], PATHS, axis=0)
    total = np.zeros((PATHS, world.machines))
    for _ in range(HORIZON):
        total += find_hazard(world, wear, harmed).sum(axis=-1)
        wear = wear + _draw_wear(world, fleet, wear, np.broadcast_to(mean, wear.shape), rng)
        harmed = harmed * 0.8
    is_down = fleet.down_until >= day * DAY
    return 1 - np.exp(-total).mean(axis=0), is_down, fleet.wear.max(axis=1)


def _simulate_day(world: World, fleet: Fleet, day: int, rng: Generator) -> dict[str, NDArray]:
    events = _stop(world, fleet, day, rng)
    counts = rng.poisson(fleet.load[:, None] * fleet.shares)
    up_from = np.maximum(fleet.down_until, day * DAY + OPENING)
    readings = _read(world, fleet, day, counts, rng)
    is_kept = (readings["at"] > up_from[readings["machine"]]) & (
        readings["at"] < events["breaks_at"][readings["machine"]]
    )
    readings = {name: values[is_kept] for name, values in readings.items()}
    cooked = np.zeros((world.machines, world.types))
    np.add.at(cooked, (readings["machine"], readings["type"]), 1)
    _age(world, fleet, cooked, rng)
    _renew(world, fleet, events, rng)
    _move_surroundings(world, fleet, rng)
    names = ("event_machine", "event_start", "event_end", "event_planned", "event_part")
    day_events = {name: events[name] for name in names}
    return day_events | {f"reading_{name}": values for name, values in readings.items()}


def _stop(world: World, fleet: Fleet, day: int, rng: Generator) -> dict[str, NDArray]:
    """Draw today's stops: planned at opening, breakdowns at any time of a machine that runs."""
    is_up = fleet.down_until < day * DAY + OPENING
    is_heard = rng.random(world.machines) < world.heard * (fleet.wear.max(axis=1) > 0.75)
    is_planned = is_up & ((fleet.due <= day) | is_heard)
    gap = rng.integers(*world.planned_gap, world.machines)
    fleet.due = np.where(is_planned, day + gap, fleet.due)
    opening = day * DAY + OPENING
    planned_end = opening + HOUR + rng.integers(0, 2 * HOUR, world.machines)
    _service(world, fleet, is_planned, rng)
    fleet.down_until = np.where(is_planned, planned_end, fleet.down_until)
    hazard = find_hazard(world, fleet.wear, fleet.harmed)
    is_broken = is_up & (rng.random(world.machines) < -np.expm1(-hazard.sum(axis=1)))
    share = hazard.cumsum(axis=1) / hazard.sum(axis=1, keepdims=True)
    part = (rng.random((world.machines, 1)) > share).sum(axis=1)
    earliest = np.where(is_planned, planned_end + 60, opening)
    breaks_at = earliest + (rng.random(world.machines) * (day * DAY + CLOSING - earliest)).astype(
        int
    )
    broken_end = breaks_at + (4 * HOUR * 9 ** rng.random(world.machines)).astype(int)
    planned, broken = np.flatnonzero(is_planned), np.flatnonzero(is_broken)
    # A planned stop services the most worn part; the log names it.
    served = fleet.served[planned]
    return {
        "event_machine": np.concatenate([planned, broken]),
        "event_start": np.concatenate([np.full(len(planned), opening), breaks_at[broken]]),
        "event_end": np.concatenate([planned_end[planned], broken_end[broken]]),
        "event_planned": np.repeat([True, False], [len(planned), len(broken)]),
        "event_part": np.concatenate([served, part[broken]]),
        "is_broken": is_broken,
        "part": part,
        "broken_end": broken_end,
        "breaks_at": np.where(is_broken, breaks_at, (day + 1) * DAY),
    }


def _service(world: World, fleet: Fleet, is_planned: NDArray[np.bool_], rng: Generator) -> None:
    """Renew what a planned stop services: its most worn part, and the others a little."""
    fleet.served = fleet.wear.argmax(axis=1)
    left = rng.uniform(*world.planned_leaves, fleet.wear.shape)
    is_served = np.arange(world.parts) == fleet.served[:, None]
    left = np.where(is_served, left, 0.5 + 0.5 * left)
    is_reset = is_planned[:, None]
    fleet.wear = np.where(is_reset, fleet.wear * left, fleet.wear)
    rate = draw_rates(world, fleet.life, rng)
    fleet.rate = np.where(is_reset & is_served, rate, fleet.rate)
    is_harmed = is_planned & (rng.random(world.machines) < world.harm)
    fleet.harmed = np.where(is_planned, 1.0 * is_harmed, fleet.harmed)
    _reset_gauges(world, fleet, is_planned, rng)


def _renew(world: World, fleet: Fleet, events: dict[str, NDArray], rng: Generator) -> None:
    """Renew the part that broke; the machine is down until it is repaired."""
    is_broken = events["is_broken"]
    is_part = is_broken[:, None] & (np.arange(world.parts) == events["part"][:, None])
    fleet.wear = np.where(is_part, rng.uniform(*world.breakdown_leaves, is_part.shape), fleet.wear)
    rate = draw_rates(world, fleet.life, rng)
    fleet.rate = np.where(is_part, rate, fleet.rate)
    fleet.harmed = np.where(is_broken, 0, fleet.harmed)
    fleet.down_until = np.where(is_broken, events["broken_end"], fleet.down_until)
    _reset_gauges(world, fleet, is_broken, rng)


def _reset_gauges(
    world: World, fleet: Fleet, is_stopped: NDArray[np.bool_], rng: Generator
) -> None:
    is_reset = is_stopped & (rng.random(world.machines) < world.resets)
    anew = rng.normal(0, world.drift, fleet.drift.shape)
    fleet.drift = np.where(is_reset[:, None], anew, fleet.drift)


def _age(world: World, fleet: Fleet, cooked: Floats, rng: Generator) -> None:
    worn = np.einsum("mt,pt->mp", cooked, fleet.type_wear) / fleet.load[:, None]
    fleet.wear = fleet.wear + _draw_wear(world, fleet, fleet.wear, fleet.rate * worn, rng)
    fleet.harmed = fleet.harmed * 0.8


def _move_surroundings(world: World, fleet: Fleet, rng: Generator) -> None:
    keep = 1 - 1 / world.drift_days
    shock = rng.normal(0, world.drift * np.sqrt(1 - keep**2), fleet.drift.shape)
    fleet.drift = keep * fleet.drift + shock
    fleet.has_fault = move_faults(fleet.has_fault, rng)


def show_wear(wear: Floats) -> dict[str, Floats]:
    """How far each kind of metric has moved, of its shift at full wear."""
    return {
        "linear": wear,
        "late": np.maximum(wear - 0.4, 0) / 0.6,
        "saturating": 1.2 * (1 - np.exp(-2 * wear)),
    }


def _read(
    world: World, fleet: Fleet, day: int, counts: NDArray[np.int64], rng: Generator
) -> dict[str, NDArray]:
    """One reading a batch, in order of time, as if the machine ran all day."""
    machine, kind = (np.repeat(index.ravel(), counts.ravel()) for index in np.indices(counts.shape))
    at = day * DAY + rng.integers(OPENING, CLOSING, len(machine))
    order = np.lexsort((at, fleet.kitchen[machine]))
    machine, kind, at = machine[order], kind[order], at[order]
    wear = np.clip(fleet.wear, 0, 1.6)
    moved = np.zeros((world.machines, world.types, world.metrics))
    for name, values in show_wear(wear).items():
        moved += np.einsum("mp,ptx->mtx", values, fleet.shift * (fleet.curve == name))
    season = fleet.season * np.sin(2 * np.pi * day / 365)
    fault = fleet.has_fault[fleet.kitchen][:, None] * fleet.fault_shift
    of_day = rng.normal(0, world.scatter_days, (world.machines, world.metrics))
    steady = (fleet.offset + fleet.drift + season + fault + of_day)[:, None] + fleet.mood + moved
    noise = rng.normal(size=(len(machine), world.metrics))
    noise *= 1 + fleet.scatter[kind] * wear.max(axis=1)[machine, None]
    value = steady[machine, kind] + noise
    return {
        "at": at,
        "machine": machine,
        "type": kind,
        "value": fleet.level[kind] + fleet.spread[kind] * value,
    }


def _as_tables(
    world: World,
    fleet: Fleet,
    records: dict[str, NDArray],
    truth: list[tuple[Floats, NDArray[np.bool_], Floats]],
    first_day: date,
) -> SimulatedFleet:
    first = np.datetime64(first_day, "s")
    pairs = zip(fleet.kitchen, fleet.number, strict=True)
    machine_id = np.array([f"k{kitchen + 1:02d}-p1-m{number + 1}" for kitchen, number in pairs])
    at, machine = records["reading_at"], records["reading_machine"]
    batch_id = _name_batches(fleet.kitchen[machine], at // DAY, first_day)
    value = np.round(records["reading_value"], 4)
    start, end = records["event_start"], records["event_end"]
    mornings = [first.astype("datetime64[D]") + day for day in range(len(truth))]
    return SimulatedFleet(
        cooking_metrics=pa.table(
            {
                "timestamp": first + at,
                "machine_id": machine_id[machine],
                "batch_id": batch_id,
                **{f"metric_{x + 1}": value[:, x] for x in range(world.metrics)},
            }
        ),
        batch_registry=pa.table(
            {
                "batch_id": batch_id,
                "arepa_type": np.array([f"a{t + 1}" for t in range(world.types)])[
                    records["reading_type"]
                ],
            }
        ),
        faulty_intervals=pa.table(
            {
                "machine_id": pa.array([], pa.string()),
                "start_time": pa.array([], pa.timestamp("s")),
                "end_time": pa.array([], pa.timestamp("s")),
            }
        ),
        machines=pa.table(
            {
                "machine_id": machine_id,
                "kitchen_id": [name.split("-")[0] for name in machine_id],
                "phase": np.ones(world.machines, int),
            }
        ),
        maintenance_events=pa.table(
            {
                "machine_id": machine_id[records["event_machine"]],
                "start_time": first + start,
                "end_time": pa.array(first + end, mask=end >= (len(truth) - 1) * DAY),
                "kind": np.where(records["event_planned"], "planned", "breakdown"),
                "component": np.array([f"part_{p + 1}" for p in range(world.parts)])[
                    records["event_part"]
                ],
            }
        ),
        truth=pa.table(
            {
                "machine_id": np.tile(machine_id, len(truth)),
                "as_of_date": np.repeat(mornings, world.machines),
                "breakdown_probability_7_days": np.concatenate([said for said, _, _ in truth]),
                "wear": np.concatenate([wear for _, _, wear in truth]),
                "is_down": np.concatenate([is_down for _, is_down, _ in truth]),
            }
        ),
    )


def _name_batches(kitchen: NDArray, day: NDArray, first_day: date) -> NDArray:
    """Number the batches of each kitchen and day in their order."""
    key = day * 1000 + kitchen
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    rank = np.empty(len(key), int)
    place = np.arange(len(key)) - np.repeat(starts, np.diff([*starts, len(key)]))
    rank[order] = place + 1
    days = [f"{first_day + timedelta(days=d):%Y%m%d}" for d in range(int(day.max()) + 1)]
    names = pa.array(days).take(pa.array(day)).to_pylist()
    return np.array(
        [f"k{k + 1:02d}-{d}-{n:04d}" for k, d, n in zip(kitchen, names, rank, strict=True)]
    )
