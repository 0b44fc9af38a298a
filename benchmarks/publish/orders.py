"""What a morning's work orders cost: to files, and to another system beside bare requests."""

import json
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import requests

from python_ml.engines.warehouse import Warehouse
from python_ml.morning.orders import orders
from python_ml.run.record import start_run
from python_ml.settings import load_settings
from tests.order_server import maintenance_system

MACHINES, LIMIT_S = 300, 2.0
DAY = date(2026, 3, 14)
PLAN = f"""
create schema bi;
create table bi.rpt_maintenance_plan_daily as
select
    'k' || range // 10 as kitchen_id, 'm' || range as machine_id, date '{DAY}' as as_of_date,
    1 as phase, 'stop' as decision, 0.25::double as failure_probability,
    120.5::double as expected_saving, 7 as horizon_days,
    'metric 1 above usual' as reasons, range as rank
from range({MACHINES});
create table bi.rpt_alarm_episodes as
select
    machine_id, as_of_date - 2 as opened_on, null::date as closed_on, null::text as ended_by,
    null::timestamp as answered_at
from bi.rpt_maintenance_plan_daily;
"""


def print_orders() -> bool:
    """Print the seconds of a morning in which every machine stops; says whether all are met."""
    with TemporaryDirectory(prefix="arepas-bench-orders-") as name, maintenance_system() as system:
        to_files = _time(lambda: _order(Path(name) / "files"))
        to_system = _time(lambda: _order(Path(name) / "system", ORDERS_URL=system.url))
        made = json.loads((Path(name) / "files" / "orders" / f"{DAY}.json").read_text())
        bare = _time(lambda: _post(system.url, made))
        counts = [len(made), len(system.orders) - len(made)]
    if counts != [MACHINES, MACHINES]:
        raise RuntimeError(f"{counts} orders were made instead of {MACHINES} each")
    is_met = to_files < LIMIT_S
    print(
        f"orders of {MACHINES} machines: written in {to_files:.2f} s, allowed {LIMIT_S:g}:"
        f" {'met' if is_met else 'MISSED'}\n"
        f"created in another system in {to_system:.2f} s, {to_system / bare:.1f} times as long as"
        f" bare requests one after another ({bare:.2f} s)"
    )
    return is_met


def _order(folder: Path, **variables: str) -> None:
    places = {
        "WAREHOUSE_PATH": str(folder / "warehouse.duckdb"),
        "ORDERS_DIR": str(folder / "orders"),
    }
    settings = load_settings(places | variables)
    folder.mkdir()
    with Warehouse(settings.warehouse_path) as warehouse:
        warehouse.execute(PLAN)
    with start_run(settings, DAY) as run:
        orders(settings, run)


def _post(url: str, made: list[dict[str, object]]) -> None:
    for order in made:
        requests.post(url, json=order, timeout=10).raise_for_status()


def _time(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
