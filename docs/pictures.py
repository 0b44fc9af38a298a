"""`make docs-pictures`: the pictures of the page in these documents, taken of the site anew."""

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from python_ml.errors import InputError
from python_ml.settings import PROJECT_DIR, load_settings

PICTURES = PROJECT_DIR / "docs"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
SCALE = 0.75
DESK, PHONE = (1280, 1250), (390, 1500)
MACHINE_HEIGHT = 1500
COLOURS = 128


def take_pictures(browser: Browser, site: Path, folder: Path) -> list[Path]:
    """Take *Today* at a desk and on a phone, and the page of the first machine to stop.

    Args:
        browser: Chromium.
        site: The folder of the site; its morning has something to stop.
        folder: Where the pictures go.
    """
    desk = browser.new_page(
        viewport={"width": DESK[0], "height": DESK[1]}, device_scale_factor=SCALE
    )
    phone = browser.new_page(viewport={"width": PHONE[0], "height": PHONE[1]})
    for page in (desk, phone):
        page.goto((site / "index.html").as_uri())
    taken = [_take(desk, folder / "today.png"), _take(phone, folder / "phone.png")]
    desk.locator(".card h4 a").first.click()
    desk.locator(".chart svg").nth(2).wait_for()
    desk.set_viewport_size({"width": DESK[0], "height": MACHINE_HEIGHT})
    return [*taken, _take(desk, folder / "machine.png")]


def _take(page: Page, path: Path) -> Path:
    """Take what a window shows; few colours are enough and make the file small."""
    shot = Image.open(io.BytesIO(page.screenshot()))
    shot.convert("RGB").quantize(COLOURS).save(path, optimize=True)
    return path


def main() -> None:
    """Take the pictures of the site in PUBLIC_DIR."""
    site = load_settings().public_dir
    chromium = shutil.which("chromium")
    if chromium is None or not (site / "index.html").is_file():
        raise InputError(
            f"{site}: needs a site with something to stop, by `make daily`, and chromium"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        take_pictures(browser, site, PICTURES)


if __name__ == "__main__":
    main()
