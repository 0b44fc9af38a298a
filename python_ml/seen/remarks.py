"""What checks and runs say, in the readers' languages.

The warehouse keeps it in English, of past mornings too. The phrases of `[remarks]` in the English
file are found in it, and the other files say the same; what no phrase covers, a library's own
words say, stays as it is.
"""

import re
from functools import cache
from itertools import cycle

from python_ml.metric_names import read_metric_names
from python_ml.seen.languages import Language, load_language

DAY = r"\d{4}-\d\d-\d\d"
NAME = r"[^,;:]+?"
# What may stand in a place of a phrase; a metric goes by its name.
PLACES = {
    "count": r"\d+",
    "all": r"\d+",
    "version": r"\d+",
    "value": r"-?\d[\d.e+-]*",
    "date": DAY,
    "time": rf"{DAY} \d\d:\d\d",
    "clock": r"\d\d:\d\d",
    "table": r"[a-z_]+",
    "file": r".+?",
    "name": NAME,
    "list": rf"{NAME}(?:, {NAME})*?",
}
COUNTS = ("count", "all")


def translate(text: str, language: Language) -> str:
    """Say in a language what the warehouse says in English, and of one in the singular."""

    def say(found: re.Match[str]) -> str:
        key = str(found.lastgroup)
        of_one = language.table("remarks_of_one")
        is_of_one = found.groupdict().get(f"{key}__count") == "1" and key in of_one
        if language.code == "en" and not is_of_one:
            return found[0]
        values = {
            group.removeprefix(f"{key}__"): _value(group, value, language)
            for group, value in found.groupdict().items()
            if value is not None and group != key
        }
        return (of_one if is_of_one else language.table("remarks"))[key].format_map(values)

    return _phrases().sub(say, text)


def _value(group: str, value: str, language: Language) -> str:
    """Write what stood in a place: counts with the language's marks, metrics by their names."""
    place = group.rpartition("__")[2]
    if place in COUNTS:
        return language.number(int(value))
    if place == "metric":
        return language.metric(_metrics().get(value, value))
    return value


@cache
def _phrases() -> re.Pattern[str]:
    """All phrases, a longer one before what it begins with; its key is its group."""
    phrases = load_language("en").table("remarks")
    longest_first = sorted(phrases, key=lambda key: len(phrases[key]), reverse=True)
    return re.compile("|".join(_pattern(key, phrases[key]) for key in longest_first))


def _pattern(key: str, phrase: str) -> str:
    names = sorted(_metrics(), key=len, reverse=True)
    places = PLACES | {"metric": "|".join([*map(re.escape, names), r"\S+"])}
    texts = [
        f"(?P<{key}__{part}>{places[part]})" if is_place else re.escape(part)
        for is_place, part in zip(cycle((False, True)), re.split(r"{(\w+)}", phrase), strict=False)
    ]
    return rf"(?P<{key}>(?<!\w){''.join(texts)}(?!\w))"


@cache
def _metrics() -> dict[str, str]:
    """Metrics by their English names."""
    return {named.name: metric for metric, named in read_metric_names("en").items()}
