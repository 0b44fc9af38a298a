"""Stops become work orders, each once, whatever the mornings and the other system do."""

import csv
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest

from python_ml.engines.warehouse import Warehouse
from python_ml.errors import InputError, PartlyDoneError
from python_ml.morning.orders import orders
from python_ml.run.record import start_run
from tests.conftest import Workspace
from tests.order_server import MaintenanceSystem, maintenance_system

DAY = date(2026, 3, 14)
PLAN = """
create schema if not exists bi;
create or replace table bi.rpt_maintenance_plan_daily as
select
    'k1' as kitchen_id, machine_id, cast(as_of_date as date) as as_of_date, 1 as phase,
    decision, 0.25::double as failure_probability, 120.5::double as expected_saving,
    7 as horizon_days, 'metric 1 above usual' as reasons,
    row_number() over (order by machine_id) as rank
from (values {}) as told (machine_id, as_of_date, decision);
create or replace table bi.rpt_alarm_episodes as
select
    machine_id, cast(opened_on as date) as opened_on, cast(closed_on as date) as closed_on,
    null::text as ended_by, null::timestamp as answered_at
from (values {}) as told (machine_id, opened_on, closed_on);
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Two mornings: m1 stops on both, m2 on the second; m3 is watched."""
    workspace = Workspace(tmp_path)
    plan(
        workspace,
        "('m1', '2026-03-14', 'stop'), ('m3', '2026-03-14', 'watch'),"
        " ('m1', '2026-03-15', 'stop'), ('m2', '2026-03-15', 'stop')",
        "('m1', '2026-03-01', '2026-03-02'), ('m1', '2026-03-12', null),"
        " ('m2', '2026-03-15', null), ('m3', '2026-03-13', null)",
    )
    return workspace


@pytest.fixture
def system() -> Iterator[MaintenanceSystem]:
    with maintenance_system() as system:
        yield system


def plan(workspace: Workspace, mornings: str, episodes: str) -> None:
    with Warehouse(workspace.warehouse) as warehouse:
        warehouse.execute(PLAN.format(mornings, episodes))


def order(workspace: Workspace, day: date = DAY, **variables: str) -> list[str]:
    """Make the orders of a morning; returns what did not work."""
    settings = workspace.settings(ORDERS_DIR=str(workspace.folder / "orders"), **variables)
    with start_run(settings, day) as run:
        with suppress(PartlyDoneError):
            orders(settings, run)
        return list(run.problems)


def written(workspace: Workspace, day: date = DAY) -> list[dict[str, str]]:
    with (workspace.folder / "orders" / f"{day}.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    kept = json.loads((workspace.folder / "orders" / f"{day}.json").read_text())
    assert [{name: str(value) for name, value in row.items()} for row in kept] == rows
    return rows


def test_an_order_says_which_machine_why_and_what_it_saves(workspace: Workspace):
    assert order(workspace) == []
    assert written(workspace) == [
        {
            "key": "k1-m1-20260312",
            "kitchen_id": "k1",
            "machine_id": "m1",
            "opened_on": "2026-03-12",
            "as_of_date": "2026-03-14",
            "phase": "1",
            "failure_probability": "0.25",
            "expected_saving": "120.5",
            "horizon_days": "7",
            "reasons": "metric 1 above usual",
        }
    ]


def test_the_same_morning_again_writes_the_same_and_the_next_only_what_is_new(
    workspace: Workspace,
):
    order(workspace)
    first = (workspace.folder / "orders" / f"{DAY}.csv").read_bytes()
    order(workspace)
    assert (workspace.folder / "orders" / f"{DAY}.csv").read_bytes() == first
    order(workspace, DAY + timedelta(days=1))
    keys = [row["key"] for row in written(workspace, DAY + timedelta(days=1))]
    assert keys == ["k1-m2-20260315"]


def test_an_order_stays_in_its_file_though_an_earlier_morning_is_asked_for_afterwards(
    workspace: Workspace,
):
    next_day = DAY + timedelta(days=1)
    for day in (next_day, DAY, next_day):
        order(workspace, day)
    assert [row["key"] for row in written(workspace, next_day)] == [
        "k1-m1-20260312",
        "k1-m2-20260315",
    ]
    assert written(workspace) == []


@pytest.mark.parametrize("opened_on", ["2026-03-10", "2026-03-14"])
def test_an_alarm_whose_beginning_moves_keeps_its_order(workspace: Workspace, opened_on: str):
    order(workspace)
    next_day = DAY + timedelta(days=1)
    plan(
        workspace,
        "('m1', '2026-03-14', 'stop'), ('m1', '2026-03-15', 'stop')",
        f"('m1', '2026-03-01', '2026-03-02'), ('m1', '{opened_on}', null)",
    )
    for day in (next_day, DAY):
        order(workspace, day)
    assert written(workspace, next_day) == []
    assert [row["key"] for row in written(workspace)] == ["k1-m1-20260312"]


def test_an_alarm_after_a_stop_that_was_logged_late_has_an_order_of_its_own(workspace: Workspace):
    order(workspace)
    order(workspace, DAY + timedelta(days=1))
    third = DAY + timedelta(days=2)
    plan(
        workspace,
        f"('m1', '{third}', 'stop')",
        "('m1', '2026-03-12', '2026-03-14'), ('m1', '2026-03-15', null)",
    )
    order(workspace, third)
    assert [row["key"] for row in written(workspace, third)] == ["k1-m1-20260315"]


@pytest.mark.parametrize("ahead", ["0 days", "1 year"])
def test_an_order_that_left_its_morning_s_file_is_in_that_of_the_next_stop(
    workspace: Workspace, ahead: str
):
    order(workspace)
    with Warehouse(workspace.warehouse) as warehouse:
        # By a clock that was ahead on the first morning.
        warehouse.execute(f"update ml.work_orders set noted_at = noted_at + interval '{ahead}'")
    next_day = DAY + timedelta(days=1)
    mornings = "('m1', '2026-03-14', '{}'), ('m1', '2026-03-15', 'stop')"
    plan(workspace, mornings.format("watch"), "('m1', '2026-03-12', null)")
    order(workspace)
    assert written(workspace) == []
    for _ in range(2):
        order(workspace, next_day)
        assert [row["key"] for row in written(workspace, next_day)] == ["k1-m1-20260312"]


@pytest.mark.parametrize("ended_by", ["stopped", "broke_down"])
def test_a_stop_that_was_done_before_its_order_was_sent_has_none(
    workspace: Workspace, system: MaintenanceSystem, ended_by: str
):
    system.misbehaves = ["is_busy"]
    assert len(order(workspace, ORDERS_URL=system.url)) == 1
    with Warehouse(workspace.warehouse) as warehouse:
        warehouse.execute(
            "update bi.rpt_alarm_episodes set closed_on = '2026-03-14', ended_by = ?"
            " where opened_on = '2026-03-12'",
            [ended_by],
        )
        # The alarm before ended on that morning, too.
        warehouse.execute(
            "update bi.rpt_alarm_episodes set closed_on = '2026-03-14', ended_by = 'calmed_down'"
            " where opened_on = '2026-03-01'"
        )
    assert order(workspace, ORDERS_URL=system.url) == []
    assert written(workspace) == []
    assert system.orders == []


def test_a_stop_that_was_put_off_has_an_order_when_a_later_morning_wants_it_again(
    workspace: Workspace, system: MaintenanceSystem
):
    with Warehouse(workspace.warehouse) as warehouse:
        warehouse.execute(
            "update bi.rpt_alarm_episodes set answered_at = '2026-03-14 09:30:00'"
            " where opened_on = '2026-03-12'"
        )
    assert order(workspace, ORDERS_URL=system.url) == []
    assert system.orders == []
    assert order(workspace, DAY + timedelta(days=1), ORDERS_URL=system.url) == []
    assert set(system.numbers()) == {"k1-m1-20260312", "k1-m2-20260315"}


def test_two_machines_whose_names_read_the_same_have_an_order_each(
    workspace: Workspace, system: MaintenanceSystem
):
    with Warehouse(workspace.warehouse) as warehouse:
        warehouse.execute(
            "update bi.rpt_maintenance_plan_daily set kitchen_id = 'k1-m1', machine_id = '1'"
            " where machine_id = 'm2';"
            "update bi.rpt_alarm_episodes set machine_id = '1' where machine_id = 'm2';"
            "update bi.rpt_alarm_episodes set opened_on = '2026-03-15' where closed_on is null;"
            "update bi.rpt_maintenance_plan_daily set machine_id = 'm1-1' where machine_id = 'm1';"
            "update bi.rpt_alarm_episodes set machine_id = 'm1-1' where machine_id = 'm1'"
        )
    day = DAY + timedelta(days=1)
    for _ in range(2):
        assert order(workspace, day, ORDERS_URL=system.url) == []
    assert system.numbers() == {"k1-m1-1-20260315": "WO-1", "k1-m1-1-20260315-2": "WO-2"}


def test_a_server_that_says_nothing_holds_no_morning_up(
    workspace: Workspace, system: MaintenanceSystem, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("python_ml.morning.orders.MOST_UNANSWERED", 1)
    day = DAY + timedelta(days=1)
    first, rest = order(workspace, day, ORDERS_URL="http://127.0.0.1:9/orders")
    assert "not reached" in first
    assert "the other orders were not sent, the next run sends them" in rest
    assert order(workspace, day, ORDERS_URL=system.url) == []
    assert set(system.numbers()) == {"k1-m1-20260312", "k1-m2-20260315"}


def test_orders_are_created_once_over_mornings_and_lost_answers(
    workspace: Workspace, system: MaintenanceSystem
):
    system.misbehaves, system.is_searchable = ["loses_answer"], False
    problems = order(workspace, ORDERS_URL=system.url)
    assert [problem.split(":")[0] for problem in problems] == ["order k1-m1-20260312"]
    system.is_searchable = True
    next_day = DAY + timedelta(days=1)
    assert order(workspace, next_day, ORDERS_URL=system.url, ORDERS_TOKEN="hush") == []
    assert order(workspace, next_day, ORDERS_URL=system.url) == []
    assert system.numbers() == {"k1-m1-20260312": "WO-1", "k1-m2-20260315": "WO-2"}
    assert len(system.orders) == 2
    with Warehouse(workspace.warehouse) as warehouse:
        numbers = warehouse.rows(
            "select machine_id, as_of_date, max(order_number) from ml.work_orders group by all"
            " order by all"
        )
    assert numbers == [("m1", DAY, None), ("m1", next_day, "WO-1"), ("m2", next_day, "WO-2")]


def test_one_that_is_refused_stops_no_other_and_is_sent_again_when_it_is_mended(
    workspace: Workspace, system: MaintenanceSystem
):
    system.misbehaves = ["refuses"]
    next_day = DAY + timedelta(days=1)
    problems = order(workspace, next_day, ORDERS_URL=system.url)
    assert len(problems) == 1
    assert "422" in problems[0]
    assert list(system.numbers()) == ["k1-m2-20260315"]
    assert order(workspace, next_day, ORDERS_URL=system.url) == []
    assert set(system.numbers()) == {"k1-m1-20260312", "k1-m2-20260315"}


def test_a_layout_names_things_as_the_other_system_does(
    workspace: Workspace, system: MaintenanceSystem
):
    layout = workspace.folder / "orders.toml"
    layout.write_text(
        'number = "id"\n[columns]\nkey = "key"\nmachine_id = "Equipment"\n'
        '[constants]\n"Order Type" = "PM01"\n'
    )
    assert order(workspace, ORDERS_URL=system.url, ORDERS_LAYOUT=str(layout)) == []
    laid_out = {"key": "k1-m1-20260312", "Equipment": "m1", "Order Type": "PM01"}
    assert written(workspace) == [laid_out]
    assert system.orders[0].items() >= laid_out.items()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colums = {}", "colums"),
        ("[columns]\nmachine = 'm'", "columns.machine is no field of an order; use key, "),
        ("[columns]\nmachine_id = 'm'", "columns has no key"),
        ("[columns", "cannot be read"),
        ("number = 5", "number: Input should be a valid string"),
        ("find = '?all=yes'", r"find: String should match pattern '\\{key\\}'"),
        ("[columns]\nkey = 'id'\n[constants]\nid = 'PM01'", "id is named twice"),
        ("[constants]\ndue = 2026-03-14", "constants.due: input was not a valid JSON value"),
    ],
)
def test_a_layout_that_cannot_be_used_is_refused(workspace: Workspace, text: str, said: str):
    layout = workspace.folder / "orders.toml"
    layout.write_text(text)
    settings = workspace.settings(ORDERS_LAYOUT=str(layout))
    with pytest.raises(InputError, match=said), start_run(settings, DAY) as run:
        orders(settings, run)


def test_a_morning_without_a_stop_and_one_without_a_plan(workspace: Workspace):
    plan(workspace, "('m1', '2026-03-14', 'run')", "('m1', '2026-03-01', '2026-03-02')")
    assert order(workspace) == []
    assert written(workspace) == []
    settings = workspace.settings()
    with (
        pytest.raises(InputError, match="there is no plan of 2026-03-20; run `make daily AS_OF="),
        start_run(settings, date(2026, 3, 20)) as run,
    ):
        orders(settings, run)
