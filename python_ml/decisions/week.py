"""Which machine is to be stopped on which of the next seven days; pure.

An exact program gives each machine a day or none: as cheap as can be, with no more stops than a day
has technicians, one machine of each phase left running, and booked stops where they are. Today it
stops only who is expected to save by it. What was promised the morning before is kept unless
another day is cheaper by more than a promise is worth. M machines; day 0 is today, and day 7 stands
for later than this week.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

Floats = NDArray[np.float64]

WEEK = 7
PROMISE_SHARE = 0.1  # of a planned stop's cost: for less, a promise is not broken
TIE = 1e-6  # money: of two days that cost the same the earlier one


@dataclass(frozen=True)
class Terms:
    """What a day's stops are limited by, and what they cost, in one phase of a kitchen.

    Attributes:
        running_machines: Machines of the phase that run on each of the days, planned stops of
            machines that are on no plan left out; (7,).
        slots: Most stops of the kitchen on each of the days; (7,).
    """

    running_machines: tuple[int, ...]
    slots: tuple[int, ...]
    breakdown_cost: float
    planned_stop_cost: float
    false_stop_cost: float

    @property
    def cost_per_probability(self) -> float:
        """What a stop is worth more with each part of certainty that it prevents a breakdown."""
        return self.breakdown_cost - self.planned_stop_cost + self.false_stop_cost


@dataclass(frozen=True)
class Machine:
    """A machine on a morning.

    Attributes:
        curve: Its risk up to the end of each of the days ahead; None without a probability.
        threshold: From which risk within the horizon on a stop pays.
        horizon_days: The horizon.
        due_in_days: Where a calendar decides, in how many days a stop is due (infinite if never).
        calendar_saving: Where a calendar decides, what one of its stops saves on average.
        booked_on: The day of a planned stop that the maintenance log has ahead.
        booked_later: The days of its further ones, which take room, too.
        stands_on: Days on which it still stands after a booked stop has begun: no technician is
            needed any more, but it is none of those that run.
        is_worth_stopping: Whether it is at its threshold, or due, today.
        may_stop_today: Whether a stop today is expected to save at all.
        promised_on: The day that was promised on the morning before, if it is one of these.
        was_stopped: Whether it was stopped since.
        was_booked: Whether that day was the kitchen's own, booked in its log, and not ours.
        is_down: Whether it stands still and so is none of its phase's running machines.
        runs_from: The first day on which one that is down runs again, where that is known.
    """

    machine_id: str
    kitchen_id: str
    phase: int
    curve: tuple[float, ...] | None
    threshold: float
    horizon_days: int
    terms: Terms
    due_in_days: float | None = None
    calendar_saving: float = 0.0
    booked_on: date | None = None
    booked_later: tuple[date, ...] = ()
    stands_on: tuple[date, ...] = ()
    is_worth_stopping: bool = False
    may_stop_today: bool = False
    promised_on: date | None = None
    was_stopped: bool = False
    was_booked: bool = False
    is_down: bool = False
    runs_from: date | None = None

    def runs_on(self, day: date) -> bool:
        """Whether it is one of those of its phase that run, but for stops that are planned."""
        return not self.is_down or (self.runs_from is not None and day >= self.runs_from)

    @property
    def standing_promise(self) -> date | None:
        """What was promised, unless a stop has kept or outdated it, or the kitchen took it back."""
        return None if self.was_stopped or self.is_booking_gone else self.promised_on

    @property
    def is_booking_gone(self) -> bool:
        """Whether it was booked on the morning before, and is no more."""
        return self.was_booked and self.booked_on is None

    @property
    def promise_worth(self) -> float:
        """What another day has to be cheaper by for a promise to be broken."""
        return PROMISE_SHARE * self.terms.planned_stop_cost


@dataclass(frozen=True)
class Promise:
    """When a machine is to be stopped, and why then.

    Attributes:
        planned_date: None where it is not this week.
        promised_date: What the morning before had promised.
        expected_cost_today: What stopping today costs on average.
        expected_cost_planned: The same of the planned day, what comes before it included.
        why_then: A code, see docs/columns.md.
        running_beside_booked: Of `Terms.running_machines` today's.
    """

    machine_id: str
    planned_date: date | None
    why_then: str
    promised_date: date | None = None
    expected_cost_today: float | None = None
    expected_cost_planned: float | None = None
    running_beside_booked: int | None = None


def plan_week(machines: Sequence[Machine], as_of: date) -> list[Promise]:
    """Plan the week of all machines, kitchen by kitchen; in the order of the machines."""
    costs = np.array([compute_costs(machine) for machine in machines]).reshape(-1, WEEK + 1)
    chosen = np.full(len(machines), WEEK)
    kitchens = np.array([machine.kitchen_id for machine in machines], dtype=object)
    for kitchen in dict.fromkeys(kitchens):
        rows = np.flatnonzero(kitchens == kitchen)
        chosen[rows] = _choose_days([machines[row] for row in rows], costs[rows], as_of)
    return [
        _promise(machine, cost, int(day), as_of)
        for machine, cost, day in zip(machines, costs, chosen, strict=True)
    ]


def compute_costs(machine: Machine) -> Floats:
    """What stopping at the beginning of each of the days costs on average; (8,), NaN if unknown.

    The last is that of later than this week. Waiting a day costs the day's part of what the risk is
    above the threshold, or saves what it is below: at the threshold, as the back-tests found, both
    are worth the same. Above it a day that is more dangerous than its part costs what it is: who
    breaks down at once breaks down whole. Where a calendar decides, its own saving is gained or
    lost instead, whoever may have broken down by then: that is part of what it saves on average.
    """
    if machine.curve is None:
        return np.full(WEEK + 1, np.nan)
    terms, horizon = machine.terms, machine.horizon_days
    survival = _survive(machine.curve, WEEK + horizon)
    days = np.arange(WEEK)
    if machine.due_in_days is None:
        risk = 1 - survival[days + horizon] / survival[days]
        of_day = 1 - survival[days + 1] / survival[days]
        part = np.where(risk >= machine.threshold, np.maximum(risk, of_day * horizon), risk)
        a_day = survival[days] * (part - machine.threshold) * terms.cost_per_probability / horizon
    else:
        saving = max(machine.calendar_saving, terms.false_stop_cost) / horizon
        a_day = np.where(days >= machine.due_in_days, saving, -saving)
    risk_today = 1 - survival[horizon]
    today = risk_today * terms.planned_stop_cost + (1 - risk_today) * terms.false_stop_cost
    return today + np.concatenate([[0.0], np.cumsum(a_day)])


def _survive(curve: Sequence[float], days: int) -> Floats:
    """Chances to run that many days without a breakdown; (days + 1,).

    Beyond the curve each day is as dangerous as its last one.
    """
    known = 1 - np.clip(np.concatenate([[0.0], curve]), 0, 1 - 1e-9)
    if days < len(known):
        return known[: days + 1]
    beyond = np.arange(1, days + 2 - len(known))
    return np.concatenate([known, known[-1] * (known[-1] / known[-2]) ** beyond])


def _choose_days(machines: Sequence[Machine], costs: Floats, as_of: date) -> NDArray[np.int64]:
    """Choose each machine's day in one kitchen, 7 for none."""
    allowed = np.array([_allow(machine, as_of) for machine in machines])
    prices = np.where(np.isnan(costs), 0.0, costs) + TIE * np.arange(WEEK + 1)
    for row, machine in enumerate(machines):
        if machine.curve is not None and machine.due_in_days is not None:
            # Of those that a calendar has due, the riskier goes first.
            risk = 1 - _survive(machine.curve, machine.horizon_days)[-1]
            prices[row] += risk * (costs[row] - costs[row].min())
        if machine.standing_promise is not None:
            prices[row, _day_of(machine.standing_promise, as_of)] -= machine.promise_worth
    days = np.where(allowed, prices, np.inf).argmin(axis=1)
    # Who is best left alone takes nobody's place.
    wanted = np.flatnonzero(days < WEEK)
    if not wanted.size:
        return days
    limits = _limit([machines[row] for row in wanted], as_of)
    if any((days[wanted[rows]] == day).sum() > most for rows, day, most in limits):
        days[wanted] = _solve(prices[wanted], allowed[wanted], limits)
    return days


def _allow(machine: Machine, as_of: date) -> NDArray[np.bool_]:
    """Say which days a machine may be given; (8,)."""
    allowed = np.zeros(WEEK + 1, bool)
    if machine.booked_on is not None:
        allowed[_day_of(machine.booked_on, as_of)] = True
        allowed[0] |= machine.is_worth_stopping
    elif machine.curve is None:
        allowed[WEEK] = True
    else:
        allowed[0 if machine.may_stop_today else 1 :] = True
        if machine.runs_from is not None:
            # It stands as it is.
            allowed[1 : min(_day_of(machine.runs_from, as_of), WEEK)] = False
    return allowed


def _limit(machines: Sequence[Machine], as_of: date) -> list[tuple[NDArray[np.int64], int, int]]:
    """List of which machines on which day at most how many may be stopped."""
    phases = np.array([machine.phase for machine in machines])
    limits = []
    for day in range(WEEK):
        on = as_of + timedelta(days=day)
        slots = machines[0].terms.slots[day]
        visits = [on in machine.booked_later for machine in machines]
        limits.append(_limit_day(machines, np.arange(len(machines)), day, on, slots - sum(visits)))
        is_up = np.array([machine.runs_on(on) for machine in machines])
        for phase in dict.fromkeys(phases[is_up]):
            rows = np.flatnonzero((phases == phase) & is_up)
            running = machines[rows[0]].terms.running_machines[day]
            stand = sum(visits[row] or on in machines[row].stands_on for row in rows)
            limits.append(_limit_day(machines, rows, day, on, running - 1 - stand))
    return limits


def _limit_day(
    machines: Sequence[Machine], rows: NDArray[np.int64], day: int, on: date, most: int
) -> tuple[NDArray[np.int64], int, int]:
    """Limit some machines' stops on a day: what is booked stands and leaves the others the rest."""
    is_booked = np.array([machines[row].booked_on == on for row in rows])
    if is_booked.sum() > most:
        return rows[~is_booked], day, 0
    return rows, day, most


def _solve(
    prices: Floats,
    allowed: NDArray[np.bool_],
    limits: Sequence[tuple[NDArray[np.int64], int, int]],
) -> NDArray[np.int64]:
    """Solve the integer program: one day for each machine, as cheap as can be."""
    count, days = prices.shape
    once = sparse.kron(sparse.eye_array(count), np.ones((1, days)))
    at_most = sparse.lil_array((len(limits), prices.size))
    for number, (machines, day, _) in enumerate(limits):
        at_most[number, machines * days + day] = 1
    solved = milp(
        prices.ravel(),
        integrality=np.ones(prices.size),
        bounds=Bounds(0, allowed.ravel().astype(float)),
        constraints=[
            LinearConstraint(once.tocsr(), 1, 1),
            LinearConstraint(at_most.tocsr(), 0, [most for *_, most in limits]),
        ],
    )
    return solved.x.reshape(count, days).argmax(axis=1)


def _promise(machine: Machine, costs: Floats, day: int, as_of: date) -> Promise:
    is_known = machine.curve is not None
    return Promise(
        machine_id=machine.machine_id,
        planned_date=as_of + timedelta(days=day) if day < WEEK else None,
        promised_date=machine.promised_on,
        expected_cost_today=float(costs[0]) if is_known else None,
        expected_cost_planned=float(costs[day]) if is_known else None,
        why_then=_explain(machine, costs, day, as_of),
        running_beside_booked=machine.terms.running_machines[0],
    )


def _explain(machine: Machine, costs: Floats, day: int, as_of: date) -> str:
    """Say why a machine has its day: what fixes it, a promise, or what the day is worth to it."""
    if day == 0 and machine.is_worth_stopping and machine.booked_on != as_of:
        return "on_today_s_plan"
    if machine.booked_on is not None:
        return "booked"
    if machine.curve is None:
        return "blind"
    own = int(np.argmin(costs[1:])) + 1
    if machine.standing_promise is not None:
        return _explain_change(machine, costs, day, own, _day_of(machine.standing_promise, as_of))
    if day != own:
        return "better_day_full"
    return _explain_own(machine, costs, day)


def _explain_change(machine: Machine, costs: Floats, day: int, own: int, before: int) -> str:
    """Say why a promise was kept or not; full is a day that would be cheaper, promise included."""
    prices = costs.copy()
    prices[before] -= machine.promise_worth
    is_full_today = machine.may_stop_today and prices[0] < prices[day]
    if is_full_today and day >= before:
        return "earliest_possible" if day == 1 else "better_day_full"
    if day == before:
        return "as_promised"
    if day != own or (before > 0 and prices[before] < prices[day]):
        return "better_day_full"
    return "risk_rose" if day < before else "risk_fell"


def _explain_own(machine: Machine, costs: Floats, day: int) -> str:
    """Say why a machine's cheapest day is the one that it is."""
    if day == WEEK and machine.was_stopped:
        return "was_stopped"
    if day == WEEK and machine.is_booking_gone and not machine.is_worth_stopping:
        return "no_longer_booked"
    if machine.is_worth_stopping and costs[day] < costs[0]:
        return "waiting_saves"
    if machine.due_in_days is not None:
        return "not_due" if day == WEEK else "calendar_due"
    if day == WEEK:
        return "better_day_full" if machine.is_worth_stopping else "below_threshold"
    is_due_today = costs[1] > costs[0]  # waiting costs: only limits keep it running
    return "earliest_possible" if is_due_today else "threshold_reached"


def _day_of(day: date, as_of: date) -> int:
    return (day - as_of).days
