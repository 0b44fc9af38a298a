"""`ml.week_plan`: each morning's plan of the next seven days, today's stops among them."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pandas as pd

from python_ml.decisions.week import WEEK, Machine, Promise, Terms, plan_week
from python_ml.engines.marts import read_slots_by_weekday
from python_ml.engines.warehouse import Warehouse
from python_ml.settings import Settings

# Of mornings that code without weeks has planned, the plan is made up for.
DAYS_TO_PLAN = """
select distinct as_of_date from bi.rpt_machine_risks_daily
where
    as_of_date between $first and $last
    or as_of_date not in (select as_of_date from ml.week_plan)
order by as_of_date
"""
# What the log knows ahead of a stop was booked; what came to it later was not. Where the log comes
# whole each day, that is after the day's first stops: those the morning before has known.
BOOKED = """
promises as (
    select * from ml.week_plan
    where as_of_date = (
        select max(as_of_date) from ml.week_plan
        where as_of_date < $day and as_of_date >= cast($day as date) - 7
    )
),
booked as (
    select
        events.machine_id,
        cast(events.started_at as date) as booked_date,
        -- Of one whose end is not known yet, only its beginning is.
        coalesce(cast(events.ended_at - interval 1 microsecond as date), booked_date)
            as last_date
    from intermediate.int_maintenance_event_registrations as events
    inner join staging.stg_kitchen__files as files on events.file_id = files.file_id
    left join promises on events.machine_id = promises.machine_id
    where
        events.registration_status = 'kept' and not events.is_superseded
        and events.kind = 'planned'
        and coalesce(events.finding, '') not in ('postponed', 'not_inspected')
        and events.started_at >= $day
        and events.started_at < cast($day as date) + 7
        and (
            files.loaded_at + $utc_offset < events.started_at
            or promises.why_then = 'booked'
            and promises.planned_date = cast(events.started_at as date)
        )
),
-- Technicians come when a stop begins; the machine stands until it ends.
booked_by_day as (
    select machine_id, on_day, bool_or(on_day = booked_date) as begins
    from (
        select
            machine_id, booked_date,
            cast(unnest(generate_series(
                booked_date,
                greatest(booked_date, least(last_date, cast($day as date) + 6)),
                interval 1 day
            )) as date) as on_day
        from booked
    )
    group by machine_id, on_day
)
"""
# Who stands still this morning, and until when as far as the log had told by the day's end: who was
# down at midnight, and who began to stand since; a stop that was over when it was told takes nobody
# away. Grain: one row per machine.
STANDING = """
with
events as (
    select
        registrations.machine_id,
        registrations.started_at,
        registrations.ended_at,
        registrations.kind = 'breakdown'
        or coalesce(registrations.finding, '') not in ('postponed', 'not_inspected') as is_stop,
        files.loaded_at + $utc_offset as told_at
    from intermediate.int_maintenance_event_registrations as registrations
    inner join staging.stg_kitchen__files as files on registrations.file_id = files.file_id
    where registrations.registration_status = 'kept' and not registrations.is_superseded
),
machine_mornings as (
    select
        machine_id,
        bool_or(is_down) as is_down,
        bool_or(faulty_reading_ratio_7d is not null) as has_cooked
    from features.feat_machine_arepa_daily where as_of_date = $day group by machine_id
)
select
    machines.machine_id,
    machines.kitchen_id,
    machines.phase,
    machine_mornings.is_down as was_down,
    machine_mornings.has_cooked,
    case
        when
            count(*) = count(events.ended_at)
            and max(events.told_at) < cast($day as date) + 1
            then cast(max(events.ended_at) - interval 1 microsecond as date) + 1
    end as runs_from
from machine_mornings
inner join core.dim_machines as machines on machine_mornings.machine_id = machines.machine_id
left join events
    on machine_mornings.machine_id = events.machine_id
    and events.is_stop
    and coalesce(events.ended_at > $day, true)
    and events.started_at < cast($day as date) + 1
    and case
        when machine_mornings.is_down then events.started_at < $day
        else
            events.started_at >= $day
            and events.started_at <= events.told_at
            and events.told_at < cast($day as date) + 1
            and coalesce(events.ended_at > events.told_at, true)
    end
where
    machine_mornings.is_down
    or machine_mornings.has_cooked and events.machine_id is not null
group by all
order by machines.machine_id
"""
MACHINES = f"""
with
{BOOKED},
bookings as (
    select
        machine_id,
        list(on_day order by on_day) filter (where begins) as booked_days,
        list(on_day order by on_day) filter (where not begins) as standing_days
    from booked_by_day group by machine_id
),
curves as (
    select machine_id, arepa_type, list(failure_probability order by days_ahead) as curve
    from ml.prediction_curves
    where as_of_date = $day and model_role = 'champion' group by machine_id, arepa_type
),
stops as (
    select machine_id, max(started_at) as stopped_at
    from core.fct_machine_stops where started_at < $day group by machine_id
),
cooked as (
    select machine_id, sum(batch_count_7d) / 7 as batches_a_day
    from features.feat_machine_arepa_daily where as_of_date = $day group by machine_id
)
select
    risks.machine_id,
    risks.kitchen_id,
    risks.phase,
    risks.decided_by,
    risks.failure_probability,
    risks.horizon_days,
    risks.stop_threshold_probability,
    risks.is_worth_stopping,
    coalesce(risks.expected_saving > 0, false) as may_stop_today,
    risks.calendar_clock,
    risks.calendar_interval - risks.calendar_clock_value as calendar_left,
    calendar.stop_saving,
    cooked.batches_a_day,
    risks.running_machine_count,
    risks.technician_slots,
    terms.breakdown_cost,
    terms.planned_stop_cost,
    terms.false_stop_cost,
    curves.curve,
    bookings.booked_days,
    bookings.standing_days,
    case when promises.planned_date >= $day then promises.planned_date end as promised_on,
    coalesce(promises.planned_date >= $day and promises.why_then = 'booked', false) as was_booked,
    coalesce(stops.stopped_at >= promises.as_of_date, false) as was_stopped
from bi.rpt_machine_risks_daily as risks
inner join ml.decision_terms as terms
    on risks.kitchen_id = terms.kitchen_id and risks.phase = terms.phase
    and risks.as_of_date = terms.as_of_date
left join ml.calendar_terms as calendar
    on risks.machine_id = calendar.machine_id and risks.arepa_type = calendar.arepa_type
    and risks.as_of_date = calendar.as_of_date
left join curves
    on risks.machine_id = curves.machine_id and risks.arepa_type = curves.arepa_type
left join bookings on risks.machine_id = bookings.machine_id
left join promises on risks.machine_id = promises.machine_id
left join stops on risks.machine_id = stops.machine_id
left join cooked on risks.machine_id = cooked.machine_id
where risks.as_of_date = $day
order by risks.kitchen_id, risks.machine_id
"""  # noqa: S608  (a constant)
# Machines of other phases, or of types without a model, are on no plan; what is booked of them
# takes technicians, and of the phase's running machines those that run. By machine and day.
BOOKED_ELSEWHERE = f"""
with
{BOOKED},
cooking as (
    select distinct machine_id from features.feat_machine_arepa_daily
    where as_of_date = $day and faulty_reading_ratio_7d is not null
)
select
    booked.machine_id, machines.kitchen_id, machines.phase, booked.on_day, booked.begins,
    cooking.machine_id is not null as has_cooked
from booked_by_day as booked
inner join core.dim_machines as machines on booked.machine_id = machines.machine_id
left join cooking on booked.machine_id = cooking.machine_id
where booked.machine_id not in (
    select machine_id from bi.rpt_machine_risks_daily where as_of_date = $day
)
order by booked.machine_id, booked.on_day
"""  # noqa: S608  (a constant)
KINDS = {"planned_date": object, "promised_date": object, "running_beside_booked": "Int64"}
DELETE = "delete from ml.week_plan where as_of_date = ?"


def make_week_plans(settings: Settings, *, first: date, last: date) -> int:
    """Plan the week of each of these mornings anew, the oldest first: each promises the next.

    Returns:
        How many rows the last morning's week has.
    """
    count = 0
    with Warehouse(settings.warehouse_path) as warehouse:
        days = warehouse.rows(DAYS_TO_PLAN, {"first": first, "last": last})
        for (day,) in days:
            week = pd.DataFrame(plan_morning(warehouse, day)).assign(as_of_date=day)
            with warehouse.transaction():
                warehouse.execute(DELETE, [day])
                warehouse.append("ml.week_plan", week.astype(KINDS))
            count = len(week)
    return count


def plan_morning(warehouse: Warehouse, day: date) -> list[Promise]:
    """Plan the week of a judged morning from what was known then; nothing is written.

    Machines on no plan that are booked have their booking, for the next morning to remember.
    """
    slots = read_slots_by_weekday(warehouse)
    # Files are loaded in UTC, stops begin by the kitchens' clocks, which TZ names.
    utc_offset = datetime.combine(day, time(12)).astimezone().utcoffset()
    known = {"day": day, "utc_offset": utc_offset}
    standing = {row["machine_id"]: row for row in warehouse.records(STANDING, known)}
    taken, stopped = Counter[tuple[str, date]](), _count_standing(standing, day)
    elsewhere: dict[str, Promise] = {}
    for booked in warehouse.records(BOOKED_ELSEWHERE, known):
        machine_id, kitchen_id = booked["machine_id"], booked["kitchen_id"]
        on_day = booked["on_day"]
        taken[kitchen_id, on_day] += booked["begins"]
        runs = booked["has_cooked"] and _runs_on(on_day, standing.get(machine_id))
        stopped[kitchen_id, booked["phase"], on_day] += runs
        elsewhere.setdefault(machine_id, Promise(machine_id, on_day, "booked"))
    machines = [
        _read_machine(
            row, standing.get(row["machine_id"]), _read_terms(row, slots, taken, stopped, day)
        )
        for row in warehouse.records(MACHINES, known)
    ]
    promises = plan_week(machines, day)
    # Those that the plan stops all the same are counted as stops, not twice.
    told_to_stop = Counter(
        (machine.kitchen_id, machine.phase)
        for machine, promise in zip(machines, promises, strict=True)
        if promise.planned_date == day
        and machine.is_down
        and not standing[machine.machine_id]["was_down"]
    )
    return [
        *(
            replace(
                promise,
                running_beside_booked=machine.terms.running_machines[0]
                + told_to_stop[machine.kitchen_id, machine.phase],
            )
            for machine, promise in zip(machines, promises, strict=True)
        ),
        *elsewhere.values(),
    ]


def _count_standing(
    standing: dict[str, dict[str, Any]], day: date
) -> Counter[tuple[str, int, date]]:
    """Count by kitchen, phase and day who stands of those that ran at midnight.

    Who is down then and comes back is one the more that runs: less than none stand.
    """
    stopped = Counter[tuple[str, int, date]]()
    for row in standing.values():
        for on_day in (day + timedelta(days=ahead) for ahead in range(WEEK)):
            ran, runs = not row["was_down"], row["has_cooked"] and _runs_on(on_day, row)
            stopped[row["kitchen_id"], row["phase"], on_day] += ran - runs
    return stopped


def _runs_on(day: date, standing: dict[str, Any] | None) -> bool:
    """Whether a machine runs on a day by what the log told: a row of STANDING, None of others."""
    return standing is None or (standing["runs_from"] is not None and day >= standing["runs_from"])


def _read_terms(
    row: dict[str, Any],
    slots: dict[str, dict[int, int]],
    taken: Counter[tuple[str, date]],
    stopped: Counter[tuple[str, int, date]],
    day: date,
) -> Terms:
    """Read a machine's terms: those of its kitchen and phase that no machine on no plan takes.

    Args:
        row: Of MACHINES.
        slots: By kitchen and weekday.
        taken: Technicians, by kitchen and day.
        stopped: Running machines, by kitchen, phase and day.
        day: The morning.
    """
    kitchen_id, phase = row["kitchen_id"], row["phase"]
    days = [day + timedelta(days=ahead) for ahead in range(WEEK)]
    of_kitchen = slots.get(kitchen_id, slots["default"])
    usual = [int(row["technician_slots"]), *(of_kitchen[each.isoweekday()] for each in days[1:])]
    running = int(row["running_machine_count"])
    return Terms(
        running_machines=tuple(running - stopped[kitchen_id, phase, each] for each in days),
        slots=tuple(
            max(count - taken[kitchen_id, each], 0) for count, each in zip(usual, days, strict=True)
        ),
        breakdown_cost=float(row["breakdown_cost"]),
        planned_stop_cost=float(row["planned_stop_cost"]),
        false_stop_cost=float(row["false_stop_cost"]),
    )


def _read_machine(row: dict[str, Any], standing: dict[str, Any] | None, terms: Terms) -> Machine:
    booked_days: list[date] = row["booked_days"] or []
    return Machine(
        machine_id=row["machine_id"],
        kitchen_id=row["kitchen_id"],
        phase=int(row["phase"]),
        curve=_read_curve(row),
        threshold=float(row["stop_threshold_probability"]),
        horizon_days=int(row["horizon_days"]),
        terms=terms,
        due_in_days=_due_in_days(row) if row["decided_by"] == "calendar" else None,
        calendar_saving=row["stop_saving"] or 0.0,
        booked_on=booked_days[0] if booked_days else None,
        booked_later=tuple(booked_days[1:]),
        stands_on=tuple(row["standing_days"] or ()),
        is_worth_stopping=row["is_worth_stopping"],
        may_stop_today=row["may_stop_today"],
        promised_on=row["promised_on"],
        was_stopped=bool(row["was_stopped"]),
        was_booked=bool(row["was_booked"]),
        is_down=standing is not None,
        runs_from=standing["runs_from"] if standing else None,
    )


def _read_curve(row: dict[str, Any]) -> tuple[float, ...] | None:
    """The model's curve; without one each day of the horizon is as dangerous as the next."""
    if row["failure_probability"] is None:
        return None
    if row["curve"] is not None:
        return tuple(map(float, row["curve"]))
    survival, horizon = 1 - float(row["failure_probability"]), int(row["horizon_days"])
    return tuple(1 - survival ** (day / horizon) for day in range(1, horizon + 1))


def _due_in_days(row: dict[str, Any]) -> float:
    """Say in how many days the calendar's clock shows its interval, infinite where never."""
    left, pace = row["calendar_left"], row["batches_a_day"]
    if left is None:
        return float("inf")
    if left <= 0 or row["calendar_clock"].startswith("days"):
        return float(left)
    return float(left) / float(pace) if pace else float("inf")
