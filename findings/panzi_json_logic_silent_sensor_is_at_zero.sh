#!/usr/bin/env bash
# panzi-json-logic 1.0.1, rules as JSON (JsonLogic) in Python. It is told to keep as close to the
# JavaScript library as it can, and its == to do what that of JavaScript does. There null is equal
# to null and undefined alone, and never to 0 or false, so that a rule for 0 does not hold of a
# field that is missing; an empty text is equal to 0. Here both are the other way round: null is
# equal to 0 and to false, the empty text is not equal to 0. No error and no warning. === is right.
# Why it matters: the same rule in the browser and on the server disagrees. A sensor that sends no
# speed is a machine that stands still, and an alarm "differs from 0" is silent for a count of
# errors that never came.
# Seen: speed == 0 holds of {"speed": null} and of {}, speed != 0 of neither, "on" == false of null;
# by === none of it; "" == 0 does not hold; 0, "0" and 5 are right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet panzi-json-logic==1.0.1
"$folder/venv/bin/python" -W error - <<'PY'
from json_logic import jsonLogic

SPEED = {"var": "speed"}
ROWS = {
    "0": {"speed": 0}, "text 0": {"speed": "0"}, "5": {"speed": 5}, "empty": {"speed": ""},
    "null": {"speed": None}, "missing": {},
}
# what JavaScript says of speed == 0
IN_JAVASCRIPT = {
    "0": True, "text 0": True, "5": False, "empty": True, "null": False, "missing": False
}
equal = {name: jsonLogic({"==": [SPEED, 0]}, row) for name, row in ROWS.items()}
differs = {name: jsonLogic({"!=": [SPEED, 0]}, row) for name, row in ROWS.items()}
same = {name: jsonLogic({"===": [SPEED, 0]}, row) for name, row in ROWS.items()}
print("==", equal, "\n!=", differs, "\n===", same)
assert [name for name in ROWS if same[name]] == ["0"]
for name in ("0", "text 0", "5"):
    assert equal[name] is IN_JAVASCRIPT[name] and differs[name] is not IN_JAVASCRIPT[name]
for name in ("empty", "null", "missing"):
    assert equal[name] is not IN_JAVASCRIPT[name], f"CHANGED: {name} == 0"
    assert differs[name] is IN_JAVASCRIPT[name], f"CHANGED: {name} != 0"
assert jsonLogic({"==": [{"var": "on"}, False]}, {"on": None}) is True, "CHANGED: null == false"
PY
echo "as described"
