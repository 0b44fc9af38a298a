#!/usr/bin/env bash
# cel-python 0.5.0, CEL in pure Python: the language in which rules and filters of gateways and cloud
# services are written. Its doubles are by the specification those of IEEE 754: 0.0 / 0.0 is NaN, of
# which no comparison holds, and -1.0 / 0.0 is less than all. Here a division by 0.0 is plus
# infinity, whatever is divided. So a share of nothing, as of the rejected parts in an hour without
# parts, is above each limit; a fall of a temperature in no time is a rise; and the two are equal.
# NaN itself, read from a message or as double("NaN"), is compared as it should be. No error and no
# warning; of whole numbers a division by 0 is an error.
# Seen: 0.0 / 0.0 > 0.05 and -1.0 / 0.0 > 0.05 are true, -1.0 / 0.0 < 0.0 is false; of NaN > 0.05,
# false.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet cel-python==0.5.0
"$folder/venv/bin/python" - <<'PY'
from math import inf
import celpy
from celpy.celtypes import DoubleType

environment = celpy.Environment()

def told(rule: str, rejected: float, parts: float):
    values = {"rejected": DoubleType(rejected), "parts": DoubleType(parts)}
    return environment.program(environment.compile(rule)).evaluate(values)

SHARE = "rejected / parts > 0.05"
assert told(SHARE, 1, 10) and not told(SHARE, 0, 10) and told(SHARE, 1, 0)
assert not told("double('NaN') > 0.05 || double('NaN') == double('NaN')", 0, 0)
nothing, falling = told("rejected / parts", 0, 0), told("rejected / parts", -1, 0)
print("0.0 / 0.0", float(nothing), "above", told(SHARE, 0, 0))
print("-1.0 / 0.0", float(falling), "below 0", told("rejected / parts < 0.0", -1, 0))
assert nothing == inf and told(SHARE, 0, 0), "CHANGED: nothing by nothing"
assert falling == inf and not told("rejected / parts < 0.0", -1, 0), "CHANGED: the sign"
PY
echo "as described"
