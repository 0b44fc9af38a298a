"""Superset with the committed bundle: sign in, see machines, filter by kitchen."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from python_ml.settings import PROJECT_DIR
from tests.conftest import Workspace

CHROMIUM = shutil.which("chromium")
PASSWORD = "made-up-for-this-test"
SETUP_S = 600
PLANNED = """
select kitchen_id, machine_id from bi.rpt_maintenance_plan_daily
qualify as_of_date = max(as_of_date) over () order by all
"""
BUNDLE = PROJECT_DIR / "dashboard" / "superset" / "bundle"

pytestmark = pytest.mark.skipif(
    CHROMIUM is None or not (PROJECT_DIR / ".venv-superset" / "bin" / "superset").exists(),
    reason="not run: needs chromium and Superset's environment; `make superset` installs it",
)


@pytest.fixture
def superset(first_morning: Workspace, tmp_path: Path) -> Iterator[str]:
    """A running Superset that reads a morning's own file; its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [PROJECT_DIR / "dashboard" / "superset" / "serve"],
            env=os.environ
            | {
                "BI_PATH": str(first_morning.bi),
                "SUPERSET_HOME": str(tmp_path / "superset"),
                "SUPERSET_PASSWORD": PASSWORD,
                "SUPERSET_PORT": str(port),
            },
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        give_up_at = time.monotonic() + SETUP_S
        while not _answers(f"{address}/health"):
            assert process.poll() is None, (tmp_path / "log").read_text()[-2000:]
            assert time.monotonic() < give_up_at
            time.sleep(1)
        yield address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


def test_who_signs_in_sees_machines_and_filters_them_by_kitchen(
    superset: str, first_morning: Workspace
):
    machines = first_morning.rows(PLANNED)
    of_kitchen = [machine for kitchen, machine in machines if kitchen == "k02"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 1500})
        page.set_default_timeout(120_000)
        page.goto(f"{superset}/login/")
        events = page.request.post(f"{superset}/superset/log/?explode=events")
        assert "set-cookie" not in events.headers, "would sign out who signs in just now"
        page.fill("#username", "admin")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "login" not in url)
        page.goto(f"{superset}/superset/dashboard/arepas/")
        page.get_by_text(machines[0][1]).first.wait_for()
        assert page.locator("table tbody tr").count() == len(machines)
        # The tables' own boxes may be there before the filters', and a filter that gets its
        # values closes again, so that nothing can be written in it.
        page.wait_for_load_state("networkidle")
        kitchen = page.locator("input[role=combobox]:not(#pageSizeSelect)").first
        kitchen.click()
        kitchen.fill("k02")
        page.locator(".ant-select-item-option").filter(has_text="k02").first.click()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Apply filters").click()
        page.wait_for_function(
            "machine => !document.body.innerText.includes(machine)", arg=machines[0][1]
        )
        page.get_by_text(of_kitchen[0]).first.wait_for()
        assert page.locator("table tbody tr").count() == len(of_kitchen)
        assert_every_dataset_answers(page, superset)
        browser.close()


def assert_every_dataset_answers(page: Page, superset: str) -> None:
    """All that the bundle holds is there, and each table answers with each of its metrics."""
    assert _names(page, f"{superset}/api/v1/chart/", "slice_name") == _slugs("charts")
    assert _names(page, f"{superset}/api/v1/dataset/", "table_name") == _slugs("datasets")
    token = page.request.get(f"{superset}/api/v1/security/csrf_token/").json()["result"]
    listed = page.request.get(f"{superset}/api/v1/dataset/?q=(page_size:100)").json()["result"]
    for one in listed:
        dataset = page.request.get(f"{superset}/api/v1/dataset/{one['id']}").json()["result"]
        metrics = [metric["metric_name"] for metric in dataset["metrics"]]
        columns = [] if metrics else [dataset["columns"][0]["column_name"]]
        answer = page.request.post(
            f"{superset}/api/v1/chart/data",
            data={
                "datasource": {"id": one["id"], "type": "table"},
                "queries": [{"columns": columns, "metrics": metrics, "row_limit": 5}],
            },
            headers={"X-CSRFToken": token, "Referer": superset},
        )
        assert answer.ok, (one["table_name"], answer.text())
        assert answer.json()["result"][0]["error"] is None, one["table_name"]


def _names(page: Page, address: str, key: str) -> set[str]:
    listed = page.request.get(f"{address}?q=(page_size:100)").json()["result"]
    return {one[key].lower().replace(" ", "_") for one in listed}


def _slugs(kind: str) -> set[str]:
    return {path.stem for path in BUNDLE.joinpath(kind).rglob("*.yaml")}
