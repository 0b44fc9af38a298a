"""Words, numbers and dates as each of the three languages writes them."""

import json
import re
import tomllib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from python_ml.errors import InputError
from python_ml.learning.columns import model_columns, split_metric
from python_ml.learning.reasons import NAMED_PART
from python_ml.metric_names import MetricName, MetricNames
from python_ml.seen.languages import CODES, FOLDER, load_language, load_languages


def test_languages_have_the_same_texts_with_the_same_places():
    def places(code: str) -> dict[str, set[str]]:
        words = tomllib.loads((FOLDER / f"{code}.toml").read_text())
        found = {}
        for table, texts in words.items():
            for key, text in texts.items():
                forms = text.values() if isinstance(text, dict) else [text]
                if isinstance(text, dict):
                    assert "other" in text
                joined = " ".join(forms)
                found[f"{table}.{key}"] = set(re.findall(r"{(\w+)}", joined)) - {"count"}
        return found

    english = places("en")
    assert places("es") == english
    assert places("it") == english


@pytest.mark.parametrize("code", CODES)
def test_every_feature_has_words(code: str):
    words = load_language(code).table("reason_features")
    told = {split_metric(column)[1] for column in model_columns(("metric_1",))}
    assert told | {NAMED_PART} == set(words)


@pytest.mark.parametrize(
    ("code", "written"),
    [("en", ("1,234.5", "12%", "< 1%")), ("es", ("1.234,5", "12 %", "< 1 %")),
     ("it", ("1.234,5", "12 %", "< 1 %"))],
)  # fmt: skip
def test_numbers_are_written_as_the_language_does(code: str, written: tuple[str, str, str]):
    language = load_language(code)
    assert (language.number(1234.5, 1), language.percent(0.12), language.risk(0.001)) == written
    assert language.number(None) == language.risk(float("nan")) == "–"


@pytest.mark.parametrize(
    ("code", "kitchen", "said"),
    [
        ("es", "k1", ("Cocina k1", "ahora está en la cocina k1")),
        ("es", "Cocina Norte/1", ("Cocina Norte/1", "ahora está en la Cocina Norte/1")),
        ("it", "cocina norte", ("cocina norte", "ora è nella cocina norte")),
        ("en", "Kitchen-2", ("Kitchen-2", "stands in Kitchen-2 now")),
        ("en", "Kitchenette", ("Kitchen Kitchenette", "stands in kitchen Kitchenette now")),
    ],
)
def test_a_kitchen_that_is_called_one_is_not_called_so_twice(
    code: str, kitchen: str, said: tuple[str, str]
):
    language = load_language(code)
    assert language.text("machine.kitchen", kitchen=kitchen) == said[0]
    assert language.text("changes.moved", kitchen=kitchen) == said[1]


def test_a_horizon_of_one_day_is_no_days():
    said = [
        load_language(code).text("machine.risk", days=days) for code in CODES for days in (1, 7)
    ]
    assert said == [
        "Risk of a breakdown within a day",
        "Risk of a breakdown within 7 days",
        "Riesgo de avería en un día",
        "Riesgo de avería en 7 días",
        "Rischio di guasto entro un giorno",
        "Rischio di guasto entro 7 giorni",
    ]


def test_reports_have_names_in_the_readers_language():
    named = [
        load_language(code).report(page)
        for code, page in (
            ("en", "daily_report.html"),
            ("es", "daily_report.html"),
            ("it", "model_report.html"),
            ("es", "daily_report_k1.html"),
            ("es", "own_report.html"),
        )
    ]
    assert named == [
        "daily report",
        "informe diario",
        "rapporto dei modelli",
        "informe diario k1",
        "own report",
    ]


REASON = {
    "words_key": "mean_1d",
    "metric": "metric_1",
    "direction": "down",
    "value": 1234.5,
    "reference": 1500.25,
    "change_ratio": -0.2,
    "risk": "up",
}


def test_reasons_are_said_in_the_readers_language():
    details = json.dumps([REASON, REASON | {"words_key": "days_since_last_stop", "metric": None}])
    assert load_language("es").reasons("scored", details, "a", decision="stop") == [
        "Métrica 1: nivel del último día 1.234, en los últimos 7 días 1.500",
        "Días desde la última parada 1.234, por lo general 1.500",
    ]
    assert (
        load_language("it")
        .reasons("no_model", details, "a", decision="watch")[0]
        .startswith("Nessun modello per questo tipo, solo una carta di controllo")
    )


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("en", "Oven temperature 266 °C below usual (1,234 °C)"),
        ("es", "Temperatura del horno 266 °C por debajo de lo usual (1.234 °C)"),
        ("it", "Temperatura del forno 266 °C sotto il solito (1.234 °C)"),
    ],
)
def test_a_metric_is_called_by_its_real_name(code: str, told: str):
    names = {"en": "oven temperature", "es": "temperatura del horno", "it": "temperatura del forno"}
    language = replace(
        load_language(code), metrics=MetricNames(metric_1=MetricName(names[code], "°C"))
    )
    reason = REASON | {"words_key": "mean_7d"}
    details = json.dumps([reason, reason | {"metric": "motor_current"}])
    named, unnamed = language.reasons("scored", details, "a", decision="stop")
    assert named == told
    assert unnamed.startswith("motor_current")
    assert language.metric_title("metric_1") == f"{names[code].capitalize()} (°C)"
    assert language.metric_title("motor_current") == "motor_current"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("en", "(0 serviced, 1 breaking down) 1.32, usually 0.71"),
        ("es", "(0 recién atendida, 1 al averiarse) 1,32, por lo general 0,71"),
        ("it", "(0 appena revisionata, 1 al guasto) 1,32, di solito 0,71"),
    ],
)
def test_wear_is_told_with_its_scale(code: str, told: str):
    wear = {"words_key": "machine_wear", "metric": None, "value": 1.32, "reference": 0.71}
    details = json.dumps([REASON | wear | {"change_ratio": 0.86}])
    (text,) = load_language(code).reasons("scored", details, "a", decision="stop")
    assert text.endswith(told)


@pytest.mark.parametrize("code", CODES)
def test_what_speaks_against_a_stop_is_no_reason_for_it(code: str):
    language = load_language(code)
    details = json.dumps([REASON, REASON | {"risk": "down"}])
    watched = language.reasons("scored", details, "a", decision="watch")
    assert language.reasons("scored", details, "a", decision="stop") == watched[:1]
    assert len(watched) == 2


def test_reasons_fall_back_to_the_text_that_came_with_them():
    language = load_language("es")
    unknown = json.dumps([{"words_key": "never heard of", "direction": "up", "risk": "up"}])
    said = [
        language.reasons("scored", details, english, decision="run")
        for details, english in (
            (None, "a; b"), ("no json", "a"), (unknown, "a"), (None, None), ("[]", "a"),
        )
    ]  # fmt: skip
    assert said == [["a", "b"], ["a"], ["a"], [], ["a"]]


@pytest.mark.parametrize("code", CODES)
def test_a_text_takes_the_plural_form_of_its_count(code: str):
    language = load_language(code)
    one, many = (language.text("today.stop_machines", count=count) for count in (1, 1234))
    assert "1 " in one
    assert language.number(1234) in many
    assert one.replace("1", "") != many.replace(language.number(1234), "")


def test_a_text_that_is_not_there_is_no_empty_one():
    assert not load_language("en").has_text("today.never_written")
    assert load_language("en").has_text("today.nothing_yet")
    with pytest.raises(KeyError):
        load_language("en").text("today.never_written")
    with pytest.raises(InputError, match="there are en, es, it"):
        load_language("de")


@given(st.floats(0, 1))
def test_no_risk_is_said_to_be_certain(probability: float):
    for language in load_languages():
        said = language.risk(probability)
        percent = int(re.sub(r"\D", "", said))
        assert 1 <= percent <= 99
        assert said.startswith("<") == (probability < 0.01)
        assert said.startswith(">") == (probability > 0.99)


def test_days_are_written_with_the_words_of_the_language():
    day = date(2026, 11, 20)
    assert [language.long_date(day) for language in load_languages()] == [
        "Friday, 20 November 2026", "viernes, 20 de noviembre de 2026", "venerdì 20 novembre 2026",
    ]  # fmt: skip
