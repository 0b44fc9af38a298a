"""Superset with the committed bundle: sign in, see machines, filter by kitchen."""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from python_ml.settings import PROJECT_DIR
from tests.published_fleet import PublishedFleet, write_published

CHROMIUM = shutil.which("chromium")
PASSWORD = "made-up-for-this-test"
SETUP_S = 600

pytestmark = pytest.mark.skipif(
    CHROMIUM is None or not (PROJECT_DIR / ".venv-superset" / "bin" / "superset").exists(),
    reason="not run: needs chromium and Superset's environment; `make superset` installs it",
)


@pytest.fixture
def superset(tmp_path: Path) -> Iterator[str]:
    """A running Superset; its address."""
    write_published(tmp_path / "bi.duckdb", PublishedFleet(date(2026, 11, 20), 3, 6, days=10))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [PROJECT_DIR / "dashboard" / "superset" / "serve"],
            env=os.environ
            | {
                "BI_PATH": str(tmp_path / "bi.duckdb"),
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


def test_who_signs_in_sees_machines_and_filters_them_by_kitchen(superset: str):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 1500})
        page.set_default_timeout(120_000)
        page.goto(f"{superset}/login/")
        page.fill("#username", "admin")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "login" not in url)
        page.goto(f"{superset}/superset/dashboard/arepas/")
        page.get_by_text("k01-p1-m1").first.wait_for()
        assert page.locator("table tbody tr").count() == 3 * 6
        # The tables' own boxes may be there before the filters'.
        kitchen = page.locator("input[role=combobox]:not(#pageSizeSelect)").first
        kitchen.click()
        kitchen.fill("k02")
        page.locator(".ant-select-item-option").filter(has_text="k02").first.click()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Apply filters").click()
        page.wait_for_function("() => !document.body.innerText.includes('k01-p1-m1')")
        page.get_by_text("k02-p1-m1").first.wait_for()
        assert page.locator("table tbody tr").count() == 6
        browser.close()
