#!/usr/bin/env bash
# business-rules 1.1.1, rules that people put together in a form: if the leak is greater than 0, call
# the crew. Numbers are compared as decimals, so one would think that each digit counts. Two numbers
# are the same to it if they differ by less than a millionth, whatever their size and unit, and none
# of them is greater then: a leak in m3/s, a displacement in m, a current of insulation in A, a share
# in ppm, all that a unit makes small, is equal to its limit and to 0. "Greater than or equal" holds
# for what is below, "less than" does not. No error, no warning, no setting.
# Seen: 0.0000005 is equal to 0 and not greater, 0.0000102 is not above a limit of 0.0000096; in
# litres, a thousand times the number, both are.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet business-rules==1.1.1
"$folder/venv/bin/python" -W ignore - <<'PY'
from business_rules import run_all
from business_rules.actions import BaseActions, rule_action
from business_rules.variables import BaseVariables, numeric_rule_variable

class Pump(BaseVariables):
    def __init__(self, leak: float) -> None:
        self.value = leak

    @numeric_rule_variable
    def leak(self) -> float:
        return self.value

class Crew(BaseActions):
    def __init__(self) -> None:
        self.called = False

    @rule_action()
    def call(self) -> None:
        self.called = True

def called(leak: float, operator: str, limit: float) -> bool:
    condition = {"name": "leak", "operator": operator, "value": limit}
    rule = {"conditions": {"all": [condition]}, "actions": [{"name": "call", "params": {}}]}
    crew = Crew()
    run_all([rule], Pump(leak), crew)
    return crew.called

LITRES = 1000
CASES = ((5e-7, 0), (1.02e-5, 9.6e-6))
for leak, limit in CASES:
    seen = {name: called(leak, name, limit) for name in ("greater_than", "equal_to")}
    in_litres = called(leak * LITRES, "greater_than", limit * LITRES)
    print(f"{leak} m3/s against {limit}", seen, "in litres", in_litres)
    assert in_litres
    assert seen == {"greater_than": False, "equal_to": True}, "CHANGED: a small difference"
    assert called(limit, "greater_than_or_equal_to", leak) and not called(limit, "less_than", leak)
PY
echo "as described"
