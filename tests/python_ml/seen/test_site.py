"""The site as files: what it says, what it carries, and that nothing from outside harms it."""

import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from python_ml.errors import ArepasError
from python_ml.raw.answer_links import read_answer_link
from python_ml.raw.feedback import FINDINGS
from python_ml.seen.digest import send_digests
from python_ml.seen.languages import CODES
from python_ml.seen.morning import page_name
from python_ml.seen.report import DAILY_REPORT, run_report
from python_ml.seen.site import build_site
from python_ml.settings import Settings, load_settings
from tests.published_fleet import HOSTILE_LINE, HOSTILE_MACHINE, PublishedFleet, write_published

AS_OF = date(2026, 11, 20)


def copy_bundle(site: Path, folder: Path) -> None:
    """Copy a site's bundle of charts, which takes a second to make, for a site of `settings_in`."""
    (folder / "public" / "assets").mkdir(parents=True)
    for bundle in site.glob("assets/vega-*.js"):
        shutil.copy(bundle, folder / "public" / "assets")


def settings_in(folder: Path, **variables: str) -> Settings:
    return load_settings(
        {
            "BI_PATH": str(folder / "bi.duckdb"),
            "WAREHOUSE_PATH": str(folder / "warehouse.duckdb"),
            "PUBLIC_DIR": str(folder / "public"),
            "REPORTS_DIR": str(folder / "reports"),
            "ANSWERS_TO": "taller@example.org",
        }
        | variables
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    write_published(folder / "bi.duckdb", PublishedFleet(AS_OF, 3, 6, days=30, is_hostile=True))
    report = folder / "reports" / AS_OF.isoformat() / "daily_report.html"
    report.parent.mkdir(parents=True)
    report.write_text("<p>a report</p>")
    return build_site(settings_in(folder), as_of=AS_OF).parent


def test_a_morning_without_room_says_so_and_shows_what_is_booked_for_it(site: Path, tmp_path: Path):
    (tmp_path / "public" / "assets").mkdir(parents=True)
    for bundle in site.glob("assets/vega-*.js"):
        shutil.copy(bundle, tmp_path / "public" / "assets")
    write_published(tmp_path / "bi.duckdb", PublishedFleet(AS_OF, 1, 4, days=2))
    settings = settings_in(tmp_path)
    with duckdb.connect(str(settings.bi_path)) as connection:
        connection.execute(
            "update bi.bi.rpt_maintenance_plan_daily"
            " set decision = 'watch', blocked_by = 'technician_slots' where decision = 'stop'"
        )
        connection.execute(
            "update bi.bi.rpt_week_plan"
            " set why_then = 'booked' where planned_date = as_of_date and machine_id = 'k01-p1-m1'"
        )
    build_site(settings, as_of=AS_OF)
    send_digests(settings, as_of=AS_OF)
    digest = settings.reports_dir / AS_OF.isoformat() / "digest_all_en.html"
    for page in (settings.public_dir / "index.html", digest):
        told = page.read_text()
        assert "No machine can be stopped today" in told
        assert "booked in the maintenance log" in told
    machine = (settings.public_dir / "machines" / "k01-p1-m1.html").read_text()
    assert "To be stopped on Fri 20 Nov: booked in the maintenance log." in machine


def test_today_counts_machines_and_says_what_is_blind_and_blocked(site: Path):
    page = (site / "index.html").read_text()
    assert "Stop 6 machines today" in page
    assert "1 machine we cannot see" in page
    assert page.count("<tr data-decision=") == 3 * 6 + 1
    assert "no technician left" in page
    assert "One more technician&#39;s slot in kitchen k01" in page
    assert "k01: 1 machine has sent nothing for 7 days" in page


@pytest.mark.parametrize("code", CODES)
def test_every_page_is_there_in_every_language(site: Path, code: str):
    home = site if code == "en" else site / code
    for name in ("index", "models", "data", "reports", "machines/k02-p1-m4"):
        page = (home / f"{name}.html").read_text()
        assert f'<html lang="{code}">' in page
    assert f"reports/{AS_OF}/daily_report.html" in (home / "reports.html").read_text()
    assert len(list((home / "machines").iterdir())) == 3 * 6 + 1


def test_links_and_scripts_stay_inside_the_site(site: Path):
    pages = list(site.rglob("*.html"))
    assert len(pages) > 3 * 19
    for page in pages:
        html = page.read_text()
        for target in re.findall(r'(?:href|src)="([^"]*)"', html):
            if target.startswith(("mailto:", "#")) or "docs/index.html" in target:
                continue
            assert "//" not in target
            assert (page.parent / target.partition("#")[0]).is_file(), (page, target)


def test_a_machine_is_silent_or_has_only_rejected_lines_and_the_count_says_of_whom(site: Path):
    html = (site / "data.html").read_text()
    assert "Machines of all phases that sent readings in the last 28 days" in html
    # Of three that no reading came of.
    (row,) = re.findall(r'<tr class="doubt"><th scope="row">k01</th>.*', html)
    assert row.endswith('<td class="number">2</td><td class="number">1</td></tr>')


def test_hostile_names_are_text(site: Path):
    machine = site / "machines" / page_name(HOSTILE_MACHINE)
    for path in (site / "index.html", site / "data.html", machine):
        html = path.read_text()
        assert "<img src=x" not in html
        assert "<script>document" not in html
        assert "<svg onload" not in html
    assert (
        HOSTILE_LINE.replace('"', "&#34;").replace("<", "&lt;").replace(">", "&gt;")
        in (site / "data.html").read_text()
    )
    data = (site / "data" / page_name(HOSTILE_MACHINE).replace(".html", ".js")).read_text()
    assert "<" not in data


def test_a_stop_can_be_answered_with_a_line_of_the_log(site: Path):
    page = (site / "machines" / "k01-p1-m1.html").read_text()
    is_stopped = 'class="answer"' in page
    stopped = page if is_stopped else (site / "machines" / "k01-p1-m2.html").read_text()
    for finding in FINDINGS:
        assert f";2026-11-20T07:00:00;2026-11-20T08:00:00;planned;{finding};" in stopped
    assert stopped.count('href="mailto:taller%40example.org?') == len(FINDINGS)


def test_who_makes_the_page_is_told_where_it_is(
    site: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    copy_bundle(site, tmp_path)
    write_published(tmp_path / "bi.duckdb", PublishedFleet(AS_OF, 1, 2, days=2))
    with caplog.at_level("INFO"):
        page = build_site(settings_in(tmp_path), as_of=AS_OF)
    assert page.exists()
    assert caplog.messages == [f"the page to open: {page}"]


def test_where_kitchens_answer_on_a_page_each_stop_links_to_its_own(site: Path, tmp_path: Path):
    copy_bundle(site, tmp_path)
    write_published(tmp_path / "bi.duckdb", PublishedFleet(AS_OF, 1, 3, days=5))
    links = {"ANSWERS_URL": "https://arepas.example.org", "ANSWERS_KEY": "k" * 32}
    settings = settings_in(tmp_path, **links)
    build_site(settings, as_of=AS_OF)
    for code in CODES:
        home = settings.public_dir if code == "en" else settings.public_dir / code
        for page, machines in (
            ("index.html", {"k01-p1-m1", "k01-p1-m2"}),
            ("machines/k01-p1-m1.html", {"k01-p1-m1"}),
        ):
            html = (home / page).read_text()
            found = re.findall(r"https://arepas.example.org/answer/([^?]+)\?language=(\w+)", html)
            assert {language for _, language in found} == {code}
            stops = [read_answer_link(settings, token) for token, _ in found]
            assert {stop.machine_id for stop in stops} == machines
            assert {stop.planned_on for stop in stops} == {AS_OF}
            assert "mailto:" not in html


def test_waiting_calendars_mornings_on_the_plan_and_money_are_told_in_every_language(
    site: Path, tmp_path: Path
):
    copy_bundle(site, tmp_path)
    write_published(tmp_path / "bi.duckdb", PublishedFleet(AS_OF, 1, 4, days=2))
    settings = settings_in(tmp_path, CURRENCY="COP")
    with duckdb.connect(str(settings.bi_path)) as connection:
        plan = "update bi.bi.rpt_maintenance_plan_daily set"
        connection.execute(f"{plan} days_on_plan = 4, expected_saving = 1234.4 where rank = 1")
        connection.execute(
            f"{plan} decided_by = 'calendar', calendar_clock = 'days_since_last_stop',"
            " calendar_clock_value = 31.4, calendar_interval = 30 where rank = 1"
        )
        connection.execute(
            f"{plan} decision = 'watch', blocked_by = null, expected_saving = 240,"
            " saving_of_waiting = 180, stop_threshold_probability = 0.3 where rank = 3"
        )
    build_site(settings, as_of=AS_OF)
    expected = {
        "en": (
            "On the plans of 4 mornings, not stopped yet",
            "1,234 COP",
            "waiting saves 180 COP more",
        ),
        "es": ("Está en los planes de 4 mañanas", "1.234 COP", "esperar ahorra 180 COP más"),
        "it": ("È nei piani di 4 mattine", "1.234 COP", "aspettare fa risparmiare 180 COP"),
    }
    calendars = {
        "en": ("For 1 machine the calendar decides", "a stop every 30 days, 31 have passed"),
        "es": ("En 1 máquina decide el calendario", "una parada cada 30 días, y van 31"),
        "it": (
            "Per 1 macchina decide il calendario",
            "una fermata ogni 30 giorni, e ne sono passati 31",
        ),
    }
    for code, texts in expected.items():
        home = settings.public_dir if code == "en" else settings.public_dir / code
        today = (home / "index.html").read_text().replace("\u00a0", " ")
        assert all(text in today for text in texts), code
        assert all(text in today for text in calendars[code]), code
        pages = "".join(page.read_text() for page in (home / "machines").iterdir())
        assert "180 COP" in pages.replace("\u00a0", " ")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path):
    write_published(tmp_path / "bi.duckdb", PublishedFleet(AS_OF, 1, 4, days=2))
    settings = settings_in(tmp_path)
    (tmp_path / "public").write_text("no folder")
    with pytest.raises(ArepasError, match=r"^PUBLIC_DIR: .*/public cannot be written"):
        build_site(settings, as_of=AS_OF)
    (tmp_path / "reports").write_text("no folder")
    with pytest.raises(ArepasError, match=r"^REPORTS_DIR: .*/reports cannot be written"):
        send_digests(settings, as_of=AS_OF)
    with pytest.raises(ArepasError, match=r"^REPORTS_DIR: .*/reports cannot be written"):
        run_report(settings, DAILY_REPORT, as_of=AS_OF, parameters={})


def test_an_old_plan_and_a_failed_run_are_said_on_every_page(tmp_path: Path):
    write_published(tmp_path / "bi.duckdb", PublishedFleet(AS_OF, 1, 3, days=5))
    tomorrow = AS_OF + timedelta(days=1)
    settings = settings_in(tmp_path)
    build_site(settings, as_of=tomorrow, failure="cooking_metrics.csv: <is> empty")
    for name in ("index", "models", "data", "reports", "machines/k01-p1-m1"):
        page = (tmp_path / "public" / f"{name}.html").read_text()
        assert "The run of 21 Nov 2026 failed." in page
        assert "cooking_metrics.csv: &lt;is&gt; empty" in page
        assert "Friday, 20 November 2026" in page
    today = (tmp_path / "public" / "index.html").read_text()
    assert "The plan was to stop" in today
    assert "To stop today" not in today
    build_site(settings, as_of=AS_OF)
    assert 'role="alert"' not in (tmp_path / "public" / "index.html").read_text()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "en",
            "This is a past morning.</strong> There is a newer plan, of Friday, 20 November 2026",
        ),
        ("es", "Esta es una mañana pasada.</strong> Hay un plan más reciente, del viernes"),
        ("it", "Questa è una mattina passata.</strong> C’è un piano più recente, di venerdì"),
    ],
)
def test_a_past_morning_s_pages_say_that_there_is_a_newer_plan(
    site: Path, tmp_path: Path, code: str, said: str
):
    copy_bundle(site, tmp_path)
    write_published(tmp_path / "bi.duckdb", PublishedFleet(AS_OF, 1, 3, days=5))
    settings = settings_in(tmp_path)
    build_site(settings, as_of=AS_OF - timedelta(days=1))
    home = settings.public_dir / ("" if code == "en" else code)
    for name in ("index", "models", "data", "reports", "machines/k01-p1-m1"):
        page = (home / f"{name}.html").read_text()
        (banner,) = re.findall(r'<div class="banner" role="alert">(.*?)</div>', page, re.DOTALL)
        assert said in banner
        assert "make site" in banner
    if code == "en":
        assert "The plan was to stop" in (home / "index.html").read_text()


def test_a_type_without_a_model_is_named(tmp_path: Path):
    write_published(tmp_path / "bi.duckdb", PublishedFleet(AS_OF, 1, 3, days=5))
    with duckdb.connect(str(tmp_path / "bi.duckdb")) as connection:
        where = "where arepa_type = 'a2' and status = 'scored'"
        connection.execute(f"update bi.bi.rpt_predictions set status = 'no_model' {where}")
    page = build_site(settings_in(tmp_path), as_of=AS_OF).read_text()
    assert "judged by a control chart alone: a2." in page


def test_without_anything_published_the_pages_say_so(tmp_path: Path):
    index = build_site(settings_in(tmp_path), as_of=AS_OF)
    assert "No plan yet" in index.read_text()
    assert "It comes with the first training." in (index.parent / "models.html").read_text()


def test_an_unchanged_morning_rewrites_nothing_and_a_gone_machine_loses_its_page(tmp_path: Path):
    settings = settings_in(tmp_path)
    write_published(settings.bi_path, PublishedFleet(AS_OF, 1, 4, days=5))
    build_site(settings, as_of=AS_OF)
    pages = {path: path.stat().st_mtime_ns for path in settings.public_dir.rglob("*.*")}
    build_site(settings, as_of=AS_OF)
    assert {path: path.stat().st_mtime_ns for path in pages} == pages
    write_published(settings.bi_path, PublishedFleet(AS_OF, 1, 2, days=5))
    build_site(settings, as_of=AS_OF)
    assert sorted(path.name for path in (settings.public_dir / "machines").iterdir()) == [
        "k01-p1-m1.html",
        "k01-p1-m2.html",
    ]


def test_what_somebody_else_keeps_in_the_folder_stays_whatever_it_is_called(tmp_path: Path):
    places = {"REPORTS_DIR": str(tmp_path / "public" / "reports")}
    places["RAW_DATA_DIR"] = str(tmp_path / "public" / "data" / "raw")
    settings = settings_in(tmp_path, **places)
    kept = [
        settings.raw_data_dir / "machines.csv",
        settings.public_dir / "data" / "warehouse.duckdb",
        settings.public_dir / "assets" / "theirs.css",
        settings.reports_dir / "2026-05-01" / "daily_report.html",
        settings.reports_dir / "2026-05-01" / "digest_all_en.eml",
    ]
    for path in kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("theirs")
    for count in (4, 3):
        write_published(tmp_path / "bi.duckdb", PublishedFleet(AS_OF, 1, count, days=2))
        build_site(settings, as_of=AS_OF)
        assert [path.read_text() for path in kept] == ["theirs"] * len(kept)
    assert len([*(settings.public_dir / "machines").iterdir()]) == 3


def test_what_an_earlier_version_or_a_killed_build_left_in_the_site_is_removed(tmp_path: Path):
    settings = settings_in(tmp_path)
    write_published(tmp_path / "bi.duckdb", PublishedFleet(AS_OF, 1, 3, days=2))
    build_site(settings, as_of=AS_OF)
    [listed] = settings.public_dir.glob(".*")
    listed.unlink()
    machines = settings.public_dir / "machines"
    (machines / "gone.html").write_text("written by an earlier version, which kept no list")
    unfinished = machines / f".{next(machines.glob('k*')).name}.host.1.1"
    unfinished.write_text("ha")
    build_site(settings, as_of=AS_OF)
    assert len([*machines.iterdir()]) == 3
    unfinished.write_text("ha")
    build_site(settings, as_of=AS_OF)
    assert len([*machines.iterdir()]) == 3
