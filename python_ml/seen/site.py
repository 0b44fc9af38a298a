"""`arepas site`: everything publishable, from the published file, into PUBLIC_DIR."""

import json
import logging
import re
import shutil
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import jinja2
import vl_convert

from python_ml.files import put_whole, write_whole, writing_below
from python_ml.raw.answer_links import answer_link
from python_ml.raw.feedback import FINDINGS, Answer, answer_line
from python_ml.seen.changes import plan_changes
from python_ml.seen.languages import Language, load_languages
from python_ml.seen.machine_pages import MachinePage, machine_pages
from python_ml.seen.morning import DECISIONS, Morning, PlannedMachine, read_morning
from python_ml.seen.outcomes import savings_by_month, stops_made
from python_ml.seen.pages import chart_words, data_values, index_values, models_values
from python_ml.seen.published import Published, read_published
from python_ml.seen.templates import load_templates
from python_ml.seen.watching import drifting_gauges, is_training_worth, late_facts
from python_ml.settings import PROJECT_DIR, Settings

logger = logging.getLogger(__name__)

ASSETS = PROJECT_DIR / "dashboard" / "assets"
# How Vega writes numbers and dates, by language.
LOCALES = {"en": "en-GB", "es": "es-CO", "it": "it-IT"}
# Vega knows no Colombia; Spain writes numbers as it does.
VEGA_FORMATS = {
    "en": (vl_convert.get_format_locale("en-GB"), vl_convert.get_time_format_locale("en-GB")),
    "es": (vl_convert.get_format_locale("es-ES"), vl_convert.get_time_format_locale("es-ES")),
    "it": (vl_convert.get_format_locale("it-IT"), vl_convert.get_time_format_locale("it-IT")),
}
# When a stop is planned to begin and end unless who answers says otherwise.
STOP_FROM, STOP_TO = timedelta(hours=7), timedelta(hours=8)
REPORT_DAYS = 60
# Making the bundle takes a second: a process makes it once, and under its version it is there from
# the second morning on.
VEGA = f"assets/vega-{vl_convert.get_vega_version()}.js"
DOCS = "docs/index.html"
# The folders of the site that lose what is no part of it any more.
FOLDERS = ("assets", "data", "machines", "es", "it", "reports")
# What the last build wrote there, so that nobody else's files are removed. Hidden, as no page.
LIST = ".site-files.json"
OF_EVERY_SITE = "assets/words-en.js"
DAY_FOLDER = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass
class Site:
    """The folder of the site while it is written.

    Each file is put into place whole and only if it changed, so that a web server never shows half
    a page and a copy by time of change stays small.
    """

    folder: Path
    _written: set[Path] = field(default_factory=set)
    _before: set[Path] = field(init=False)

    def __post_init__(self) -> None:
        """Read what the build before wrote; one of code that kept no list wrote all that is there.

        In a folder that holds no site yet nothing is ours, also if this build is killed.
        """
        listed = self.folder / LIST
        if listed.is_file():
            names = json.loads(listed.read_text(encoding="utf-8"))
            self._before = {self.folder / name for name in names}
            return
        is_site = (self.folder / OF_EVERY_SITE).is_file()
        self._before = {path for path in self._in_folders() if is_site}
        self._list(self._before)

    def write(self, path: str, content: str) -> None:
        """Write one text file."""
        target = self.folder / path
        self._written.add(target)
        data = content.encode()
        if target.is_file() and target.read_bytes() == data:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, data)

    def has(self, path: str) -> bool:
        """Say whether a file whose name says its content is there already, and keep it."""
        self._written.add(self.folder / path)
        return (self.folder / path).is_file()

    def copy(self, source: Path, path: str) -> None:
        """Copy one file unless it is there with the same size and time of change."""
        target = self.folder / path
        if target.exists() and target.samefile(source):
            return
        self._written.add(target)
        if target.is_file() and _stamp(target) == _stamp(source):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with put_whole(target) as unfinished:
            shutil.copy2(source, unfinished)

    def drop_others(self) -> None:
        """Remove what earlier builds left, unfinished files too, and list what this one wrote."""
        own = self._before | self._written
        for path in self._in_folders():
            is_left = path in self._before or _is_unfinished(path, own)
            if is_left and path not in self._written:
                path.unlink()
        self._list(self._written)

    def _in_folders(self) -> list[Path]:
        places = (path for name in FOLDERS for path in (self.folder / name).rglob("*"))
        return sorted((path for path in places if path.is_file()), reverse=True)

    def _list(self, paths: set[Path]) -> None:
        names = sorted(path.relative_to(self.folder).as_posix() for path in paths)
        content = json.dumps(names, indent=0).encode()
        listed = self.folder / LIST
        if not listed.is_file() or listed.read_bytes() != content:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(listed, content)


def _is_unfinished(path: Path, files: Set[Path]) -> bool:
    """Whether a file is what a killed build was just writing one of some files to."""
    name = path.name.removeprefix(".")
    while path.name.startswith(".") and "." in name:
        name = name.rpartition(".")[0]
        if path.with_name(name) in files:
            return True
    return False


def build_site(settings: Settings, *, as_of: date, failure: str | None = None) -> Path:
    """Write all pages in all languages; returns the page to open.

    Args:
        settings: Where the published file and the site are.
        as_of: The morning; where its plan is missing, the pages show the last one and say so.
        failure: What stopped today's run, for the banner.

    Raises:
        ArepasError: Nothing is published, or PUBLIC_DIR cannot be written.
    """
    published = read_published(settings, as_of=as_of)
    with writing_below(settings.public_dir, "PUBLIC_DIR"):
        _write_site(settings, published, read_morning(published, failure=failure))
    page = settings.public_dir / "index.html"
    logger.info("the page to open: %s", page)
    return page


def _write_site(settings: Settings, published: Published, morning: Morning) -> None:
    site = Site(settings.public_dir)
    _write_assets(site)
    reports = _copy_reports(site, settings.reports_dir)
    late = late_facts(published)
    watched = {
        "drifting": drifting_gauges(published),
        "late": late,
        "is_training_worth": is_training_worth(late),
    }
    languages, templates = load_languages(), load_templates()
    machines = list(machine_pages(published, morning))
    for machine in machines:
        data = f"window.arepasMachine = {_script_json(machine.chart_data)};\n"
        site.write(f"data/{machine.machine.page.removesuffix('.html')}.js", data)
    for language in languages:
        formats, times = VEGA_FORMATS[language.code]
        words = chart_words(language) | {"formats": formats, "times": times}
        words["locale"] = LOCALES[language.code]
        script = f"window.arepasWords = {_script_json(words)};\n"
        site.write(f"assets/words-{language.code}.js", script)
        page = _Page(settings, site, templates, language, languages, published, morning)
        changes = {"changes": plan_changes(published, morning)}
        page.render("index", index_values(morning) | changes)
        made = {"made": stops_made(published), "savings": savings_by_month(published)}
        page.render("models", models_values(published, morning) | made | watched)
        page.render("data", data_values(published, morning))
        page.render("reports", {"reports": reports})
        page.render_machines(machines)
    site.drop_others()


@dataclass(frozen=True)
class _Page:
    """Renders pages in one language."""

    settings: Settings
    site: Site
    templates: jinja2.Environment
    language: Language
    languages: tuple[Language, ...]
    published: Published
    morning: Morning

    def render(self, name: str, values: dict[str, Any]) -> None:
        self._write(name, f"{name}.html", values)

    def render_machines(self, machines: Sequence[MachinePage]) -> None:
        for page in machines:
            self._write("machine", f"machines/{page.machine.page}", vars(page))

    def _write(self, template: str, path: str, values: dict[str, Any]) -> None:
        is_default = self.language is self.languages[0]
        depth = path.count("/") + (not is_default)
        root = "../" * depth
        html = self.templates.get_template(f"{template}.html").render(
            values,
            here=template,
            path=path,
            root=root,
            home=root if is_default else f"{root}{self.language.code}/",
            language=self.language,
            languages=self.languages,
            t=self.language.text,
            morning=self.morning,
            type_names=self.published.names_of_types(),
            decisions=DECISIONS,
            findings=FINDINGS,
            vega=VEGA,
            has_docs=(self.site.folder / DOCS).is_file(),
            answer_line=_suggested_line,
            answer_link=partial(answer_link, self.settings, self.language.code),
            answers_to=self.settings.answers_to,
            money=partial(self.language.money, self.settings.currency),
        )
        self.site.write(path if is_default else f"{self.language.code}/{path}", html)


def _suggested_line(machine: PlannedMachine, day: date, finding: str) -> str:
    midnight = datetime.combine(day, datetime.min.time())
    return answer_line(
        Answer(machine.machine_id, midnight + STOP_FROM, midnight + STOP_TO, finding)
    )


def _write_assets(site: Site) -> None:
    for path in sorted(ASSETS.iterdir()):
        site.copy(path, f"assets/{path.name}")
    if not site.has(VEGA):
        site.write(VEGA, _bundle_vega())


@cache
def _bundle_vega() -> str:
    # The bundle declares names at its top level, so it gets a scope of its own.
    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return f"(() => {{\n{bundle}\n}})();\n"


def _copy_reports(site: Site, folder: Path) -> list[tuple[date, list[str]]]:
    """Copy the newest days' reports; returns their names by day, the newest first."""
    days = sorted((path for path in folder.glob("*") if _is_day(path)), reverse=True)
    reports = []
    for day in days[:REPORT_DAYS]:
        names = [path.name for path in sorted(day.glob("*_report*.html"))]
        for name in names:
            site.copy(day / name, f"reports/{day.name}/{name}")
        if names:
            reports.append((date.fromisoformat(day.name), names))
    return reports


def _is_day(path: Path) -> bool:
    return path.is_dir() and DAY_FOLDER.fullmatch(path.name) is not None


def _script_json(value: Any) -> str:  # noqa: ANN401  (whatever JSON holds)
    """Write JSON that cannot end the script that it stands in."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    return text.replace("<", "\\u003c")


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns
