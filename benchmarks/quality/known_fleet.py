"""How much of the demo fleet's hazard can be known: a filter told its simulator's constants.

As `known` for the five worlds. Of each morning it has the log and the readings of the last days, as
the features do. Told the rules alone, it takes all machines for usual ones and all that moves their
gauges for drift. M machines, N particles each, T types, X metrics, D days; S spans of a day: up to
its first stop, after a planned one, after a breakdown.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from benchmarks.quality.particles import (
    PARTICLES,
    Particles,
    add_shift,
    unknown_drift,
    weigh,
)
from python_ml.demo.simulate import (
    DAY,
    DRIFT_SIGMA,
    LIFE_DAYS,
    LIFE_SIGMA_CYCLE,
    LIFE_SIGMA_MACHINE,
    MOOD_SIGMA,
    OFFSET_SIGMA,
    VISIBLE_WEAR,
    WEAR_SHAPE,
    FleetPlan,
    SimulatedFleet,
    World,
    build_world,
    compute_hazard,
    compute_temperature,
)

Floats = NDArray[np.float64]
HORIZON = 7
DAYS_SEEN = 7  # of readings, as the features
OWN_NOISE = BATCH_NOISE = 0.7**2  # variances of a reading's and of its batch's noise, in spreads
PLANNED_LEAVES, BREAKDOWN_LEAVES = (0.05, 0.3), (0.0, 0.05)
# Variance of the weather, where it is not known: what a morning keeps and adds of it.
WEATHER = 0.35**2 / (1 - 0.7**2)


@dataclass(frozen=True)
class _Rules:
    """What the filter is told; metrics are in spreads of a reading.

    Attributes:
        world: The fleet's constants.
        machines: Those that are followed, by their place in the fleet; (M,).
        life: Days from new to worn; (M,).
        life_sigma: Spread of the logarithm of what a cycle wears a day.
        response: How clearly a machine shows its wear; (M,).
        drift: Spread of what moves a gauge for weeks.
        knows_machines: Whether it knows where gauges stand, and the weather.
    """

    world: World
    machines: NDArray[np.int64]
    life: Floats
    life_sigma: float
    response: Floats
    drift: float
    knows_machines: bool


@dataclass(frozen=True)
class _Seen:
    """What readings and the log say of each day.

    Attributes:
        weights: Batches, each counting by how surely its mean tells its level; (D, S, M, T).
        counts: Batches; (D, S, M, T).
        sums: Of the batches' means, weighted; (D, S, M, T, X).
        squares: Of their squares, weighted; (D, S, M, T, X).
        worked: Batches since the day's last stop; (D, M).
        is_planned: Whether a planned stop came; (D, M).
        is_broken: Whether a breakdown came; (D, M).
        is_up: Whether the machine could break down; (D, M).
    """

    weights: Floats
    counts: Floats
    sums: Floats
    squares: Floats
    worked: Floats
    is_planned: NDArray[np.bool_]
    is_broken: NDArray[np.bool_]
    is_up: NDArray[np.bool_]


@dataclass(frozen=True)
class _Log:
    """The stops of the followed machines; seconds since the first day began, -1 without one."""

    planned_end: Floats  # (D, M)
    broken_end: Floats  # (D, M)
    is_up: NDArray[np.bool_]  # (D, M)


def follow_fleet(
    plan: FleetPlan, simulated: SimulatedFleet, phase: int, *, knows_machines: bool
) -> pd.DataFrame:
    """Say what can be known of the risk of one phase's machines.

    Args:
        plan: What the fleet was simulated by.
        simulated: Its raw files and its truth.
        phase: From 1.
        knows_machines: Whether it is told how long each machine lasts and how clearly it shows its
            wear, where its gauges stand and the weather; of the rules all is told.

    Returns:
        Columns machine_id, as_of_date and known, the chance of a breakdown within seven days;
        grain: machine_id, as_of_date.
    """
    rules = _tell_rules(plan, phase, knows_machines=knows_machines)
    seen = _look(plan, rules, simulated)
    said = np.stack(list(_follow(rules, seen, default_rng([plan.seed, 7]))))
    names = np.array(simulated.machines["machine_id"].to_pylist())[rules.machines]
    mornings = pd.Timestamp(plan.first_day) + pd.to_timedelta(np.arange(len(said)), unit="D")
    return pd.DataFrame(
        {
            "machine_id": np.tile(names, len(said)),
            "as_of_date": np.repeat(mornings, len(names)),
            "known": said.ravel(),
        }
    )


def _tell_rules(plan: FleetPlan, phase: int, *, knows_machines: bool) -> _Rules:
    world = build_world(plan)
    machines = np.flatnonzero(world.phase == phase - 1)
    told = _Rules(
        world,
        machines,
        world.life[machines],
        LIFE_SIGMA_CYCLE,
        world.response[machines],
        DRIFT_SIGMA,
        knows_machines=True,
    )
    if knows_machines:
        return told
    return replace(
        told,
        life=np.full(len(machines), LIFE_DAYS),
        life_sigma=float(np.hypot(LIFE_SIGMA_CYCLE, LIFE_SIGMA_MACHINE)),
        response=np.ones(len(machines)),
        drift=np.sqrt(DRIFT_SIGMA**2 + OFFSET_SIGMA**2 + (world.warmth**2).mean() * WEATHER),
        knows_machines=False,
    )


def _follow(rules: _Rules, seen: _Seen, rng: Generator) -> Iterator[Floats]:
    cloud = _start(rules, rng)
    for day in range(len(seen.worked)):
        yield _predict(rules, cloud, rng)
        wears = _stop(cloud, seen, day, rng)
        told = _read(rules, wears, seen, day)
        cloud.told = np.concatenate([cloud.told[:, :, 1:], told[:, :, None]], axis=2)
        cloud.resample(rng)
        _age(rules, cloud, seen, day, rng)
    yield _predict(rules, cloud, rng)


def _start(rules: _Rules, rng: Generator) -> Particles:
    shape, metrics = (len(rules.machines), PARTICLES), rules.world.warmth.shape[0]
    return Particles(
        rng.uniform(0, 0.8, (*shape, 1)),
        _draw_rates(rules, rng),
        np.broadcast_to(unknown_drift(rules.drift), (*shape, 2, metrics)).copy(),
        np.zeros((*shape, DAYS_SEEN, 3, metrics)),
        np.zeros(shape),
    )


def _draw_rates(rules: _Rules, rng: Generator) -> Floats:
    shape = (len(rules.machines), PARTICLES, 1)
    return np.exp(rng.normal(0, rules.life_sigma, shape)) / rules.life[:, None, None]


def _predict(rules: _Rules, cloud: Particles, rng: Generator) -> Floats:
    """The chance of a breakdown within the horizon, a future for each particle; (M,)."""
    shape = rules.world.load[rules.machines][:, None] * WEAR_SHAPE
    wear, rate = cloud.wear[..., 0], cloud.rate[..., 0]
    total = np.zeros(wear.shape)
    for _ in range(HORIZON):
        total += compute_hazard(wear)
        wear = wear + rate * rng.gamma(shape, 1 / shape, wear.shape)
    return (weigh(cloud, rules.drift**2) * -np.expm1(-total)).sum(axis=1)


def _stop(cloud: Particles, seen: _Seen, day: int, rng: Generator) -> list[Floats]:
    """Service and break down as the log says; returns the wear of each span, (M, N)."""
    begun = cloud.wear[..., 0]
    is_planned, is_broken = seen.is_planned[day][:, None], seen.is_broken[day][:, None]
    serviced = np.where(is_planned, begun * rng.uniform(*PLANNED_LEAVES, begun.shape), begun)
    hazard = compute_hazard(serviced)
    came = np.where(is_broken, np.log(-np.expm1(-hazard)), -hazard)
    cloud.log_weight += np.where(seen.is_up[day][:, None], came, 0)
    repaired = np.where(is_broken, rng.uniform(*BREAKDOWN_LEAVES, begun.shape), serviced)
    cloud.wear = repaired[..., None]
    return [begun, serviced, repaired]


def _read(rules: _Rules, wears: list[Floats], seen: _Seen, day: int) -> Floats:
    """Ask what readings say of particles but for a shift of each gauge; (M, N, 3, X)."""
    world, metrics = rules.world, rules.world.warmth.shape[0]
    told = np.zeros((*wears[0].shape, 3, metrics))
    for span, wear in enumerate(wears):
        if not seen.counts[day, span].any():
            continue
        shown = np.clip((wear - VISIBLE_WEAR) / (1 - VISIBLE_WEAR), 0, 1.5)
        shown = (shown * rules.response[:, None])[..., None, None]
        expected, spread = shown * world.wear_shift, (1 + shown * world.wear_noise) ** 2
        weights, counts = (
            each[day, span][:, None, :, None] for each in (seen.weights, seen.counts)
        )
        sums, squares = (each[day, span][:, None] for each in (seen.sums, seen.squares))
        off = squares - 2 * expected * sums + expected**2 * weights
        parts = [
            weights / spread,
            (sums - weights * expected) / spread,
            off / spread + counts * np.log(spread),
        ]
        told += np.stack([part.sum(axis=2) for part in parts], axis=2)
    return add_shift(told, MOOD_SIGMA**2)


def _age(rules: _Rules, cloud: Particles, seen: _Seen, day: int, rng: Generator) -> None:
    is_stopped = (seen.is_planned[day] | seen.is_broken[day])[:, None, None]
    cloud.rate = np.where(is_stopped, _draw_rates(rules, rng), cloud.rate)
    shape = np.maximum(seen.worked[day], 1e-9)[:, None] * WEAR_SHAPE
    amount = rng.gamma(shape, size=cloud.wear.shape[:2])
    load = rules.world.load[rules.machines][:, None] * WEAR_SHAPE
    cloud.wear = cloud.wear + cloud.rate * (amount / load)[..., None]


def _look(plan: FleetPlan, rules: _Rules, simulated: SimulatedFleet) -> _Seen:
    log, readings = _read_log(plan, rules, simulated), _place_readings(plan, rules, simulated)
    shape = log.is_up.shape
    place = ["day", "machine", "batch_id"]
    begun = readings.groupby(place, as_index=False)["at"].min()
    last_end = np.maximum(log.planned_end, log.broken_end)[begun["day"], begun["machine"]]
    later = begun[begun["at"] > last_end]
    worked = np.zeros(shape)
    np.add.at(worked, (later["day"], later["machine"]), 1)
    readings = readings[~readings["is_faulty"]]
    of_machine = readings["day"], readings["machine"]
    planned, broken = log.planned_end[of_machine], log.broken_end[of_machine]
    is_repaired = (broken >= 0) & (readings["at"] > broken)
    is_serviced = (planned >= 0) & (readings["at"] > planned)
    readings = readings.assign(span=np.where(is_repaired, 2, is_serviced.astype(int)))
    metrics = list(plan.metrics)
    batches = readings.groupby([*place, "span", "arepa"])[metrics].mean().reset_index()
    sizes = readings.groupby([*place, "span", "arepa"]).size().to_numpy()
    surely, values = 1 / (BATCH_NOISE + OWN_NOISE / sizes), batches[metrics].to_numpy()
    at = tuple(batches[name].to_numpy() for name in ("day", "span", "machine", "arepa"))
    cells = (shape[0], 3, shape[1], len(rules.world.spread))

    def add(amounts: Floats) -> Floats:
        total = np.zeros((*cells, *amounts.shape[1:]))
        np.add.at(total, at, amounts)
        return total

    return _Seen(
        weights=add(surely),
        counts=add(np.ones(len(batches))),
        sums=add(surely[:, None] * values),
        squares=add(surely[:, None] * values**2),
        worked=worked,
        is_planned=log.planned_end >= 0,
        is_broken=log.broken_end >= 0,
        is_up=log.is_up,
    )


def _place_readings(plan: FleetPlan, rules: _Rules, simulated: SimulatedFleet) -> pd.DataFrame:
    """Read the readings of the followed machines, all that is known of them taken off.

    Returns:
        Columns day, at, machine, batch_id, arepa, is_faulty and the metrics, in spreads.
    """
    world, metrics = rules.world, list(plan.metrics)
    readings = simulated.cooking_metrics.to_pandas()
    readings["machine"] = _find_machines(rules, simulated, readings["machine_id"])
    readings = readings[readings["machine"] >= 0]
    at = _count_seconds(plan, readings["timestamp"])
    day, machine = (at // DAY).astype(int), readings["machine"].to_numpy()
    registry = simulated.batch_registry.to_pandas().set_index("batch_id")["arepa_type"]
    arepa = readings["batch_id"].map(registry).str[1:].astype(int).to_numpy() - 1
    phase = world.phase[rules.machines[0]]
    values = (readings[metrics].to_numpy() - world.level[phase, arepa]) / world.spread[arepa]
    weather = simulated.truth["weather"].to_numpy().reshape(-1, len(world.phase))
    # What the truth says of a morning is of the day before.
    known = weather[day + 1, rules.machines[machine]] * rules.knows_machines
    temperature = compute_temperature(plan.first_day, known, at.astype(int))
    values -= world.warmth * temperature[:, None]
    values -= world.offset[rules.machines[machine]] * rules.knows_machines
    placed = {"day": day, "at": at, "machine": machine, "arepa": arepa}
    placed["is_faulty"] = _find_faulty(plan, rules, simulated, at, machine)
    placed |= dict(zip(metrics, values.T, strict=True))
    return pd.DataFrame(placed).assign(batch_id=readings["batch_id"].to_numpy())


def _find_faulty(
    plan: FleetPlan,
    rules: _Rules,
    simulated: SimulatedFleet,
    at: Floats,
    machine: NDArray[np.int64],
) -> NDArray[np.bool_]:
    faults = simulated.faulty_intervals.to_pandas()
    of_machine = _find_machines(rules, simulated, faults["machine_id"])
    begun, ended = (_count_seconds(plan, faults[name]) for name in ("start_time", "end_time"))
    is_faulty = np.zeros(len(at), bool)
    for fault in np.flatnonzero(of_machine >= 0):
        is_inside = (begun[fault] <= at) & (at <= ended[fault])
        is_faulty |= is_inside & (machine == of_machine[fault])
    return is_faulty


def _read_log(plan: FleetPlan, rules: _Rules, simulated: SimulatedFleet) -> _Log:
    events = simulated.maintenance_events.to_pandas()
    events["machine"] = _find_machines(rules, simulated, events["machine_id"])
    events = events[events["machine"] >= 0]
    begun = (_count_seconds(plan, events["start_time"]) // DAY).astype(int)
    ended = np.nan_to_num(_count_seconds(plan, events["end_time"]), nan=plan.day_count * DAY)
    machine, is_planned = events["machine"].to_numpy(), (events["kind"] == "planned").to_numpy()
    shape = (plan.day_count, len(rules.machines))
    planned_end, broken_end = np.full(shape, -1.0), np.full(shape, -1.0)
    for of_kind, is_kind in ((planned_end, is_planned), (broken_end, ~is_planned)):
        of_kind[begun[is_kind], machine[is_kind]] = ended[is_kind]
    is_up = np.ones(shape, bool)
    for event in np.flatnonzero(~is_planned):
        is_up[begun[event] + 1 : int(ended[event] // DAY) + 1, machine[event]] = False
    return _Log(planned_end, broken_end, is_up)


def _find_machines(rules: _Rules, simulated: SimulatedFleet, names: pd.Series) -> NDArray[np.int64]:
    """Find the followed machines of some names, -1 for others."""
    followed = pd.Index(simulated.machines["machine_id"].to_pylist())[rules.machines]
    return followed.get_indexer(names)


def _count_seconds(plan: FleetPlan, times: pd.Series) -> Floats:
    """Count the seconds since the first day began; NaN where there is no time."""
    since = pd.to_datetime(times) - pd.Timestamp(plan.first_day)
    return since.dt.total_seconds().to_numpy()
