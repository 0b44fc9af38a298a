#!/usr/bin/env bash
# json-logic-qubit 0.9.1, rules as JSON (JsonLogic), which alarms are told by. filter, map, all,
# some and none ask a rule of each item of a list, where {"var": ""} is documented as the item
# itself. An item that counts as nothing in Python, 0, 0.0, false or an empty text, is replaced by
# an empty object before the rule sees it: it is neither equal to 0 nor at most 0 nor false. No
# error and no warning, except where it is reckoned with, which raises TypeError. Items that are
# objects, with {"var": "name"}, are right, and so is 0 in a field of the data.
# Why it matters: the readings of a standstill are zeros. Which of them are at most 0 leaves just
# those out, no machine stands still, and each reading is at least 0 is denied.
# Seen: of 0, 5, -1, 0 at most 0 only -1; is one of them 0: no; is each of 0, 1, 2 at least 0: no;
# of false, true none is false; as objects all four are right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet json-logic-qubit==0.9.1 six==1.17.0
"$folder/venv/bin/python" -W error - <<'PY'
from json_logic import jsonLogic

ITEM, FIELD = {"var": ""}, {"var": "v"}
READINGS = [0, 5, -1, 0]

def ask(operation: str, items: list, comparison: str, limit: object) -> tuple[object, object]:
    """The answer for items as they are, and for the same items as objects with one field."""
    bare = jsonLogic({operation: [{"var": "items"}, {comparison: [ITEM, limit]}]}, {"items": items})
    objects = {"items": [{"v": item} for item in items]}
    wrapped = jsonLogic({operation: [{"var": "items"}, {comparison: [FIELD, limit]}]}, objects)
    if operation == "filter":
        wrapped = [item["v"] for item in wrapped]
    return bare, wrapped

answers = {
    "at most 0": ask("filter", READINGS, "<=", 0),
    "one is 0": ask("some", READINGS, "==", 0),
    "none is 0": ask("none", READINGS, "==", 0),
    "each is at least 0": ask("all", [0, 1, 2], ">=", 0),
    "one is off": ask("some", [False, True], "===", False),
}
for name, answer in answers.items():
    print(name, *answer)
bare, wrapped = zip(*answers.values(), strict=True)
assert wrapped == ([0, -1, 0], True, False, True, True)
assert bare == ([-1], False, True, False, False), "CHANGED: an item of zero"
assert jsonLogic({"==": [FIELD, 0]}, {"v": 0}) is True
assert jsonLogic({"filter": [{"var": "items"}, {">": [ITEM, 1]}]}, {"items": [3, 1, 2]}) == [3, 2]
PY
echo "as described"
