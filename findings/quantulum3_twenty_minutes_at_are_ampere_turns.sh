#!/usr/bin/env bash
# quantulum3 0.10.0 finds quantities in a text, such as a note of maintenance or an order: the
# number, its unit and what kind of quantity it is. What follows a unit is taken for a part of it, if
# it can be one, and a word can: "at" is the ampere-turn, "g" the gram, whatever stands around them.
# So "20 min at full load" is 20 minute ampere-turns, "3 h at 20 bar" 3 hour ampere-turns, "20 °C at
# 3 bar" degree Celsius ampere-turns, and "2 A at 230 V" is no current but a magnetomotive force of 2
# ampere-turns; the gauge pressure "2 bar g" is bar grams. Asked by the kind of quantity, "time" or
# "temperature", these are not found at all: "unknown". No error and no warning. "5 min in oil" and
# "30 s to stop" are right. The optional classifier, for units of one name, is not concerned.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet quantulum3==0.10.0
"$folder/venv/bin/python" -W ignore - <<'PY'
from quantulum3 import parser

def first(note: str) -> tuple[float, str, str]:
    found = parser.parse(note)[0]
    return found.value, found.unit.name, found.unit.entity.name

EXPECTED = {
    "held 5 min in oil": (5, "minute", "time"),
    "20 min at full load": (20, "minute ampere-turn", "unknown"),
    "3 h at 20 bar": (3, "hour ampere-turn", "unknown"),
    "20 °C at 3 bar": (20, "degree Celsius ampere-turn", "unknown"),
    "2 A at 230 V": (2, "ampere-turn", "magnetomotive force"),
    "2 bar g": (2, "bar gram", "unknown"),
}
for note, expected in EXPECTED.items():
    print(f"{note!r}", *first(note))
    assert first(note) == expected, f"CHANGED: {note}"
PY
echo "as described"
