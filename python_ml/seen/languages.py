"""What pages and mails say, in the readers' languages: one file each in `dashboard/languages/`."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from typing import Any

import babel.dates
import babel.numbers
from babel import Locale

from python_ml.errors import InputError
from python_ml.learning.columns import WEAR
from python_ml.learning.reasons import Wording, say
from python_ml.metric_names import MetricNames, read_metric_names
from python_ml.settings import PROJECT_DIR

FOLDER = PROJECT_DIR / "dashboard" / "languages"
CODES = ("en", "es", "it")
# Probabilities below 1 % and above 99 % would claim a certainty that no model has.
LEAST_PERCENT, MOST_PERCENT = 0.01, 0.99


@dataclass(frozen=True)
class Language:
    """One language: its words, and how it writes numbers and dates.

    Attributes:
        code: As in HTML's `lang` and the file's name.
        words: The file's tables; a text is named `table.key`.
        metrics: What it calls the metrics.
    """

    code: str
    words: Mapping[str, Any]
    metrics: MetricNames

    def text(self, name: str, **values: Any) -> str:  # noqa: ANN401  (whatever a text names)
        """Look a text up and put values into it; plural forms go by the value `count` or `days`.

        Raises:
            KeyError: There is no such text.
        """
        table, _, key = name.partition(".")
        text = self.words[table][key]
        if isinstance(text, dict):
            count = values["count"] if "count" in values else values["days"]
            form = "other" if count is None else self._locale.plural_form(count)
            text = text.get(form, text["other"])
            if "count" in values:
                values["count"] = self.number(count)
        if "kitchen" in values and _is_called_kitchen(str(values["kitchen"])):
            text = self._kitchen_before_name.sub("{kitchen}", text)
        return text.format_map(values) if values else text

    def has_text(self, name: str) -> bool:
        """Say whether the file has a text of this name."""
        table, _, key = name.partition(".")
        return key in self.words.get(table, {})

    def table(self, name: str) -> Mapping[str, str]:
        """All texts of one table of the file."""
        return self.words[name]

    def number(self, value: Any, digits: int = 0) -> str:  # noqa: ANN401  (numpy's and Python's)
        """Write a number with the language's marks; a dash for none."""
        if value is None or value != value:
            return "–"
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return babel.numbers.format_decimal(float(value), format=pattern, locale=self._locale)

    def money(self, currency: str, value: Any, digits: int = 0) -> str:  # noqa: ANN401
        """Write an amount with its currency; a dash for none."""
        number = self.number(value, digits)
        return number if number == "–" else f"{number}\u00a0{currency}"

    def percent(self, share: float | None, digits: int = 0) -> str:
        """Write a share as per cent; a dash for none."""
        if share is None or share != share:
            return "–"
        pattern = "#,##0" + ("." + "0" * digits if digits else "") + " %"
        if self.code == "en":
            pattern = pattern.replace(" ", "")
        return _percent(round(float(share), digits + 2), pattern, self._locale)

    def risk(self, probability: float | None) -> str:
        """Write a probability as people read it: whole per cents, never certain."""
        if probability is None or probability != probability:
            return "–"
        if probability < LEAST_PERCENT:
            return "< " + self.percent(LEAST_PERCENT)
        if probability > MOST_PERCENT:
            return "> " + self.percent(MOST_PERCENT)
        return self.percent(probability)

    def long_date(self, day: date) -> str:
        """Write a day with its weekday, `Friday, 20 November 2026`."""
        return babel.dates.format_date(day, "full", locale=self._locale)

    def short_date(self, day: date) -> str:
        """Write a day in a column, `20 Nov 2026`."""
        return babel.dates.format_date(day, "d MMM y", locale=self._locale)

    def day_of_month(self, day: date) -> str:
        """Write a day under a bar, `23 Nov`."""
        return babel.dates.format_date(day, "d MMM", locale=self._locale)

    def weekday(self, day: date) -> str:
        """Write a day of the coming week, `Mon, 23 Nov`."""
        return babel.dates.format_skeleton("MMMEd", day, locale=self._locale)

    def month(self, day: date) -> str:
        """Write a day's month, `November 2026`."""
        return babel.dates.format_skeleton("yMMMM", day, locale=self._locale)

    def time(self, moment: datetime) -> str:
        """Write a day and time of day."""
        return babel.dates.format_datetime(moment, "d MMM y, HH:mm", locale=self._locale)

    def reasons(
        self, status: str, details: str | None, english: str | None, *, decision: str
    ) -> list[str]:
        """Put a prediction's reasons into words, one text each.

        Args:
            status: `status` of the prediction; where a control chart stands in for a model, the
                first text says so.
            details: `reason_details` of the prediction, JSON; None where there are none.
            english: `reasons`, the text that stands in for what this file has no words for.
            decision: What was decided; what speaks against a stop is no reason for it.
        """
        try:
            parsed = json.loads(details) if isinstance(details, str) else []
            if decision == "stop":
                parsed = [reason for reason in parsed if reason["risk"] == "up"]
            texts = say(parsed, self._wording, is_of_chart=status == "no_model")
        except (ValueError, KeyError, TypeError, AttributeError):
            parsed = []
        if parsed:
            unnamed = {reason.get("metric") for reason in parsed} - {None, *self.metrics}
            return [
                text if text.startswith(tuple(unnamed)) else _capitalised(text) for text in texts
            ]
        return [part for part in (english or "").split("; ") if part]

    def report(self, page: str) -> str:
        """Name a report by its page, `daily_report.html`; one that has no words by the file."""
        name = page.removesuffix(".html")
        words = self.table("report_names")
        known = [key for key in words if name == key or name.startswith(f"{key}_")]
        if not known:
            return name.replace("_", " ")
        key = max(known, key=len)
        return f"{words[key]} {name[len(key) + 1 :].replace('_', ' ')}".strip()

    def metric(self, name: str) -> str:
        """Name a metric."""
        return self.metrics[name].name

    def metric_title(self, name: str) -> str:
        """Name a metric with its unit, as above a chart; a column's own name stays as it is."""
        named = self.metrics[name]
        title = _capitalised(named.name) if name in self.metrics else named.name
        return f"{title} ({named.unit})" if named.unit else title

    @cached_property
    def _wording(self) -> Wording:
        # Nobody knows of a wear of 1.3 how much it is; what the tables hold stays as it was told.
        features = self.table("reason_features")
        wear = f"{features[WEAR]} ({self.text('machine.wear_scale')})"
        return Wording(self.table("reasons"), {**features, WEAR: wear}, self.number, self.metrics)

    @cached_property
    def _kitchen_before_name(self) -> re.Pattern[str]:
        return re.compile(rf"\b{self.text('column.kitchen')} {{kitchen}}", re.IGNORECASE)

    @cached_property
    def _locale(self) -> Locale:
        return Locale.parse({"en": "en_GB", "es": "es_CO", "it": "it_IT"}[self.code])


@cache
def _is_called_kitchen(name: str) -> bool:
    """Whether a kitchen's own name says that it is one, as `Cocina Norte` does."""
    words = "|".join(load_language(code).text("column.kitchen") for code in CODES)
    return re.match(rf"({words})\b", name, re.IGNORECASE) is not None


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


@cache
def _percent(share: float, pattern: str, locale: Locale) -> str:
    # A site writes the same hundred texts ten thousand times.
    return babel.numbers.format_percent(share, format=pattern, locale=locale)


@cache
def load_language(code: str) -> Language:
    """Read one language's file.

    Raises:
        InputError: There is no such language.
    """
    if code not in CODES:
        raise InputError(f"language {code!r}: there are {', '.join(CODES)}")
    with (FOLDER / f"{code}.toml").open("rb") as file:
        return Language(code, tomllib.load(file), read_metric_names(code))


def load_languages() -> tuple[Language, ...]:
    """Read all languages, the first being the one that a page opens in."""
    return tuple(load_language(code) for code in CODES)
