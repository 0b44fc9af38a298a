#!/usr/bin/env bash
# jsonata-python 0.7.1, JSONata in pure Python: the language in which gateways and flow tools pick
# readings out of messages and reckon with them. % is documented by JSONata as the remainder of a
# division, and there, as in JSON, all numbers are floats: 7.5 % 2 is 1.5, and a - b * floor(a / b)
# agrees for what is not negative. Here the remainder loses what is behind its decimal point: 1, and
# 0.75 % 0.5 is 0. The other operators keep their decimals, 7.5 / 2 is 3.75. No error and no
# warning. A remainder of whole numbers is right.
# Why it matters: hours since the last service, degrees of a turn and minutes of an hour are
# remainders. A counter of 1249.9 h with a service each 250 h tells 249, and a rule at 249.5 never
# holds; whether a number is whole, x % 1 = 0, is true of each number.
# Seen: 7.5 % 2 gives 1, -7.5 % 2 -1, 0.75 % 0.5 0; of 1249.9 % 250 249, and by floor 249.9; of four
# machines all are at a whole hour where one is.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet jsonata-python==0.7.1
"$folder/venv/bin/python" -W error - <<'PY'
from math import fmod, isclose
from jsonata import Jsonata

PAIRS = [(7.5, 2), (-7.5, 2), (0.75, 0.5), (1249.9, 250), (7, 2), (-7, 2)]

def asked(expression: str, data: object) -> object:
    return Jsonata(expression).evaluate(data)

told = {pair: asked("a % b", {"a": pair[0], "b": pair[1]}) for pair in PAIRS}
print("remainders", told, "true ones", [round(fmod(*pair), 6) for pair in PAIRS])
for pair, remainder in told.items():
    assert remainder == int(fmod(*pair)), "CHANGED: the decimals of a remainder"
by_floor = asked("a - b * $floor(a / b)", {"a": 1249.9, "b": 250})
print("by floor", by_floor, "quotient", asked("7.5 / 2", {}))
assert isclose(by_floor, 249.9) and asked("7.5 / 2", {}) == 3.75
machines = {"machines": [{"id": row, "h": h} for row, h in enumerate((1249.9, 8.25, 17, 0.5))]}
at_whole_hour = asked("machines[h % 1 = 0].id", machines)
print("at a whole hour", at_whole_hour, "by floor", asked("machines[h = $floor(h)].id", machines))
assert asked("machines[h = $floor(h)].id", machines) == 2
assert at_whole_hour == [0, 1, 2, 3], "CHANGED: every number is whole"
PY
echo "as described"
