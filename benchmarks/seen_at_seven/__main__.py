"""`make bench-site`: what page and mail cost for a large fleet, against a named alternative.

The alternative is the site whose pages carry everything themselves, as `vl-convert` and `altair`
write charts: the same pages with style sheet, scripts and data in each of them.
"""

import argparse
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from python_ml.seen.digest import send_digests
from python_ml.seen.site import VEGA, build_site
from python_ml.settings import Settings, load_settings
from tests.published_fleet import PublishedFleet, write_published

AS_OF = date(2026, 11, 20)
MACHINES_PER_KITCHEN = 10
SITE_LIMIT_S, SITE_LIMIT_MB, READY_LIMIT_MS, DIGEST_LIMIT_S = 20, 20, 1500, 2
OPENINGS = 5
READY = "performance.getEntriesByName('ready')[0].startTime"


def main() -> None:
    """Measure, print, and fail where a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--machines", type=int, default=300)
    machines = parser.parse_args().machines
    with tempfile.TemporaryDirectory() as folder:
        results = measure(Path(folder), machines)
    print(f"{machines} machines, three languages, ninety days\n")
    print("| what | measured | must reach |\n|---|--:|--:|")
    missed = []
    for what, value, unit, limit in results:
        print(f"| {what} | {value:,.2f} {unit} | {f'< {limit} {unit}' if limit else ''} |")
        missed += [what] if limit and value >= limit else []
    if missed:
        sys.exit(f"missed: {', '.join(missed)}")


def measure(folder: Path, machines: int) -> list[tuple[str, float, str, float | None]]:
    """Rows of what, value, unit and limit."""
    settings = settings_in(folder)
    kitchens = machines // MACHINES_PER_KITCHEN
    write_published(settings.bi_path, PublishedFleet(AS_OF, kitchens, MACHINES_PER_KITCHEN))
    recipients = "\n".join(f"k{number + 1:02},planners,es" for number in range(kitchens))
    settings.recipients_file.write_text(
        f"kitchen_id,recipient,language\nall,planners,en\n{recipients}\n"
    )
    site_s = seconds(lambda: build_site(settings, as_of=AS_OF))
    again_s = seconds(lambda: build_site(settings, as_of=AS_OF))
    site_mb = megabytes(settings.public_dir)
    alone = folder / "alone"
    alone_s = site_s + seconds(lambda: write_self_contained(settings.public_dir, alone))
    alone_mb = megabytes(alone)
    digest_s = seconds(lambda: send_digests(settings, as_of=AS_OF))
    ready_ms, alone_ready_ms = opened(settings.public_dir), opened(alone)
    return [
        ("site built", site_s, "s", SITE_LIMIT_S),
        ("site built again, nothing changed", again_s, "s", None),
        ("site's size", site_mb, "MB", SITE_LIMIT_MB),
        ("Today interactive, median of five", ready_ms, "ms", READY_LIMIT_MS),
        (f"digests of {kitchens + 1} recipients built", digest_s, "s", DIGEST_LIMIT_S),
        ("pages that carry everything: built : ours", alone_s / site_s, "x", None),
        ("pages that carry everything: size : ours", alone_mb / site_mb, "x", None),
        ("pages that carry everything: Today : ours", alone_ready_ms / ready_ms, "x", None),
    ]


def settings_in(folder: Path) -> Settings:
    """Settings of a run that leaves nothing outside a folder."""
    return load_settings(
        {
            "BI_PATH": str(folder / "bi.duckdb"),
            "WAREHOUSE_PATH": str(folder / "warehouse.duckdb"),
            "PUBLIC_DIR": str(folder / "public"),
            "REPORTS_DIR": str(folder / "reports"),
            "RECIPIENTS_FILE": str(folder / "recipients.csv"),
        }
    )


def write_self_contained(site: Path, target: Path) -> None:
    """Write the site's pages with style sheet, scripts, chart library and data in each of them."""
    shutil.copytree(site, target, ignore=shutil.ignore_patterns("assets", "data"))
    vega = (site / VEGA).read_text()
    for page in target.rglob("*.html"):
        place = site / page.relative_to(target)
        html = page.read_text().replace("script-src 'self'", "script-src 'unsafe-inline'")

        def inlined(match: re.Match[str], place: Path = place) -> str:
            return f"<script>{(place.parent / match.group(1)).read_text()}</script>"

        html = re.sub(r'<script src="([^"]*)"></script>', inlined, html)
        if vega not in html:
            html = html.replace("</body>", f"<script>{vega}</script></body>")
        page.write_text(html)


def opened(site: Path) -> float:
    """Milliseconds from opening Today to its filters being usable, the median of some openings."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        times = []
        for _ in range(OPENINGS):
            page = browser.new_context().new_page()
            page.goto((site / "index.html").as_uri())
            page.wait_for_selector("html[data-ready]")
            times.append(page.evaluate(READY))
            page.context.close()
        browser.close()
    return median(times)


def seconds(work: Callable[[], object]) -> float:
    """Wall seconds of some work."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def megabytes(folder: Path) -> float:
    """Size of all files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


if __name__ == "__main__":
    main()
