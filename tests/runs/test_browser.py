"""The site in a real browser, opened from the folder as people open it."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import pytest
from axe_core_python.sync_playwright import Axe
from fastapi import FastAPI
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from docs.pictures import PICTURES, take_pictures
from python_ml.seen.languages import CODES
from python_ml.seen.morning import page_name
from python_ml.seen.site import ASSETS, build_site
from python_ml.serving.answer_page import add_answer_page
from python_ml.serving.answers import Answers
from python_ml.serving.bodies import Bodies
from python_ml.settings import load_settings
from tests.published_fleet import HOSTILE_KITCHEN, HOSTILE_MACHINE, PublishedFleet, write_published
from tests.python_ml.seen.test_site import copy_bundle, settings_in
from tests.python_ml.serving.test_answer_page import House

CHROMIUM = shutil.which("chromium")
AS_OF = date(2026, 11, 20)
PAGES = ("index.html", "models.html", "data.html", "reports.html", "machines/k01-p1-m1.html")

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="not run: no browser; `apt-get install chromium` brings it"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser")
    write_published(folder / "bi.duckdb", PublishedFleet(AS_OF, 3, 6, days=90, is_hostile=True))
    return build_site(settings_in(folder), as_of=AS_OF).parent


@pytest.fixture(scope="module")
def answer_pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The endpoint's page for an answer, as files: asked, answered wrongly, and without a stop."""
    folder = tmp_path_factory.mktemp("answer")
    shutil.copytree(ASSETS, folder / "assets")
    (folder / "raw").mkdir()
    write_published(folder / "bi.duckdb", PublishedFleet(AS_OF, 1, 3, days=2))
    places = {"BI_PATH": str(folder / "bi.duckdb"), "RAW_DATA_DIR": str(folder / "raw")}
    settings = load_settings(places | {"ANSWERS_KEY": "k" * 32, "ANSWERS_URL": "https://a.example"})
    house = House(settings, FastAPI(), datetime(2026, 11, 20, 12))
    add_answer_page(house.routes, Answers(settings, lambda: house.now), Bodies(1000))
    (folder / "answer").mkdir()
    asked: list[tuple[str, dict[str, str] | None, str]] = [
        *((house.token(), None, code) for code in CODES),
        (house.token(), {"finding": "maybe"}, "it"),
        ("nonsense", None, "es"),
    ]
    with ThreadPoolExecutor(1) as thread:  # this one is Playwright's
        for number, asks in enumerate(asked):
            _, page, _ = thread.submit(house.ask, *asks).result()
            (folder / "answer" / f"{number}.html").write_text(page)
    return folder / "answer"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails its test for any request to elsewhere, console error or exception."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    outside: list[str] = []
    errors: list[str] = []
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(("file:", "data:")) else outside.append(request.url)
        ),
    )
    page.on(
        "console",
        lambda message: (
            errors.append(message.text) if message.type in {"error", "warning"} else None
        ),
    )
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert outside == []
    assert errors == []


def shown(page: Page) -> list[str]:
    return page.locator("table.plan tbody tr:not([hidden]) th").all_inner_texts()


@pytest.mark.parametrize("name", ["index.html", *(f"{code}/index.html" for code in CODES[1:])])
def test_bars_of_risks_begin_below_each_other(page: Page, site: Path, name: str):
    page.goto((site / name).as_uri())
    bars = page.locator("table.plan td svg.bar")
    begin = bars.evaluate_all("bars => bars.map(bar => Math.round(bar.getBoundingClientRect().x))")
    assert len(begin) > 10
    assert len(set(begin)) == 1


def test_filters_search_and_count(page: Page, site: Path):
    page.goto((site / "index.html").as_uri())
    assert page.locator(".count").inner_text() == "19 of 19 machines"
    page.locator("select[name=kitchen]").select_option("k01")
    assert len(shown(page)) == 6
    page.locator("button[data-decision=stop]").click()
    assert len(shown(page)) == 2
    assert page.locator(".count").inner_text() == "2 of 19 machines"
    page.locator("button[data-decision=blind]").click()
    assert shown(page)[-1] == "k01-p1-m6"
    page.get_by_role("button", name="Show all").click()
    page.locator("select[name=zone]").select_option("zone_2")
    assert {name[:3] for name in shown(page)} == {"k01"}
    page.get_by_role("button", name="Show all").click()
    page.get_by_label("Search").fill("K02 watch")
    assert shown(page)
    assert {name[:3] for name in shown(page)} == {"k02"}
    page.get_by_label("Search").fill("nothing like it")
    assert shown(page) == []
    assert page.get_by_text("No machine fits these filters.").is_visible()


@pytest.mark.parametrize("medium", ["screen", "print"])
def test_a_mails_link_shows_one_kitchen_above_the_table_as_well(
    page: Page, site: Path, medium: Literal["screen", "print"]
):
    page.emulate_media(media=medium)
    page.goto((site / "index.html").as_uri())
    told = page.locator("main section:not(.all) :is(.cards, .lines) > li").filter(visible=True)
    counted = page.locator("h1, .lead, #blind, .tile b")
    everything, all_counted = told.all_inner_texts(), counted.all_text_contents()
    assert any("k02-" in text for text in everything)
    assert page.locator("h1").inner_text() == "Stop 6 machines today"
    page.goto((site / "index.html").as_uri() + "#kitchen=k01")
    page.reload()
    texts = told.all_inner_texts()
    assert 0 < len(texts) < len(everything)
    assert not [text for text in texts if "k02-" in text or "k03-" in text]
    assert page.locator(".kitchen h3").filter(visible=True).all_inner_texts() == ["Kitchen k01"]
    expect(page.locator(".chosen strong")).to_have_text("Kitchen k01 · 2 Stop")
    expect(page.locator("h1")).to_have_text("Stop 2 machines today")
    assert page.locator(".lead").inner_text().startswith("In 1 kitchen (k01). That saves about ")
    expect(page.locator("#blind")).to_have_text("1 machine we cannot see")
    assert page.locator(".tile b").all_text_contents() == ["2", "1", "1", "2"]
    if medium == "screen":
        page.locator(".chosen button").click()
        assert told.all_inner_texts() == everything
        assert counted.all_text_contents() == all_counted
        expect(page.locator(".chosen")).to_be_hidden()


def test_a_kitchen_that_is_chosen_says_what_one_more_slot_saves_there(
    page: Page, site: Path, tmp_path: Path
):
    copy_bundle(site, tmp_path)
    write_published(tmp_path / "bi.duckdb", PublishedFleet(AS_OF, 8, 6, days=2))
    page.goto(build_site(settings_in(tmp_path), as_of=AS_OF).as_uri())
    notes = page.locator("p.note[data-kitchen]").filter(visible=True)
    expect(notes).to_have_count(5)
    fleet = notes.all_inner_texts()
    assert not any("k05" in note for note in fleet)
    page.locator("select[name=kitchen]").select_option("k05")
    expect(notes).to_have_count(1)
    assert notes.inner_text().startswith("One more technician's slot in kitchen k05 ")
    page.locator(".chosen button").click()
    assert notes.all_inner_texts() == fleet
    page.locator("select[name=zone]").select_option("zone_1")
    assert notes.all_inner_texts() == fleet


def test_the_headline_is_of_the_kitchen_and_zone_that_are_chosen(page: Page, site: Path):
    page.goto((site / "index.html").as_uri())
    headline, kitchen = page.locator("h1"), page.locator("select[name=kitchen]")
    kitchen.select_option(label=HOSTILE_KITCHEN)
    expect(headline).to_have_text("No machine has to stop today")
    expect(page.locator(".lead")).to_be_hidden()
    page.locator("select[name=zone]").select_option("zone_2")
    expect(headline).to_have_text("No machine fits these filters.")
    kitchen.select_option("k01")
    expect(headline).to_have_text("Stop 2 machines today")


def test_columns_sort_both_ways_by_value(page: Page, site: Path):
    page.goto((site / "index.html").as_uri())
    plan = shown(page)
    saving = page.get_by_role("columnheader", name="Saving")
    saving.get_by_role("button").click()
    assert saving.get_attribute("aria-sort") == "ascending"
    savings = page.locator("table.plan tbody tr td:nth-child(7)").evaluate_all(
        "cells => cells.map(cell => Number(cell.dataset.value))"
    )
    assert savings == sorted(savings)
    saving.get_by_role("button").click()
    assert saving.get_attribute("aria-sort") == "descending"
    assert shown(page) != plan
    page.get_by_role("columnheader", name="No.").get_by_role("button").click()
    assert shown(page) == plan


def test_a_bookmark_of_a_column_that_there_is_not_leaves_the_plan_as_it_was_sorted(
    page: Page, site: Path
):
    page.goto((site / "index.html").as_uri())
    plan = shown(page)
    page.goto("about:blank")
    page.goto((site / "index.html").as_uri() + "#sort=40.up")
    assert shown(page) == plan
    page.get_by_role("searchbox").fill("k02")
    assert {name[:3] for name in shown(page)} == {"k02"}


def test_the_state_of_the_filters_is_in_the_address_and_survives_the_language(
    page: Page, site: Path
):
    page.goto((site / "index.html").as_uri() + "#kitchen=k02&decision=stop,watch")
    assert {name[:3] for name in shown(page)} == {"k02"}
    # A click ends where the next page is there, not where its script has filtered it.
    headline = page.get_by_role("heading", level=1)
    page.get_by_role("link", name="es", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(headline).to_have_text("Pare 2 máquinas hoy")
    assert {name[:3] for name in shown(page)} == {"k02"}
    assert page.locator("select[name=kitchen]").input_value() == "k02"
    page.get_by_role("link", name="it", exact=True).click()
    expect(headline).to_have_text("Oggi fermare 2 macchine")


def test_a_machine_is_one_click_away_and_its_charts_follow_the_choices(page: Page, site: Path):
    page.goto((site / "index.html").as_uri())
    page.locator("table.plan").get_by_role("link", name="k02-p1-m1").click()
    assert page.get_by_role("heading", level=1).inner_text() == "k02-p1-m1"
    charts = page.locator(".chart svg")
    charts.nth(3).wait_for()
    assert charts.count() == 4  # two metrics, the risk, the wear
    ninety = charts.nth(0).inner_html()
    page.get_by_role("button", name="7 days").click()
    page.wait_for_function(
        "before => document.querySelector('.chart svg').innerHTML !== before", arg=ninety
    )
    page.locator("select[name=type]").select_option("a2")
    page.locator("figure").get_by_text("The same as a table").first.click()
    rows = page.locator("details.numbers[open] tbody tr")
    expect(rows).to_have_count(90)  # a table is filled after its toggle's event, not at the click
    assert rows.first.locator("td").first.inner_text() == "19 Nov 2026"


def test_a_stop_is_answered_by_copying_a_line(page: Page, site: Path):
    page.goto((site / "index.html").as_uri())
    card = page.locator(".card").first
    card.get_by_text("Answer after the stop").click()
    line = card.locator("code").first.inner_text()
    card.get_by_role("button", name="Copy line").first.click()
    card.get_by_role("button", name="Copied").wait_for()
    page.get_by_label("Search").focus()
    page.keyboard.press("Control+V")
    assert page.get_by_label("Search").input_value() == line


def test_keyboard_alone_filters(page: Page, site: Path):
    page.goto((site / "index.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator("button[data-decision=stop]").focus()
    page.keyboard.press("Space")
    assert len(shown(page)) == 6


@pytest.mark.parametrize("name", PAGES)
def test_pages_fit_a_phone(page: Page, site: Path, name: str):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto((site / name).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(page: Page, site: Path, name: str, scheme: str):
    page.emulate_media(color_scheme=scheme)
    page.goto((site / name).as_uri())
    if "machines" in name:
        page.locator(".chart svg").nth(2).wait_for()
    found = [
        (violation["id"], [node["html"][:200] for node in violation["nodes"][:3]])
        for violation in Axe().run(page)["violations"]
    ]
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_for_an_answer_fits_a_phone_and_axe_finds_nothing(
    page: Page, answer_pages: Path, scheme: str
):
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme=scheme)
    for path in sorted(answer_pages.iterdir()):
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        found = [violation["id"] for violation in Axe().run(page)["violations"]]
        assert found == [], path.name


def test_the_documents_pictures_are_taken_of_any_site(browser: Browser, site: Path, tmp_path: Path):
    pictures = take_pictures(browser, site, tmp_path)
    assert {path.name for path in pictures} == {"today.png", "phone.png", "machine.png"}
    for path in pictures:
        assert (PICTURES / path.name).is_file()
        with Image.open(path) as picture, Image.open(PICTURES / path.name) as documented:
            assert picture.size == documented.size


def test_today_prints_on_one_sheet(page: Page, site: Path):
    page.goto((site / "index.html").as_uri())
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") == 1


def test_hostile_names_run_nothing(page: Page, site: Path):
    for name in ("index.html", "data.html", f"machines/{page_name(HOSTILE_MACHINE)}"):
        page.goto((site / name).as_uri())
        assert page.title() not in {"1", "2", "3"}
    assert page.get_by_role("heading", level=1).inner_text().startswith("<img src=x")
