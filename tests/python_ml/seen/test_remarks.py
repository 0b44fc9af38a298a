"""What checks and runs say, in the readers' languages: nothing that SQL says is left out."""

import re

import pytest

from python_ml.seen.languages import CODES, load_language
from python_ml.seen.remarks import PLACES, translate
from python_ml.settings import PROJECT_DIR

CHECKS = [
    *(PROJECT_DIR / "models" / "quarantine").glob("*_checks.sql"),
    PROJECT_DIR / "models" / "marts" / "bi" / "rpt_data_checks_daily.sql",
]


def spoken(sql: str) -> set[str]:
    """The texts of a model that people read: more than a word, no name of a table or check."""
    without_blocks = re.sub(r"{#.*?#}|{%.*?%}|{{ '.*?}}", "", sql, flags=re.S)
    texts = re.findall(r"'([^']*)'", without_blocks)
    spoken = {text.strip(" :,") for text in texts if re.search(r"[a-z] [a-z]", text)}
    return {text for text in spoken if not re.search(r" (asc|desc)$", text)}


def test_every_text_of_the_checks_is_a_phrase():
    phrases = " | ".join(load_language("en").table("remarks").values())
    # Between two places.
    known = re.sub(r"{\w+}", " ", phrases)
    missing = {text for path in CHECKS for text in spoken(path.read_text()) if text not in known}
    assert missing == set()


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        (
            "k1: m 1 sent 1200 readings of days to come, up to 2027-03-19, m2 sent 2 readings of"
            " before 2001",
            "k1: m 1 envió 1.200 lecturas de días que aún no llegan, hasta el 2027-03-19, m2 envió"
            " 2 lecturas de antes de 2001",
        ),
        (
            "k1: in the seven days before the morning 3 of 20 readings of m2 say metric 1 ="
            " -999 °C",
            "k1: en los siete días anteriores a la mañana 3 de 20 lecturas de m2 dicen métrica 1 ="
            " -999 °C",
        ),
        (
            "maintenance_events of k2: no plan for its machines: 34 of 34 lines quarantined, the"
            " first in k2/log book.csv: unknown_kind 34",
            "maintenance_events de k2: sin plan para sus máquinas: 34 de 34 líneas en cuarentena,"
            " la primera en k2/log book.csv: unknown_kind 34",
        ),
        (
            "unknown_machine 9; machines that no machines file names: m4 (1200 lines), m2 (2 lines)"
            " and 5 more",
            "unknown_machine 9; máquinas que ningún archivo de máquinas nombra: m4 (1.200 líneas),"
            " m2 (2 líneas) y 5 más",
        ),
        (
            "no model for a1, a2, a control chart judges their machines; run `make retrain` when"
            " there is enough history",
            "sin modelo para a1, a2: una carta de control juzga sus máquinas; ejecute `make"
            " retrain` cuando haya historia suficiente",
        ),
        ("IO Error: no space left", "IO Error: no space left"),
    ],
)
def test_phrases_are_found_wherever_they_stand_and_the_rest_stays(english: str, spanish: str):
    assert translate(english, load_language("es")) == spanish
    assert translate(english, load_language("en")) == english


def test_one_is_said_in_the_singular():
    told = "k1: m 1 sent 1 readings of days to come, up to 2027-03-19, m2 sent 2 readings up to"
    english = load_language("en")
    assert translate(told, english) == told.replace("1 readings", "one reading")
    lost = "1 machines lose kitchen and phase without a machines file; deliver it again: m3 (k2)"
    assert translate(lost, load_language("es")) == (
        "una máquina pierde cocina y fase sin un archivo de máquinas; entréguelo de nuevo: m3 (k2)"
    )
    assert english.table("remarks_of_one").keys() <= english.table("remarks").keys()


@pytest.mark.parametrize("code", CODES)
def test_no_phrase_is_lost_in_translation(code: str):
    values = {
        "count": "3", "all": "4", "version": "5", "value": "10", "date": "2026-03-19",
        "time": "2026-03-19 08:00", "clock": "07:00", "table": "machines", "file": "k1/a.csv",
        "name": "m1", "metric": "metric 2", "list": "a1, a2",
    }  # fmt: skip
    assert values.keys() == PLACES.keys() | {"metric"}
    language = load_language(code)
    local = values | {"metric": language.metric("metric_2")}
    for key, phrase in load_language("en").table("remarks").items():
        said = language.table("remarks")[key].format_map(local)
        assert translate(phrase.format_map(values), language) == said
