"""A morning's week: today's stops and the next days', of what was known; each promises the next."""

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest

from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.warehouse import Warehouse
from python_ml.morning.week_plan import make_week_plans
from python_ml.settings import Settings, load_settings

FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)
MARTS = """
create schema if not exists bi; create schema if not exists core; create schema if not exists seeds;
create schema if not exists features; create schema if not exists intermediate;
create schema if not exists staging;
create table bi.rpt_machine_risks_daily as
select
    machine_id, as_of_date, 'a1' as arepa_type, 'k1' as kitchen_id, 1 as phase, 7 as horizon_days,
    machine_id = 'stop' as is_worth_stopping,
    case when machine_id in ('due', 'due_by_work') then 'calendar' else 'model' end as decided_by,
    case machine_id when 'stop' then 0.1 else 0.3 end as stop_threshold_probability,
    case when machine_id <> 'blind' then 0.2 end as failure_probability,
    case when machine_id = 'stop' then 100.0 when machine_id <> 'blind' then -100.0 end
        as expected_saving,
    case machine_id when 'due' then 'days_since_last_stop'
        when 'due_by_work' then 'batch_count_since_last_stop' end as calendar_clock,
    case machine_id when 'due' then 28.0 when 'due_by_work' then 460.0 end as calendar_clock_value,
    case machine_id when 'due' then 30.0 when 'due_by_work' then 500.0 end as calendar_interval,
    9 as running_machine_count, 2 as technician_slots, 'scored' as status
from (values ('stop'), ('worn'), ('blind'), ('due'), ('due_by_work'), ('booked')) as m (machine_id)
cross join (values (date '2026-11-20'), (date '2026-11-21')) as days (as_of_date);
insert into ml.prediction_curves by name
select machine_id, arepa_type, as_of_date, 'champion' as model_role, days_ahead,
    1 - pow(1 - case machine_id when 'worn' then 0.15 else 0.01 end, days_ahead)
        as failure_probability
from bi.rpt_machine_risks_daily cross join range(1, 15) as days (days_ahead)
-- The model of who is to be stopped draws no curve.
where machine_id not in ('blind', 'stop');
create table core.fct_machine_stops as
select 'nobody' as machine_id, timestamp '2026-11-01' as started_at;
create table staging.stg_kitchen__files as
from (values (1, timestamp '2026-11-19 05:00'), (2, timestamp '2026-11-30 05:00'))
    as files (file_id, loaded_at);
create table intermediate.int_maintenance_event_registrations as
select *, 'kept' as registration_status, false as is_superseded, cast(null as varchar) as finding
from (values
    ('booked', 'planned', timestamp '2026-11-23 08:00', timestamp '2026-11-23 09:00', 1),
    -- Told when it was over: nobody knew it on these mornings.
    ('worn', 'planned', timestamp '2026-11-24 08:00', timestamp '2026-11-24 09:00', 2)
) as events (machine_id, kind, started_at, ended_at, file_id);
create table features.feat_machine_arepa_daily as
select
    machine_id, as_of_date, 140 as batch_count_7d, false as is_down, 0.0 as faulty_reading_ratio_7d
from bi.rpt_machine_risks_daily
union all
select 'other', date '2026-11-20', 140, false, 0.0;
create table core.dim_machines as
from (values
    ('stop', 'k1', 1), ('worn', 'k1', 1), ('other', 'k1', 1), ('of_phase_2', 'k1', 2),
    ('of_k2', 'k2', 1)
) as machines (machine_id, kitchen_id, phase);
create table seeds.technician_slots as
from (values ('default', 2, null, 0), ('k1', 2, 1, 0)) as slots
    (kitchen_id, technician_slots, monday, sunday);
insert into ml.decision_terms
select distinct 'k1', 1, as_of_date, 9, 2, 2400.0, 400.0, 300.0 from bi.rpt_machine_risks_daily;
insert into ml.calendar_terms
select machine_id, 'a1', as_of_date, calendar_clock, calendar_clock_value, calendar_interval, 900.0
from bi.rpt_machine_risks_daily where decided_by = 'calendar';
"""
WEEK = """
select machine_id, planned_date, promised_date, why_then from ml.week_plan
where as_of_date = ? order by machine_id
"""


@pytest.fixture
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("week")
    settings = load_settings({"WAREHOUSE_PATH": str(folder / "warehouse.duckdb")})
    with Warehouse(settings.warehouse_path) as warehouse:
        create_ml_tables(warehouse)
        warehouse.execute(MARTS)
    yield settings


def week_of(settings: Settings, day: date) -> dict[str, tuple[date | None, date | None, str]]:
    with Warehouse(settings.warehouse_path) as warehouse:
        return {row[0]: row[1:] for row in warehouse.rows(WEEK, [day])}


def test_a_week_is_planned_from_what_was_known_and_promises_the_next(settings: Settings):
    assert make_week_plans(settings, first=FRIDAY, last=SATURDAY) == 6
    sunday, monday, tuesday = (FRIDAY + timedelta(days=days) for days in (2, 3, 4))
    # Nobody works on Sunday, one on Monday, and that slot is booked.
    assert week_of(settings, FRIDAY) == {
        "stop": (FRIDAY, None, "on_today_s_plan"),
        "worn": (SATURDAY, None, "earliest_possible"),
        "blind": (None, None, "blind"),
        "due": (SATURDAY, None, "better_day_full"),
        "due_by_work": (tuesday, None, "better_day_full"),
        "booked": (monday, None, "booked"),
    }
    of_saturday = week_of(settings, SATURDAY)
    assert of_saturday["booked"] == (monday, monday, "booked")
    assert of_saturday["due_by_work"][1] == tuesday
    assert of_saturday["stop"] == (SATURDAY, None, "on_today_s_plan")
    assert sunday not in {planned for planned, *_ in of_saturday.values()}


def test_a_second_booked_stop_takes_its_slot(settings: Settings):
    with Warehouse(settings.warehouse_path) as warehouse:
        warehouse.execute(
            "insert into intermediate.int_maintenance_event_registrations"
            " select * replace (started_at + interval 1 day as started_at)"
            " from intermediate.int_maintenance_event_registrations where machine_id = 'booked'"
        )
        warehouse.execute("update seeds.technician_slots set technician_slots = 1")
    make_week_plans(settings, first=FRIDAY, last=FRIDAY)
    week = week_of(settings, FRIDAY)
    booked = FRIDAY + timedelta(days=3)
    assert week["booked"] == (booked, None, "booked")
    assert booked + timedelta(days=1) not in {planned for planned, *_ in week.values()}


def test_a_sunday_without_technicians_takes_none_from_the_other_days(settings: Settings):
    sunday = FRIDAY + timedelta(days=2)
    with Warehouse(settings.warehouse_path) as warehouse:
        for table in ("bi.rpt_machine_risks_daily", "features.feat_machine_arepa_daily"):
            warehouse.execute(f"update {table} set as_of_date = as_of_date + 2")
        for table in ("decision_terms", "calendar_terms", "prediction_curves"):
            warehouse.execute(f"update ml.{table} set as_of_date = as_of_date + 2")
        warehouse.execute("update bi.rpt_machine_risks_daily set technician_slots = 0")
    make_week_plans(settings, first=sunday, last=sunday)
    planned = [planned for planned, *_ in week_of(settings, sunday).values() if planned]
    # One on Monday, as many as ever on the days that the seed has no number for.
    assert planned.count(sunday + timedelta(days=1)) == 1
    assert planned.count(sunday + timedelta(days=2)) == 2


def test_a_machine_whose_work_is_done_is_due_though_it_cooks_nothing(settings: Settings):
    with Warehouse(settings.warehouse_path) as warehouse:
        warehouse.execute(
            "update bi.rpt_machine_risks_daily set calendar_clock_value = 510"
            " where machine_id = 'due_by_work'"
        )
        warehouse.execute("update features.feat_machine_arepa_daily set batch_count_7d = 0")
    make_week_plans(settings, first=FRIDAY, last=FRIDAY)
    assert week_of(settings, FRIDAY)["due_by_work"][2] in {"calendar_due", "better_day_full"}


def test_of_mornings_that_older_code_planned_the_week_is_made_up_for(settings: Settings):
    make_week_plans(settings, first=SATURDAY, last=SATURDAY)
    assert week_of(settings, FRIDAY)["stop"] == (FRIDAY, None, "on_today_s_plan")
    assert week_of(settings, SATURDAY)["due_by_work"][1] is not None


MOVE_BOOKING = """
update intermediate.int_maintenance_event_registrations set started_at = timestamp '{}'
where machine_id = 'booked'
"""
BOOK = """
insert into intermediate.int_maintenance_event_registrations by name
select
    ? as machine_id, 'planned' as kind, cast(? as timestamp) as started_at, 1 as file_id,
    'kept' as registration_status, false as is_superseded
"""
TELL = "update staging.stg_kitchen__files set loaded_at = '{}' where file_id = 1"


@pytest.fixture
def in_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    def set_zone(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield set_zone
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("zone", "loaded_at", "is_known"),
    [
        ("America/Bogota", "2026-11-20 12:00", True),  # 07:00 there
        ("America/Bogota", "2026-11-20 14:00", False),
        ("Asia/Tokyo", "2026-11-19 22:00", True),
        ("Asia/Tokyo", "2026-11-20 02:00", False),  # 11:00 there: told when it was over
    ],
)
def test_a_stop_is_booked_that_was_told_before_it_began_by_the_kitchens_clocks(
    settings: Settings,
    in_zone: Callable[[str], None],
    zone: str,
    loaded_at: str,
    *,
    is_known: bool,
):
    in_zone(zone)
    with Warehouse(settings.warehouse_path) as warehouse:
        warehouse.execute(MOVE_BOOKING.format("2026-11-20 08:00"))
        warehouse.execute(
            f"update staging.stg_kitchen__files set loaded_at = '{loaded_at}' where file_id = 1"
        )
    make_week_plans(settings, first=FRIDAY, last=FRIDAY)
    assert (week_of(settings, FRIDAY)["booked"][2] == "booked") == is_known


def test_a_booked_stop_stays_booked_when_its_log_comes_again_on_its_day(settings: Settings):
    with Warehouse(settings.warehouse_path) as warehouse:
        warehouse.execute(MOVE_BOOKING.format("2026-11-21 06:00"))
        warehouse.execute("update bi.rpt_machine_risks_daily set running_machine_count = 2")
    make_week_plans(settings, first=FRIDAY, last=FRIDAY)
    with Warehouse(settings.warehouse_path) as warehouse:
        warehouse.execute(TELL.format("2026-11-21 07:00"))
    make_week_plans(settings, first=SATURDAY, last=SATURDAY)
    week = week_of(settings, SATURDAY)
    assert week["booked"] == (SATURDAY, SATURDAY, "booked")
    # One of two runs on.
    assert week["stop"][0] != SATURDAY


def test_a_booking_that_is_taken_back_is_told_as_that(settings: Settings):
    make_week_plans(settings, first=FRIDAY, last=FRIDAY)
    with Warehouse(settings.warehouse_path) as warehouse:
        warehouse.execute(
            "update intermediate.int_maintenance_event_registrations set finding = 'postponed'"
            " where machine_id = 'booked'"
        )
    make_week_plans(settings, first=SATURDAY, last=SATURDAY)
    monday = FRIDAY + timedelta(days=3)
    assert week_of(settings, SATURDAY)["booked"] == (None, monday, "no_longer_booked")


@pytest.mark.parametrize(
    ("booked", "running", "is_stopped"),
    [
        (["of_k2", "of_k2"], 2, True),
        (["of_phase_2"], 2, True),  # one of two technicians is left
        (["of_phase_2", "other"], 9, False),
        (["other"], 3, True),
        (["other"], 2, False),  # one of the two that run is stopped already
    ],
)
def test_what_is_booked_of_machines_on_no_plan_takes_its_part(
    settings: Settings, booked: list[str], running: int, *, is_stopped: bool
):
    with Warehouse(settings.warehouse_path) as warehouse:
        for machine in booked:
            warehouse.execute(BOOK, [machine, "2026-11-20 08:00"])
        warehouse.execute(
            f"update bi.rpt_machine_risks_daily set running_machine_count = {running}"
        )
    make_week_plans(settings, first=FRIDAY, last=FRIDAY)
    assert (week_of(settings, FRIDAY)["stop"][0] == FRIDAY) == is_stopped


@pytest.mark.parametrize("booked", ["booked", "other"])
@pytest.mark.parametrize(
    ("until", "is_saturday_free"),
    [("2026-11-21 00:00", True), ("2026-11-23 12:00", False), (None, True)],
)
def test_a_machine_that_is_booked_for_days_runs_on_none_of_them(
    settings: Settings, booked: str, until: str | None, *, is_saturday_free: bool
):
    with Warehouse(settings.warehouse_path) as warehouse:
        warehouse.execute(
            "delete from intermediate.int_maintenance_event_registrations"
            " where machine_id = 'booked'"
        )
        warehouse.execute(BOOK, [booked, "2026-11-20 08:00"])
        warehouse.execute(
            "update intermediate.int_maintenance_event_registrations set ended_at = ?"
            " where machine_id = ?",
            [until, booked],
        )
        warehouse.execute("update bi.rpt_machine_risks_daily set running_machine_count = 2")
    make_week_plans(settings, first=FRIDAY, last=FRIDAY)
    planned = [day for day, *_ in week_of(settings, FRIDAY).values() if day]
    # Its visit alone takes a technician; the other machine of the phase waits until it runs again.
    assert planned.count(FRIDAY) == 1
    assert (SATURDAY in planned) == is_saturday_free
    assert FRIDAY + timedelta(days=4) in planned


def test_a_booking_of_a_machine_on_no_plan_is_remembered_when_its_log_comes_again(
    settings: Settings,
):
    with Warehouse(settings.warehouse_path) as warehouse:
        warehouse.execute(BOOK, ["other", "2026-11-21 06:00"])
        warehouse.execute(
            "insert into features.feat_machine_arepa_daily by name"
            " select * replace (date '2026-11-21' as as_of_date)"
            " from features.feat_machine_arepa_daily where machine_id = 'other'"
        )
        warehouse.execute("update bi.rpt_machine_risks_daily set running_machine_count = 2")
    make_week_plans(settings, first=FRIDAY, last=FRIDAY)
    assert week_of(settings, FRIDAY)["other"] == (SATURDAY, None, "booked")
    with Warehouse(settings.warehouse_path) as warehouse:
        warehouse.execute(TELL.format("2026-11-21 07:00"))
    make_week_plans(settings, first=SATURDAY, last=SATURDAY)
    # One of two runs on, and the plan can say that this is why.
    assert week_of(settings, SATURDAY)["stop"][0] != SATURDAY
    with Warehouse(settings.warehouse_path) as warehouse:
        told = warehouse.rows(
            "select distinct as_of_date, running_beside_booked from ml.week_plan"
            " where machine_id <> 'other' order by all"
        )
    assert told == [(FRIDAY, 2), (SATURDAY, 1)]


BREAK_DOWN = """
insert into intermediate.int_maintenance_event_registrations by name
select
    $machine as machine_id, 'breakdown' as kind, cast($started_at as timestamp) as started_at,
    cast($ended_at as timestamp) as ended_at, 1 as file_id, 'kept' as registration_status,
    false as is_superseded
"""


@pytest.mark.parametrize(
    ("machine", "started_at", "ended_at", "running", "is_stopped"),
    [
        ("worn", "2026-11-20 05:00", None, 2, False),
        ("other", "2026-11-20 05:00", None, 2, False),
        ("worn", "2026-11-20 05:00", "2026-11-20 09:00", 2, False),
        ("worn", "2026-11-20 05:00", None, 3, True),
        ("worn", "2026-11-20 05:00", "2026-11-20 06:00", 2, True),  # runs again
        ("of_k2", "2026-11-20 05:00", None, 2, True),
        ("worn", "2026-11-20 08:00", None, 2, True),  # nobody knew
    ],
)
def test_who_broke_down_since_midnight_is_none_of_those_that_run(
    settings: Settings,
    machine: str,
    started_at: str,
    ended_at: str | None,
    running: int,
    *,
    is_stopped: bool,
):
    with Warehouse(settings.warehouse_path) as warehouse:
        warehouse.execute(TELL.format("2026-11-20 07:00"))
        told = {"machine": machine, "started_at": started_at, "ended_at": ended_at}
        warehouse.execute(BREAK_DOWN, told)
        warehouse.execute(
            f"update bi.rpt_machine_risks_daily set running_machine_count = {running}"
        )
    make_week_plans(settings, first=FRIDAY, last=FRIDAY)
    assert (week_of(settings, FRIDAY)["stop"][0] == FRIDAY) == is_stopped


@pytest.mark.parametrize(
    ("started_at", "ended_at", "first_day"),
    [
        ("2026-11-19 05:00", "2026-11-20 09:00", 1),
        ("2026-11-19 05:00", "2026-11-22 00:00", 2),  # at midnight it runs again
        ("2026-11-20 05:00", "2026-11-21 09:00", 2),
        ("2026-11-19 05:00", None, None),  # nobody knows when
        ("2026-11-20 05:00", None, None),
    ],
)
@pytest.mark.parametrize("machine", ["worn", "other"])
def test_who_stands_runs_again_once_its_logged_stop_has_ended(
    settings: Settings, machine: str, started_at: str, ended_at: str | None, first_day: int | None
):
    was_down = started_at < "2026-11-20"
    with Warehouse(settings.warehouse_path) as warehouse:
        warehouse.execute(TELL.format("2026-11-20 07:00"))
        warehouse.execute("delete from intermediate.int_maintenance_event_registrations")
        told = {"machine": machine, "started_at": started_at, "ended_at": ended_at}
        warehouse.execute(BREAK_DOWN, told)
        warehouse.execute(
            "update features.feat_machine_arepa_daily set is_down = ? where machine_id = ?",
            [was_down, machine],
        )
        # Beside the one that stands a single one of the phase runs.
        running = 1 if was_down else 2
        warehouse.execute(
            f"update bi.rpt_machine_risks_daily set running_machine_count = {running}"
        )
        warehouse.execute("update seeds.technician_slots set monday = 2, sunday = 2")
    make_week_plans(settings, first=FRIDAY, last=FRIDAY)
    week = week_of(settings, FRIDAY)
    if first_day is None:
        week.pop(machine, None)  # it may be stopped at any time
    days = {planned for planned, *_ in week.values()} - {None}
    assert min(days, default=None) == (
        None if first_day is None else FRIDAY + timedelta(days=first_day)
    )


def test_who_is_to_be_stopped_and_broke_down_since_midnight_counts_once(settings: Settings):
    with Warehouse(settings.warehouse_path) as warehouse:
        warehouse.execute(TELL.format("2026-11-20 07:00"))
        told = {"machine": "stop", "started_at": "2026-11-20 05:00", "ended_at": None}
        warehouse.execute(BREAK_DOWN, told)
    make_week_plans(settings, first=FRIDAY, last=FRIDAY)
    assert week_of(settings, FRIDAY)["stop"][0] == FRIDAY
    with Warehouse(settings.warehouse_path) as warehouse:
        kept = "select distinct running_beside_booked from ml.week_plan where as_of_date = ?"
        assert warehouse.rows(kept, [FRIDAY]) == [(9,)]


def test_a_week_planned_again_is_the_same(settings: Settings):
    make_week_plans(settings, first=FRIDAY, last=SATURDAY)
    before = week_of(settings, FRIDAY), week_of(settings, SATURDAY)
    make_week_plans(settings, first=SATURDAY, last=SATURDAY)
    assert (week_of(settings, FRIDAY), week_of(settings, SATURDAY)) == before
