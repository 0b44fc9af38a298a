"""Simulate a chain of arepa kitchens whose machines wear, and write it as the kitchens' raw files.

Random numbers come from one stream per day, so a longer run only adds days to a shorter one.
Inside, times are whole seconds since 00:00 of the first day; M counts machines, K kitchens,
T arepa types, X metrics, Z zones and N the batches of one day.
"""

import logging
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

LOGGER = logging.getLogger("arepas.simulate")
ARROW: Any = pyarrow.compute  # makes its functions at import, unseen by type checkers

AREPA_TYPES = ("a1", "a2", "a3", "a4", "a5", "a6")
COMPONENTS = (
    *("kneading_arm", "water_valve", "drive_belt"),  # of phase 1
    *("press_plate", "mould", "hydraulic_pump"),  # of phase 2
    *("griddle", "burner", "thermostat"),  # of phase 3
)
MACHINES_PER_PHASE = (2, 2, 2, 3, 3, 4)  # drawn from
HOUR, DAY, NEVER = 3600, 86_400, 1 << 60
OPENING, LAST_BATCH, CLOSING = 6 * HOUR, 20 * HOUR, 22 * HOUR
LIFE_DAYS, LIFE_SIGMA_MACHINE, LIFE_SIGMA_CYCLE = 52.0, 0.25, 0.38  # from new to worn
WEAR_SHAPE = 0.2  # of the gamma distribution of one batch's wear
SUDDEN_HAZARD, WORN_HAZARD, WORN_WIDTH = 0.0012, 0.6, 0.085  # breakdowns per day
VISIBLE_WEAR = 0.45  # from here to 1 the metrics change
PLANNED_GAP_DAYS, PLANNED_SKIP, SECOND_PART = (25, 41), 0.2, 0.15
FAULTS_PER_DAY, FAULT_OVERLAP, FAULT_SNAP = 0.05, 0.15, 0.2
DRIFT_DAYS, DRIFT_SIGMA, MOOD_SIGMA, OFFSET_SIGMA = 40.0, 0.22, 0.18, 0.3  # of the metrics
TRUTH_PATHS = 64

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Records = dict[str, NDArray]


@dataclass(frozen=True)
class FleetPlan:
    """What to simulate: the days from `first_day` up to the day before `as_of`."""

    as_of: date
    kitchens: int = 10
    days: int = 548  # counts back from as_of; ignored when started_on is given
    seed: int = 7
    metrics: tuple[str, ...] = ("metric_1", "metric_2")
    started_on: date | None = None
    zones: int = 3
    batches_per_machine: float = 22.0  # a day, on average

    def __post_init__(self) -> None:
        """Refuse a plan without kitchens, zones, metrics or days."""
        if min(self.kitchens, self.zones, len(self.metrics), self.day_count) < 1:
            raise ValueError(f"a fleet needs a kitchen, a zone, a metric and a day: {self}")

    @property
    def first_day(self) -> date:
        """The first simulated day."""
        return self.started_on or self.as_of - timedelta(days=self.days)

    @property
    def day_count(self) -> int:
        """The number of simulated days."""
        return (self.as_of - self.first_day).days


@dataclass(frozen=True)
class SimulatedFleet:
    """The five raw tables, with the columns of the raw files, and the hidden `truth`.

    `truth` has one row per machine and `as_of_date` (`as_of` included): `wear` at 00:00 (0 new,
    1 worn) and `wear_per_day` of the present cycle, `breakdown_probability_1_day` and `_7_days`
    if nobody stops the machine, `is_down` at 00:00 (then the probabilities are null), and the
    `weather` of its zone on the day before.
    It is for benchmarks only and never written to the raw folder.
    """

    cooking_metrics: pa.Table
    batch_registry: pa.Table
    faulty_intervals: pa.Table
    machines: pa.Table
    maintenance_events: pa.Table
    truth: pa.Table


@dataclass(frozen=True)
class World:
    """What never changes about a fleet."""

    plan: FleetPlan
    kitchen: Ints  # (M,)
    phase: Ints  # (M,) 0 to 2
    slots: Ints  # (K, 3, 4) machine, -1 for none
    batches: Floats  # (K,) a day
    load: Floats  # (M,) batches a day while all sisters run
    life: Floats  # (M,) days from new to worn
    type_limits: Floats  # (K, T) cumulated shares of the types
    level: Floats  # (3, T, X) of a metric, in its unit
    spread: Floats  # (T, X) of a metric, in its unit; what follows is in spreads
    wear_shift: Floats  # (T, X) how far full wear moves a metric
    wear_noise: Floats  # (T, X) how much noisier full wear makes it
    warmth: Floats  # (X,) per unit of temperature
    offset: Floats  # (M, X) of a machine
    response: Floats  # (M,) how clearly a machine shows its wear


@dataclass
class _State:
    """What one day hands to the next."""

    wear: Floats  # (M,)
    wear_per_day: Floats  # (M,) in this cycle, under normal load
    down_until: Ints  # (M,)
    due_day: Ints  # (M,) of the next planned stop
    drift: Floats  # (M, X) of the calibration, in spreads
    weather: Floats  # (Z,)


@dataclass(frozen=True)
class _Stops:
    """The outages of a day; the columns are left from yesterday, planned, breakdown."""

    start: Ints  # (M, 3) NEVER for none
    end: Ints  # (M, 3)
    wear_after: Floats  # (M, 3)

    def cover(self, machine: Ints, at: Ints) -> Flags:
        """Say whether each machine is out at each time."""
        at = at[..., None]
        return np.any((self.start[machine] <= at) & (at <= self.end[machine]), axis=-1)

    def get_wear(self, machine: Ints, at: Ints) -> Floats:
        """Return each machine's wear at each time, but for the wear of the day itself."""
        last = (self.end[machine] < at[..., None]).cumsum(axis=-1).argmax(axis=-1)
        return self.wear_after[machine, last]


@dataclass(frozen=True)
class _Batches:
    """The batches of a day."""

    kitchen: Ints  # (N,)
    number: Ints  # (N,) of the kitchen's day
    arepa: Ints  # (N,) index of the type
    begun: Ints  # (N, 3) time per phase
    machine: Ints  # (N, 3) per phase


def simulate_fleet(plan: FleetPlan) -> SimulatedFleet:
    """Simulate the fleet of a plan; the same plan gives the same tables.

    Two plans that differ only in `as_of`, with the same first day, agree on their common days;
    only the end of a breakdown that is still open at the earlier `as_of` is missing there.
    The true probabilities come from the hazard of wear: exact for one day, and for seven days
    the mean over 64 fixed random paths of wear under the machine's normal load.
    """
    world = build_world(plan)
    state = _build_state(world)
    days: list[Records] = []
    batch_count = reading_count = 0
    for day in range(plan.day_count):
        records = _simulate_day(world, state, day)
        records["reading_batch"] += batch_count
        batch_count += len(records["batch_kitchen"])
        reading_count += len(records["reading_at"])
        days.append(records)
        if (day + 1) % 100 == 0 or day + 1 == plan.day_count:
            LOGGER.info("day %d of %d: %d readings", day + 1, plan.day_count, reading_count)
    days.append(_record_truth(world, state, plan.day_count))
    return _build_fleet(
        world, {name: np.concatenate([d[name] for d in days if name in d]) for name in days[0]}
    )


def build_world(plan: FleetPlan) -> World:
    """Draw what never changes about a plan's fleet; the same plan gives the same."""
    rng, metric_rng = default_rng([plan.seed, 0]), default_rng([plan.seed, 1])
    sizes = rng.choice(MACHINES_PER_PHASE, (plan.kitchens, 3))
    kitchen, phase, number = np.nonzero(np.arange(4) < sizes[:, :, None])
    slots = np.full((plan.kitchens, 3, 4), -1)
    slots[kitchen, phase, number] = np.arange(len(kitchen))
    batches = plan.batches_per_machine * sizes.mean(axis=1)
    shares = rng.uniform(0.5, 1.5, (plan.kitchens, len(AREPA_TYPES)))
    rank = rng.random(shares.shape).argsort(axis=1).argsort(axis=1)
    shares *= rank < rng.integers(3, 5, plan.kitchens)[:, None]  # a kitchen cooks 3 or 4 types
    shares = shares.cumsum(axis=1)
    shape = len(AREPA_TYPES), len(plan.metrics)
    strongest = (np.arange(shape[0]) + metric_rng.integers(shape[1])) % shape[1]
    shift = metric_rng.uniform(0, 0.7, shape)
    shift[np.arange(shape[0]), strongest] += metric_rng.uniform(1.5, 2, shape[0])
    return World(
        plan=plan,
        kitchen=kitchen,
        phase=phase,
        slots=slots,
        batches=batches,
        load=batches[kitchen] / sizes[kitchen, phase],
        life=LIFE_DAYS * np.exp(rng.normal(0, LIFE_SIGMA_MACHINE, len(kitchen))),
        type_limits=shares / shares[:, -1:],
        level=metric_rng.uniform(0.3, 0.7, shape) + metric_rng.uniform(0, 0.2, (3, 1, shape[1])),
        spread=metric_rng.uniform(0.02, 0.06, shape),
        wear_shift=shift * metric_rng.choice([-1, 1], shape),
        wear_noise=metric_rng.uniform(0.2, 1, shape),
        warmth=metric_rng.uniform(0.2, 0.5, shape[1]) * metric_rng.choice([-1, 1], shape[1]),
        offset=metric_rng.normal(0, OFFSET_SIGMA, (len(kitchen), shape[1])),
        response=metric_rng.uniform(0.8, 1.25, len(kitchen)),
    )


def _build_state(world: World) -> _State:
    rng = default_rng([world.plan.seed, 2])
    machine_count = len(world.kitchen)
    return _State(
        wear=rng.uniform(0, 0.8, machine_count),
        wear_per_day=_draw_wear_per_day(world, rng),
        down_until=np.full(machine_count, -1),
        due_day=rng.integers(0, PLANNED_GAP_DAYS[1], machine_count),
        weather=rng.normal(0, 0.5, world.plan.zones),
        drift=rng.normal(0, DRIFT_SIGMA, world.offset.shape),
    )


def _simulate_day(world: World, state: _State, day: int) -> Records:
    rng, reading_rng = (default_rng([world.plan.seed, stream, day]) for stream in (3, 4))
    truth = _record_truth(world, state, day)
    stops = _draw_stops(world, state, day, rng)
    events = _record_events(stops, world.phase, rng)
    batches = _cook(world, stops, day, rng)
    _age(world, state, stops, batches, rng)
    readings = _read(world, state, stops, batches, reading_rng)
    faults = _spoil(readings, len(world.kitchen), day, reading_rng)
    return truth | events | readings | faults | _record_batches(batches, day)


def _record_truth(world: World, state: _State, day: int) -> Records:
    return {
        "truth_day": np.full(len(state.wear), day),
        "truth_wear": state.wear.copy(),
        "truth_wear_per_day": state.wear_per_day.copy(),
        "truth_is_down": state.down_until >= day * DAY,
        "truth_weather": _get_weather(world, state),
    }


def _record_batches(batches: _Batches, day: int) -> Records:
    return {
        "batch_day": np.full(len(batches.kitchen), day),
        "batch_kitchen": batches.kitchen,
        "batch_number": batches.number,
        "batch_arepa": batches.arepa,
    }


def _draw_wear_per_day(world: World, rng: Generator) -> Floats:
    return np.exp(rng.normal(0, LIFE_SIGMA_CYCLE, len(world.life))) / world.life


def compute_hazard(wear: Floats) -> Floats:
    """Compute the hazard of a breakdown a day, from wear; its shape."""
    return SUDDEN_HAZARD + WORN_HAZARD / (1 + np.exp((1 - wear) / WORN_WIDTH))


def _draw_stops(world: World, state: _State, day: int, rng: Generator) -> _Stops:
    """Draw today's outages; a machine that is down at 00:00 does not break again today."""
    draw = rng.random((6, len(state.wear)))
    is_planned = _choose_planned(world, state, day, rng)
    start = np.full((len(state.wear), 3), NEVER)
    end = start.copy()
    is_down = state.down_until >= day * DAY
    start[is_down, 0], end[is_down, 0] = day * DAY, state.down_until[is_down]
    start[is_planned, 1] = day * DAY + OPENING
    end[is_planned, 1] = day * DAY + OPENING + HOUR + 2 * HOUR * draw[0, is_planned]
    wear_planned = np.where(is_planned, state.wear * (0.05 + 0.25 * draw[1]), state.wear)
    is_broken = ~is_down & (draw[2] < -np.expm1(-compute_hazard(wear_planned)))
    earliest = np.where(is_planned, end[:, 1] + 60, day * DAY + OPENING)
    breaks_at = earliest + (day * DAY + CLOSING - earliest) * draw[3]
    start[is_broken, 2] = breaks_at[is_broken]
    end[is_broken, 2] = (breaks_at + 4 * HOUR * 9 ** draw[4])[is_broken]
    wear_after = np.stack([state.wear, wear_planned, 0.05 * draw[5]], axis=1)
    return _Stops(start, end, wear_after)


def _choose_planned(world: World, state: _State, day: int, rng: Generator) -> Flags:
    """Choose the machines to stop at opening and set their next due day.

    At most one of a phase stops, and only beside a running sister; otherwise it waits a day.
    """
    is_due = state.due_day <= day
    is_skipped = is_due & (rng.random(len(is_due)) < PLANNED_SKIP)
    is_up = state.down_until < day * DAY + OPENING
    is_planned = np.zeros(len(is_due), dtype=bool)
    for machine in np.flatnonzero(is_due & is_up & ~is_skipped):
        sisters = world.slots[world.kitchen[machine], world.phase[machine]]
        sisters = sisters[sisters >= 0]
        is_planned[machine] = is_up[sisters].sum() > 1 and not is_planned[sisters].any()
    gap = rng.integers(*PLANNED_GAP_DAYS, len(is_due))
    state.due_day = np.where(is_planned | is_skipped, day + gap, state.due_day)
    return is_planned


def _record_events(stops: _Stops, phase: Ints, rng: Generator) -> Records:
    """Record today's stops, one row per part serviced."""
    machine, column = np.nonzero(stops.start[:, 1:] < NEVER)
    wear = stops.wear_after[machine, 0]
    draw = rng.random((3, len(machine)))
    is_planned = column == 0
    is_found = ~is_planned | (draw[0] < 1 / (1 + np.exp((0.65 - wear) / 0.08)))
    part_count = 1 + (is_found & (draw[1] < SECOND_PART))
    part = (3 * draw[2]).astype(int)
    row = np.repeat(np.arange(len(machine)), part_count)
    is_second = np.append(False, row[1:] == row[:-1])[: len(row)]
    return {
        "event_machine": machine[row],
        "event_start": stops.start[machine, column + 1][row],
        "event_end": stops.end[machine, column + 1][row],
        "event_is_planned": is_planned[row],
        "event_is_found": is_found[row],
        "event_component": 3 * phase[machine[row]] + (part[row] + is_second) % 3,
    }


def _cook(world: World, stops: _Stops, day: int, rng: Generator) -> _Batches:
    """Give each batch of the day one running machine of each phase; drop it where none runs."""
    counts = np.rint(world.batches * rng.uniform(0.93, 1.07, len(world.batches))).astype(int)
    kitchen = np.repeat(np.arange(len(counts)), counts)
    number = np.arange(len(kitchen)) - np.repeat(counts.cumsum() - counts, counts)
    draw = rng.random((2, len(kitchen)))
    begun = OPENING + (number + draw[0]) / counts[kitchen] * (LAST_BATCH - OPENING)
    begun = day * DAY + begun[:, None] + [0, 1500, 3000] + rng.uniform(0, 600, (len(kitchen), 3))
    begun = begun.astype(int)
    machine = world.slots[kitchen]
    is_up = (machine >= 0) & ~stops.cover(machine, begun[:, :, None])
    choice = np.where(is_up, rng.random(is_up.shape), 2).argmin(axis=2)
    is_cooked = np.all(np.any(is_up, axis=2), axis=1)
    return _Batches(
        kitchen=kitchen[is_cooked],
        number=number[is_cooked] + 1,
        arepa=(draw[1][:, None] >= world.type_limits[kitchen]).sum(axis=1)[is_cooked],
        begun=begun[is_cooked],
        machine=np.take_along_axis(machine, choice[:, :, None], axis=2)[is_cooked, :, 0],
    )


def _age(world: World, state: _State, stops: _Stops, batches: _Batches, rng: Generator) -> None:
    """Move the state to the next morning: the wear of the batches since the day's last stop."""
    is_stopped = stops.start[:, 1:] < NEVER
    last = (is_stopped * [1, 2]).max(axis=1)
    rows = np.arange(len(last))
    fresh_from = np.where(last > 0, stops.end[rows, last], -1)
    is_later = batches.begun > fresh_from[batches.machine]
    count = np.bincount(batches.machine[is_later], minlength=len(last))
    amount = rng.gamma(np.maximum(count, 1e-9) * WEAR_SHAPE) / (world.load * WEAR_SHAPE)
    renewed = _draw_wear_per_day(world, rng)
    state.wear_per_day = np.where(last > 0, renewed, state.wear_per_day)
    state.wear = stops.wear_after[rows, last] + state.wear_per_day * amount
    state.down_until = np.where(is_stopped[:, 1], stops.end[:, 2], state.down_until)
    keep = 1 - 1 / DRIFT_DAYS
    shock = rng.normal(0, DRIFT_SIGMA * np.sqrt(1 - keep**2), state.drift.shape)
    state.weather = 0.7 * state.weather + rng.normal(0, 0.35, len(state.weather))
    state.drift = keep * state.drift + shock


def _read(world: World, state: _State, stops: _Stops, batches: _Batches, rng: Generator) -> Records:
    """Take one to three readings of each batch and phase, in order of time."""
    offset = np.arange(3) * 300 + rng.integers(100, 400, (*batches.begun.shape, 3))
    at = batches.begun[:, :, None] + offset
    wanted = 1 + (rng.random(batches.begun.shape) < 0.92) + (rng.random(batches.begun.shape) < 0.08)
    is_out = stops.cover(np.broadcast_to(batches.machine[:, :, None], at.shape), at)
    batch, phase, nth = np.nonzero((np.arange(3) < wanted[:, :, None]) & ~is_out)
    at = at[batch, phase, nth]
    order = np.lexsort((batches.machine[batch, phase], at))
    at, batch, phase = at[order], batch[order], phase[order]
    machine, arepa = batches.machine[batch, phase], batches.arepa[batch]
    wear = stops.get_wear(machine, at)
    shown = np.clip((wear - VISIBLE_WEAR) / (1 - VISIBLE_WEAR), 0, 1.5)
    shown = (shown * world.response[machine])[:, None]
    metric_count = len(world.plan.metrics)
    own_noise = rng.normal(0, 0.7, (len(at), metric_count))
    batch_noise = rng.normal(0, 0.7, (*batches.begun.shape, metric_count))[batch, phase]
    mood = rng.normal(0, MOOD_SIGMA, world.offset.shape)
    weather = _get_weather(world, state)[machine]
    temperature = compute_temperature(world.plan.first_day, weather, at)
    value = (world.offset + state.drift + mood)[machine]
    value += world.warmth * temperature[:, None]
    value += shown * world.wear_shift[arepa]
    value += (own_noise + batch_noise) * (1 + shown * world.wear_noise[arepa])
    value = world.level[phase, arepa] + world.spread[arepa] * value
    return {
        "reading_at": at,
        "reading_machine": machine,
        "reading_batch": batch,
        "reading_value": value,
    }


def compute_temperature(first_day: date, weather: Floats, at: Ints) -> Floats:
    """Compute the temperature around machines: season, weather of their zones, time of day.

    Args:
        first_day: The first simulated day.
        weather: At each time; (readings,).
        at: Seconds since the first day began; (readings,).
    """
    year = 2 * np.pi * (first_day.toordinal() + at / DAY - 100) / 365.25
    return 1.5 * np.sin(year) + weather + 0.7 * np.sin(2 * np.pi * (at / DAY - 0.375))


def _get_weather(world: World, state: _State) -> Floats:
    """Get the weather of each machine's zone; (M,)."""
    weather: Floats = state.weather[world.kitchen % len(state.weather)]
    return weather


def _spoil(readings: Records, machine_count: int, day: int, rng: Generator) -> Records:
    """Draw the sensor faults of a day and replace the values inside, both ends included."""
    faulty: list[tuple[int, int, int]] = []
    for machine in np.repeat(np.arange(machine_count), rng.poisson(FAULTS_PER_DAY, machine_count)):
        own = np.flatnonzero(readings["reading_machine"] == machine)
        start = day * DAY + int(rng.uniform(5 * HOUR, CLOSING))
        for _ in range(1 + (rng.random() < FAULT_OVERLAP)):
            length = int(20 * 60 * 36 ** rng.random())
            if len(own) and rng.random() < FAULT_SNAP:  # a boundary hits a reading exactly
                start = int(readings["reading_at"][rng.choice(own)])
                start = max(start - length * int(rng.integers(2)), day * DAY)
            end = min(start + length, (day + 1) * DAY - 1)
            faulty.append((machine, start, end))
            at = readings["reading_at"][own]
            inside = own[(start <= at) & (at <= end)]
            wild = rng.normal(0.5, 2, (len(inside), readings["reading_value"].shape[1]))
            readings["reading_value"][inside] = wild[:1] if rng.random() < 0.5 else wild
            start = min(start + length // 2, day * DAY + CLOSING)
    columns = np.array(sorted(faulty), dtype=int).reshape(-1, 3).T
    return dict(zip(("fault_machine", "fault_start", "fault_end"), columns, strict=True))


def _build_fleet(world: World, records: Records) -> SimulatedFleet:
    """Name and date the records."""
    plan = world.plan
    first = np.datetime64(plan.first_day, "s")
    is_open = records["event_end"] >= plan.day_count * DAY
    machine_id = _name_machines(world)
    batch_id = _name_batches(plan, records)
    values = np.round(records["reading_value"], 4)
    cooking_metrics = {
        "timestamp": first + records["reading_at"],
        "machine_id": machine_id.take(records["reading_machine"]),
        "batch_id": batch_id.take(records["reading_batch"]),
    } | {name: values[:, i] for i, name in enumerate(plan.metrics)}
    maintenance_events = {
        "machine_id": machine_id.take(records["event_machine"]),
        "start_time": first + records["event_start"],
        "end_time": pa.array(first + records["event_end"], mask=is_open),
        "kind": pa.array(["breakdown", "planned"]).take(records["event_is_planned"].astype(int)),
        "finding": pa.array(["nothing_found", "fault_found"]).take(
            records["event_is_found"].astype(int)
        ),
        "component": pa.array(COMPONENTS).take(records["event_component"]),
    }
    return SimulatedFleet(
        cooking_metrics=pa.table(cooking_metrics),
        batch_registry=pa.table(
            {"batch_id": batch_id, "arepa_type": pa.array(AREPA_TYPES).take(records["batch_arepa"])}
        ),
        faulty_intervals=pa.table(
            {
                "machine_id": machine_id.take(records["fault_machine"]),
                "start_time": first + records["fault_start"],
                "end_time": first + records["fault_end"],
            }
        ),
        machines=_build_machines(world, machine_id),
        maintenance_events=pa.table(maintenance_events),
        truth=_build_truth(world, records, machine_id),
    )


def _name_machines(world: World) -> pa.Array:
    number = np.nonzero(world.slots >= 0)[2] + 1
    rows = zip(world.kitchen + 1, world.phase + 1, number, strict=True)
    return pa.array([f"k{kitchen:02d}-p{phase}-m{machine}" for kitchen, phase, machine in rows])


def _name_batches(plan: FleetPlan, records: Records) -> pa.Array:
    kitchens = pa.array([f"k{kitchen + 1:02d}" for kitchen in range(plan.kitchens)])
    days = pa.array([f"{plan.first_day + timedelta(d):%Y%m%d}" for d in range(plan.day_count)])
    return ARROW.binary_join_element_wise(
        kitchens.take(records["batch_kitchen"]),
        days.take(records["batch_day"]),
        ARROW.utf8_lpad(pa.array(records["batch_number"]).cast(pa.string()), 4, "0"),
        "-",
    )


def _build_machines(world: World, machine_id: pa.Array) -> pa.Table:
    age_days = default_rng([world.plan.seed, 5]).integers(60, 2000, len(machine_id))
    zones = world.kitchen % world.plan.zones + 1
    return pa.table(
        {
            "machine_id": machine_id,
            "kitchen_id": ARROW.utf8_slice_codeunits(machine_id, 0, -6),
            "phase": world.phase + 1,
            "zone": [f"zone_{zone}" for zone in zones],
            "installed_on": np.datetime64(world.plan.first_day, "D") - age_days,
        }
    )


def _build_truth(world: World, records: Records, machine_id: pa.Array) -> pa.Table:
    shape = (-1, len(machine_id))
    is_down = records["truth_is_down"]
    one_day, seven_days = _compute_probabilities(
        world, records["truth_wear"].reshape(shape), records["truth_wear_per_day"].reshape(shape)
    )
    machine = np.tile(np.arange(len(machine_id)), world.plan.day_count + 1)
    return pa.table(
        {
            "machine_id": machine_id.take(machine),
            "as_of_date": np.datetime64(world.plan.first_day, "D") + records["truth_day"],
            "wear": records["truth_wear"],
            "wear_per_day": records["truth_wear_per_day"],
            "breakdown_probability_1_day": pa.array(one_day.ravel(), mask=is_down),
            "breakdown_probability_7_days": pa.array(seven_days.ravel(), mask=is_down),
            "is_down": is_down,
            "weather": records["truth_weather"],
        }
    )


def _compute_probabilities(world: World, wear: Floats, rate: Floats) -> tuple[Floats, Floats]:
    """Return the chances of a breakdown within 1 and 7 days; all arrays are (days, M)."""
    shape = world.load * WEAR_SHAPE
    steps = default_rng([world.plan.seed, 6]).gamma(shape, 1 / shape, (TRUTH_PATHS, 6, len(shape)))
    today = compute_hazard(wear)
    survival = np.zeros_like(wear)
    for path in steps.cumsum(axis=1):
        survival += np.exp(-today - sum(compute_hazard(wear + rate * worn) for worn in path))
    return -np.expm1(-today), 1 - survival / TRUTH_PATHS
