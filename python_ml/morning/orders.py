"""`arepas orders`: the morning's stops as work orders, each exactly once.

An order belongs to an alarm of a machine, not to a morning: who is on the plan for the fourth time
has the order of the first. `ml.work_orders` says which stops have which order, and what became of
it.
"""

import csv
import json
import logging
import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import ArepasError, InputError, counted
from python_ml.files import write_whole, writing_below
from python_ml.morning.hourly import harmless
from python_ml.morning.order_server import OrderRefusedError, OrderServer, UnansweredError
from python_ml.run.record import Run
from python_ml.settings import Settings

logger = logging.getLogger(__name__)

# Noted together: each note waits for the disk. After a crash so many are asked for by their keys.
NOTED_AT_ONCE = 20
# The plan is published after its orders, and one that nobody answers takes a minute.
MOST_UNANSWERED = 2
NOT_WAITED_FOR = "does not answer; the other orders were not sent, the next run sends them"
NEW, ASKED, CREATED, REFUSED, TAKEN_BACK = "new", "asked", "created", "refused", "taken_back"
# Late data, and mornings that are made up for, move an alarm's beginning: the order that it got
# since the machine's alarm before ended stays its own.
STOPS = """
with
episodes as (
    select
        *, lag(closed_on) over (partition by machine_id order by opened_on) as earlier_closed_on
    from bi.rpt_alarm_episodes
),
-- Kitchen k-1 with machine a and kitchen k with machine 1-a read the same: who came later is told
-- apart by a number.
names as (
    select
        kitchen_id, machine_id,
        row_number() over (
            partition by concat_ws('-', kitchen_id, machine_id)
            order by min(as_of_date), kitchen_id
        ) as number
    from bi.rpt_maintenance_plan_daily
    group by kitchen_id, machine_id
),
known_orders as (
    select
        machine_id, order_key, min(as_of_date) as first_morning, max(as_of_date) as last_morning
    from ml.work_orders
    group by machine_id, order_key
)
select
    coalesce(
        known_orders.order_key,
        concat_ws(
            '-', plan.kitchen_id, plan.machine_id, strftime(episodes.opened_on, '%Y%m%d'),
            case when names.number > 1 then names.number end
        )
    ) as key,
    plan.kitchen_id,
    plan.machine_id,
    episodes.opened_on,
    plan.as_of_date,
    plan.phase,
    plan.failure_probability,
    plan.expected_saving,
    plan.horizon_days,
    plan.reasons
from bi.rpt_maintenance_plan_daily as plan
inner join episodes
    on plan.machine_id = episodes.machine_id
    and plan.as_of_date >= episodes.opened_on
    and plan.as_of_date <= coalesce(episodes.closed_on, plan.as_of_date)
inner join names on plan.kitchen_id = names.kitchen_id and plan.machine_id = names.machine_id
left join known_orders
    on plan.machine_id = known_orders.machine_id
    and known_orders.last_morning >= episodes.opened_on
    and known_orders.first_morning > coalesce(episodes.earlier_closed_on, date '-infinity')
    and known_orders.first_morning <= coalesce(episodes.closed_on, known_orders.first_morning)
where plan.as_of_date = ? and plan.decision = 'stop'
qualify
    row_number() over (
        partition by plan.machine_id
        order by episodes.opened_on desc, known_orders.first_morning, known_orders.order_key
    ) = 1
    -- What was done needs no order any more; what was put off has none of the morning it was for.
    and coalesce(episodes.ended_by not in ('stopped', 'broke_down'), true)
    and coalesce(cast(episodes.answered_at as date) < plan.as_of_date, true)
order by plan.rank
"""
# An order that was taken back is none until a morning has it again. It stays with the morning that
# was first asked for it: the file of an earlier one, asked for later, does not hold it.
KNOWN = f"""
with
taken_back as (
    select order_key, max(noted_at) as taken_back_at from ml.work_orders
    where state = '{TAKEN_BACK}'
    group by order_key
)
select
    orders.order_key as key,
    min_by(orders.as_of_date, orders.noted_at) as ordered_on,
    max_by(orders.state, orders.noted_at) as state,
    max(orders.order_number) as number
from ml.work_orders as orders
left join taken_back on orders.order_key = taken_back.order_key
where orders.noted_at > coalesce(taken_back.taken_back_at, timestamp '-infinity')
group by orders.order_key
"""  # noqa: S608  (a constant)
TAKE_BACK = """
insert into ml.work_orders by name
select * replace ($state as state, $noted_at as noted_at) from ml.work_orders
where as_of_date = $day and list_contains($keys, order_key)
qualify row_number() over (partition by order_key order by noted_at desc) = 1
"""
# The last word on an order is the one that was noted last, also where the clock was ahead before.
NEXT_NOTE = """
select greatest($now, max(noted_at) + interval 1 microsecond) from ml.work_orders
"""


@dataclass(frozen=True)
class Stop:
    """A stop of the morning's plan.

    Attributes:
        key: What both systems know its order by, the same on all mornings of one alarm.
        opened_on: The morning on which the alarm began.
        failure_probability: Of a breakdown within `horizon_days`.
        expected_saving: In the currency of `seeds/maintenance_costs.csv`.
    """

    key: str
    kitchen_id: str
    machine_id: str
    opened_on: date
    as_of_date: date
    phase: int
    failure_probability: float
    expected_saving: float
    horizon_days: int
    reasons: str

    def as_order(self) -> dict[str, Any]:
        """The order's fields, days as text."""
        return asdict(self) | {
            "opened_on": f"{self.opened_on}",
            "as_of_date": f"{self.as_of_date}",
        }


FIELDS = tuple(Stop.__dataclass_fields__)


@dataclass(frozen=True)
class Order:
    """What is known of an order.

    Attributes:
        key: What both systems know it by.
        ordered_on: The morning that had it first, whose file holds it.
        state: `new`, `asked` (sent, and no answer noted), `created` or `refused`.
        number: The other system's number.
    """

    key: str
    ordered_on: date
    state: str
    number: str | None


class OrderLayout(BaseModel):
    """How orders look in the other system: `ORDERS_LAYOUT`, see docs/orders.md.

    Attributes:
        columns: Their name of each field of an order that they want, in their order; by field.
        constants: What every order has beside, by their name.
        number: Where the server's answer has its own number.
        find: How the server is asked for an order by its key.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    columns: dict[str, str] = {}
    constants: dict[str, JsonValue] = {}
    number: str = Field(OrderServer.number, min_length=1)
    find: str = Field(OrderServer.find, pattern=r"\{key\}")

    @property
    def names(self) -> list[str]:
        """The names of an order's fields, as the other system has them."""
        return [*(self.columns.values() or FIELDS), *self.constants]

    def lay_out(self, stop: Stop) -> dict[str, Any]:
        """Write a stop as the other system names things; all fields where no columns are named."""
        order = stop.as_order()
        named = {theirs: order[ours] for ours, theirs in self.columns.items()} or order
        return {**named, **self.constants}


def read_layout(path: Path | None) -> OrderLayout:
    """Read the layout of the other system's orders.

    Raises:
        InputError: The file cannot be read, or names what is not there.
    """
    if path is None:
        return OrderLayout()
    try:
        layout = OrderLayout(**tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        fault = error.errors()[0]
        raise InputError(
            f"ORDERS_LAYOUT={path}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}; see"
            " docs/orders.md"
        ) from error
    except (OSError, ValueError) as error:
        raise InputError(
            f"ORDERS_LAYOUT={path}: cannot be read ({error}); see docs/orders.md"
        ) from error
    if unknown := sorted(set(layout.columns) - set(FIELDS)):
        raise InputError(
            f"ORDERS_LAYOUT={path}: columns.{unknown[0]} is no field of an order; use"
            f" {', '.join(FIELDS)}"
        )
    if "key" not in layout.columns and layout.columns:
        raise InputError(f"ORDERS_LAYOUT={path}: columns has no key; both systems need it")
    if twice := [name for name, count in Counter(layout.names).items() if count > 1]:
        raise InputError(f"ORDERS_LAYOUT={path}: {twice[0]} is named twice; an order has it once")
    return layout


def orders(settings: Settings, run: Run) -> None:
    """Write the morning's new orders and, where ORDERS_URL is set, create them there.

    Raises:
        InputError: There is no plan of that morning, or ORDERS_LAYOUT cannot be used.
        PartlyDoneError: Not every order could be created; the others were.
    """
    with run.step("orders") as step:
        step.row_count = make_orders(settings, run)
    run.raise_problems()


def make_orders(settings: Settings, run: Run) -> int:
    """Note, write and create the orders of the run's morning; returns how many stops it has.

    What could not be created is added to the run's problems.
    """
    layout = read_layout(settings.orders_layout)
    with Warehouse(settings.warehouse_path) as warehouse:
        create_ml_tables(warehouse)
        stops = _find_stops(warehouse, run.as_of)
        _take_back(warehouse, stops, run.as_of)
        known = _note_stops(warehouse, stops)
        new = [stop for stop in stops if known[stop.key].ordered_on == run.as_of]
        with writing_below(settings.orders_dir, "ORDERS_DIR"):
            _write_files(settings.orders_dir, run.as_of, layout, new)
        if settings.orders_url:
            server = OrderServer(
                settings.orders_url,
                settings.orders_token.get_secret_value(),
                layout.number,
                layout.find,
                layout.columns.get("key", "key"),
            )

            def create(stop: Stop) -> str:
                return _create_one(server, known[stop.key], layout.lay_out(stop))

            missing = [stop for stop in stops if known[stop.key].number is None]
            for start in range(0, len(missing), NOTED_AT_ONCE):
                some = missing[start : start + NOTED_AT_ONCE]
                if not _create(warehouse, create, some, run.problems):
                    run.problems.append(f"ORDERS_URL={server.url}: {NOT_WAITED_FOR}")
                    break
    return len(stops)


def _take_back(warehouse: Warehouse, stops: Sequence[Stop], as_of: date) -> None:
    """Take back what an earlier export of the morning alone has written and this one will not.

    The morning's file is written anew without it, so the next morning's that stops the machine has
    to hold it.
    """
    keys = {stop.key for stop in stops}
    known = (Order(**row) for row in warehouse.records(KNOWN))
    gone = [
        order.key
        for order in known
        if order.state == NEW and order.ordered_on == as_of and order.key not in keys
    ]
    noted_at = _find_time(warehouse)
    asked = {"state": TAKEN_BACK, "noted_at": noted_at, "day": as_of, "keys": gone}
    warehouse.execute(TAKE_BACK, asked)


def _note_stops(warehouse: Warehouse, stops: Sequence[Stop]) -> dict[str, Order]:
    """Note that the morning has these stops; returns all orders by key."""
    known = {row["key"]: Order(**row) for row in warehouse.records(KNOWN)}
    new = {stop.key: Order(stop.key, stop.as_of_date, NEW, None) for stop in stops}
    known = new | known
    _note(warehouse, [(stop, known[stop.key].state, known[stop.key].number) for stop in stops])
    return known


def _find_stops(warehouse: Warehouse, as_of: date) -> list[Stop]:
    if not warehouse.has_table("bi", "rpt_alarm_episodes"):
        raise InputError("there is no plan yet; run `make daily` first")
    planned = "select count(*) from bi.rpt_maintenance_plan_daily where as_of_date = ?"
    if not warehouse.value(planned, [as_of]):
        raise InputError(f"there is no plan of {as_of}; run `make daily AS_OF={as_of}` first")
    return [Stop(**row) for row in warehouse.records(STOPS, [as_of])]


def _create(
    warehouse: Warehouse,
    create: Callable[[Stop], str],
    stops: Sequence[Stop],
    problems: list[str],
) -> bool:
    """Create some orders; adds what did not work, and returns whether it is worth going on."""
    # Noted first: after a crash the next run asks for each before it sends.
    _note(warehouse, [(stop, ASKED, None) for stop in stops])
    came: list[tuple[Stop, str, str | None]] = []
    unanswered = 0
    try:
        for stop in stops:
            if unanswered == MOST_UNANSWERED:
                return False
            try:
                came.append((stop, CREATED, create(stop)))
                unanswered = 0
            except ArepasError as error:
                problems.append(str(error))
                unanswered = unanswered + 1 if isinstance(error, UnansweredError) else 0
                if isinstance(error, OrderRefusedError):
                    came.append((stop, REFUSED, None))
    finally:
        _note(warehouse, came)
    return True


def _create_one(server: OrderServer, order: Order, body: Mapping[str, Any]) -> str:
    """Create an order; what it was before says whether the server may have it already."""
    number = server.find_number(order.key) if order.state == ASKED else None
    return number or server.create(order.key, body)


def _note(warehouse: Warehouse, told: Sequence[tuple[Stop, str, str | None]]) -> None:
    noted_at = _find_time(warehouse)
    rows = [
        {
            "order_key": stop.key,
            "kitchen_id": stop.kitchen_id,
            "machine_id": stop.machine_id,
            "opened_on": stop.opened_on,
            "as_of_date": stop.as_of_date,
            "state": state,
            "order_number": number,
            "noted_at": noted_at,
        }
        for stop, state, number in told
    ]
    if rows:
        warehouse.append("ml.work_orders", pd.DataFrame(rows))


def _find_time(warehouse: Warehouse) -> datetime:
    """The UTC time for a note: now, but later than all notes that there are."""
    now = datetime.now(UTC).replace(tzinfo=None)
    noted_at: datetime = warehouse.value(NEXT_NOTE, {"now": now})
    return noted_at


def _write_files(folder: Path, as_of: date, layout: OrderLayout, new: Sequence[Stop]) -> None:
    """Write the orders that are new on a morning, as CSV and JSON."""
    rows = [layout.lay_out(stop) for stop in new]
    folder.mkdir(parents=True, exist_ok=True)
    text = StringIO()
    writer = csv.DictWriter(text, fieldnames=layout.names, lineterminator="\n")
    writer.writeheader()
    writer.writerows([{name: harmless(value) for name, value in row.items()} for row in rows])
    write_whole(folder / f"{as_of}.csv", text.getvalue().encode())
    write_whole(
        folder / f"{as_of}.json", json.dumps(rows, ensure_ascii=False, indent=2).encode() + b"\n"
    )
    told = f"{counted(len(rows), 'order')} new on {as_of}"
    logger.info("%s in %s", told, folder / f"{as_of}.csv")
