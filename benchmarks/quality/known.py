"""How much of a world's hazard can be known: a filter that is told every constant of the world.

The true hazard is made from the wear itself; who decides has only what readings and the log say of
it. A particle filter that knows the simulator's rules and all that never changes about its machines
says the most that can be said of that: what it misses, nobody finds. It either follows each machine
through all its readings, or, as the features do, sees those of the last days beside the log. Told
the rules alone, it takes all machines for usual ones and all that moves their gauges for drift. M
machines, N particles each, P parts, K types that a machine cooks, X metrics, D days.

Source: the bootstrap filter of Gordon, Salmond and Smith (1993), with systematic resampling.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from benchmarks.quality.particles import (
    IMPOSSIBLE,
    PARTICLES,
    Particles,
    add_shift,
    follow_drift,
    unknown_drift,
    weigh,
)
from benchmarks.quality.worlds import (
    DAY,
    HORIZON,
    OPENING,
    Fleet,
    World,
    draw_rates,
    draw_wear,
    find_hazard,
    move_faults,
    show_wear,
)
from python_ml.demo.simulate import SimulatedFleet

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Seen:
    """What readings and the log say of each day.

    Attributes:
        count: Readings; (D, M, K).
        mean: Of each metric, in spreads of a reading about the type's level; (D, M, K, X).
        squares: Summed squares about that mean; (D, M, K, X).
        planned: The part that a planned stop of the day serviced, -1 without one; (D, M).
        broken: The part that broke on the day, -1 without; (D, M).
        is_up: Whether the machine could break down on the day; (D, M).
    """

    count: NDArray[np.int64]
    mean: Floats
    squares: Floats
    planned: NDArray[np.int64]
    broken: NDArray[np.int64]
    is_up: NDArray[np.bool_]


@dataclass
class Cloud(Particles):
    """What a machine may be like, by particle; of each part wear and rate.

    Attributes:
        harmed: How much the last service harmed; (M, N).
        has_fault: Whether the kitchen has a fault; (M, N).
    """

    harmed: Floats
    has_fault: NDArray[np.bool_]


def follow(
    world: World,
    seed: int,
    simulated: SimulatedFleet,
    days: int | None = None,
    *,
    knows_machines: bool = True,
) -> pd.Series:
    """Say what can be known of each machine's risk.

    Args:
        world: The rules.
        seed: What the fleet was simulated with.
        simulated: Its raw files and its truth.
        days: Of how many days before a morning readings are seen; None: all.
        knows_machines: Whether it is told how long each machine's parts last, how unlike types wear
            them, and where each gauge stands in each season; of the rules all is told.

    Returns:
        The chance of a breakdown within the horizon; in the order of the truth's rows.
    """
    fleet = Fleet(world, seed)
    seen = _look(world, fleet, simulated)
    if not knows_machines:
        world = _forget_machines(world, fleet)
    said = _follow(world, fleet, seen, days, default_rng([seed, 3]))
    return pd.Series(np.concatenate(list(said)), name="known")


def _forget_machines(world: World, fleet: Fleet) -> World:
    """Make all machines and types usual ones; gauges drift by what is no longer told of them."""
    fleet.life[:], fleet.type_wear[:] = world.life, 1
    # Half of a season's square is the mean square of its sine.
    known = world.offset**2 + world.mood**2 + (fleet.season**2).mean() / 2
    for shift in (fleet.offset, fleet.mood, fleet.season):
        shift[:] = 0
    return replace(world, drift=float(np.sqrt(world.drift**2 + known)))


def _follow(
    world: World, fleet: Fleet, seen: Seen, days: int | None, rng: Generator
) -> Iterator[Floats]:
    cloud = _start(world, fleet, days or 0, rng)
    since_planned = np.full(world.machines, world.planned_gap[1])
    for day in range(len(seen.count)):
        yield _predict(world, fleet, cloud, rng)
        is_planned = seen.planned[day] >= 0
        _hear(world, cloud, is_planned, since_planned, seen.is_up[day])
        _service(world, fleet, cloud, seen.planned[day], rng)
        since_planned = np.where(is_planned, 0, since_planned) + 1
        _survive(world, cloud, seen.broken[day], seen.is_up[day])
        told = _read(world, fleet, cloud, seen, day)
        if days is None:
            follow_drift(cloud, told)
        else:
            cloud.told = np.concatenate([cloud.told[:, :, 1:], told[:, :, None]], axis=2)
        cloud.resample(rng)
        _age(world, fleet, cloud, seen.count[day], rng)
        _renew(world, fleet, cloud, seen.broken[day], rng)
        _move_surroundings(world, cloud, rng)
    yield _predict(world, fleet, cloud, rng)


def _start(world: World, fleet: Fleet, days: int, rng: Generator) -> Cloud:
    shape = (world.machines, PARTICLES)
    return Cloud(
        rng.uniform(0, 0.8, (*shape, world.parts)),
        _draw_rates(world, fleet, (*shape, world.parts), rng),
        np.broadcast_to(unknown_drift(world.drift), (*shape, 2, world.metrics)).copy(),
        np.zeros((*shape, days, 3, world.metrics)),
        np.zeros(shape),
        np.zeros(shape),
        np.zeros(shape, bool),
    )


def _predict(world: World, fleet: Fleet, cloud: Cloud, rng: Generator) -> Floats:
    """The chance of a breakdown within the horizon, a future for each particle; (M,)."""
    mean = cloud.rate * np.einsum("mt,pt->mp", fleet.shares, fleet.type_wear)[:, None]
    faults = 1 + world.shared_faults * cloud.has_fault[..., None]
    wear, harmed, total = cloud.wear, cloud.harmed, np.zeros(cloud.harmed.shape)
    for _ in range(HORIZON):
        total += find_hazard(world, wear, harmed).sum(axis=-1)
        wear = wear + draw_wear(world, wear, mean, rng) * faults
        harmed = harmed * 0.8
    return (weigh(cloud, world.drift**2) * -np.expm1(-total)).sum(axis=1)


def _draw_rates(world: World, fleet: Fleet, shape: tuple[int, ...], rng: Generator) -> Floats:
    return draw_rates(world, np.broadcast_to(fleet.life[:, None], shape), rng)


def _hear(
    world: World,
    cloud: Cloud,
    is_planned: NDArray[np.bool_],
    since_planned: NDArray[np.int64],
    is_up: NDArray[np.bool_],
) -> None:
    """A stop sooner than planned ones come, or none, says what somebody would have heard."""
    is_loud = cloud.wear.max(axis=2) > 0.75
    was_heard = (is_planned & (since_planned < world.planned_gap[0]))[:, None] & ~is_loud
    was_silent = (~is_planned & is_up)[:, None] & is_loud
    cloud.log_weight += np.log(IMPOSSIBLE) * was_heard * (world.heard > 0)
    cloud.log_weight += np.log1p(-world.heard) * was_silent


def _service(
    world: World, fleet: Fleet, cloud: Cloud, part: NDArray[np.int64], rng: Generator
) -> None:
    """Renew what a planned stop serviced: the most worn part."""
    is_planned = (part >= 0)[:, None]
    cloud.log_weight += np.log(IMPOSSIBLE) * (
        is_planned & (cloud.wear.argmax(axis=2) != part[:, None])
    )
    is_served = np.arange(world.parts) == part[:, None, None]
    left = rng.uniform(*world.planned_leaves, cloud.wear.shape)
    left = np.where(is_served, left, 0.5 + 0.5 * left)
    cloud.wear = np.where(is_planned[..., None], cloud.wear * left, cloud.wear)
    rate = _draw_rates(world, fleet, cloud.rate.shape, rng)
    cloud.rate = np.where(is_served, rate, cloud.rate)
    is_harmed = rng.random(cloud.harmed.shape) < world.harm
    cloud.harmed = np.where(is_planned, 1.0 * is_harmed, cloud.harmed)
    _reset_gauges(world, cloud, is_planned, rng)


def _survive(world: World, cloud: Cloud, part: NDArray[np.int64], is_up: NDArray[np.bool_]) -> None:
    hazard = find_hazard(world, cloud.wear, cloud.harmed)
    total = hazard.sum(axis=2)
    of_part = np.take_along_axis(hazard, part.clip(0)[:, None, None], axis=2)[..., 0]
    broke = np.log(-np.expm1(-total) * of_part / total)
    came = np.where((part >= 0)[:, None], broke, -total)
    cloud.log_weight += np.where(is_up[:, None], came, 0)


def _read(world: World, fleet: Fleet, cloud: Cloud, seen: Seen, day: int) -> Floats:
    """Ask what a day's readings say of the particles but for a shift of each gauge.

    Returns:
        How surely they tell such a shift, the one that fits best times that, and twice the negative
        log-likelihood without any; (M, N, 3, X).
    """
    kinds = _kinds(world, fleet)
    machine = np.arange(world.machines)[:, None]
    wear = np.clip(cloud.wear, 0, 1.6)
    season = fleet.season * np.sin(2 * np.pi * day / 365)
    steady = fleet.offset[:, None] + season + cloud.has_fault[..., None] * fleet.fault_shift
    expected = steady[:, :, None] + fleet.mood[machine, kinds][:, None]
    for name, shown in show_wear(wear).items():
        shift = (fleet.shift * (fleet.curve == name))[:, kinds]
        expected = expected + np.einsum("mnp,pmkx->mnkx", shown, shift)
    spread = 1 + fleet.scatter[kinds][:, None] * wear.max(axis=2)[..., None, None]
    count = seen.count[day][:, None, :, None]
    weight = count / spread**2
    off = seen.mean[day][:, None] - expected
    within = seen.squares[day][:, None] / spread**2 + 2 * count * np.log(spread)
    told = [weight, weight * off, weight * off**2 + within]
    return add_shift(np.stack([each.sum(axis=2) for each in told], axis=2), world.scatter_days**2)


def _age(
    world: World, fleet: Fleet, cloud: Cloud, count: NDArray[np.int64], rng: Generator
) -> None:
    of_types = fleet.type_wear[:, _kinds(world, fleet)]
    worn = np.einsum("mk,pmk->mp", count, of_types) / fleet.load[:, None]
    faults = 1 + world.shared_faults * cloud.has_fault[..., None]
    drawn = draw_wear(world, cloud.wear, cloud.rate * worn[:, None], rng)
    cloud.wear = cloud.wear + drawn * faults
    cloud.harmed = cloud.harmed * 0.8


def _renew(
    world: World, fleet: Fleet, cloud: Cloud, part: NDArray[np.int64], rng: Generator
) -> None:
    is_part = np.arange(world.parts) == part[:, None, None]
    anew = rng.uniform(*world.breakdown_leaves, cloud.wear.shape)
    cloud.wear = np.where(is_part, anew, cloud.wear)
    cloud.rate = np.where(is_part, _draw_rates(world, fleet, cloud.rate.shape, rng), cloud.rate)
    is_broken = (part >= 0)[:, None]
    cloud.harmed = np.where(is_broken, 0, cloud.harmed)
    _reset_gauges(world, cloud, is_broken, rng)


def _reset_gauges(
    world: World, cloud: Cloud, is_stopped: NDArray[np.bool_], rng: Generator
) -> None:
    is_reset = is_stopped & (rng.random(cloud.harmed.shape) < world.resets)
    cloud.drift = np.where(is_reset[..., None, None], unknown_drift(world.drift), cloud.drift)


def _move_surroundings(world: World, cloud: Cloud, rng: Generator) -> None:
    keep = 1 - 1 / world.drift_days
    shrink = np.array([[keep], [keep**2]])
    cloud.drift = shrink * cloud.drift + (1 - shrink) * unknown_drift(world.drift)
    cloud.has_fault = move_faults(cloud.has_fault, rng)


def _kinds(world: World, fleet: Fleet) -> NDArray[np.int64]:
    """The types that each machine cooks; (M, K)."""
    return np.argsort(fleet.shares == 0, axis=1, kind="stable")[:, : world.types_of_machine]


def _look(world: World, fleet: Fleet, simulated: SimulatedFleet) -> Seen:
    first = pd.Timestamp(simulated.truth["as_of_date"][0].as_py())
    machines = pd.Index(simulated.machines["machine_id"].to_pylist())
    day_count = len(simulated.truth) // world.machines - 1
    shape = (day_count, world.machines, world.types_of_machine)
    types = dict(
        zip(
            simulated.batch_registry["batch_id"].to_pylist(),
            simulated.batch_registry["arepa_type"].to_pylist(),
            strict=True,
        )
    )
    readings = simulated.cooking_metrics.to_pandas()
    machine = machines.get_indexer(readings["machine_id"])
    kind = readings["batch_id"].map(types).str[1:].astype(int).to_numpy() - 1
    place = (_kinds(world, fleet)[machine] == kind[:, None]).argmax(axis=1)
    day = (pd.to_datetime(readings["timestamp"]) - first).dt.days.to_numpy()
    values = readings[[f"metric_{x + 1}" for x in range(world.metrics)]].to_numpy()
    values = (values - fleet.level[kind]) / fleet.spread[kind]
    at = (day, machine, place)
    count = np.zeros(shape, int)
    np.add.at(count, at, 1)
    mean = np.zeros((*shape, world.metrics))
    np.add.at(mean, at, values)
    mean /= np.maximum(count, 1)[..., None]
    squares = np.zeros(mean.shape)
    np.add.at(squares, at, (values - mean[at]) ** 2)
    planned, broken, is_up = _read_log(world, simulated, first, shape[:2])
    return Seen(count, mean, squares, planned, broken, is_up)


def _read_log(
    world: World, simulated: SimulatedFleet, first: pd.Timestamp, shape: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    events = simulated.maintenance_events.to_pandas()
    machines = pd.Index(simulated.machines["machine_id"].to_pylist())
    machine = machines.get_indexer(events["machine_id"])
    part = events["component"].str.removeprefix("part_").astype(int).to_numpy() - 1
    start = (pd.to_datetime(events["start_time"]) - first).dt.total_seconds().to_numpy()
    end = (pd.to_datetime(events["end_time"]) - first).dt.total_seconds().to_numpy()
    day = (start // DAY).astype(int)
    is_planned = (events["kind"] == "planned").to_numpy()
    found = []
    for chosen in (is_planned, ~is_planned):
        of_kind = np.full(shape, -1)
        of_kind[day[chosen], machine[chosen]] = part[chosen]
        found.append(of_kind)
    is_up = np.ones(shape, bool)
    last_down = (np.nan_to_num(end, nan=shape[0] * DAY) - OPENING) // DAY
    for event in np.flatnonzero(last_down > day):
        is_up[day[event] + 1 : int(last_down[event]) + 1, machine[event]] = False
    return found[0], found[1], is_up
