#!/usr/bin/env bash
# NelsonCheck (nelsoncheck) 0.4, Nelson's eight rules for control charts. Rule 3 says of itself
# that six or more points in a row continually increase or decrease. A point counts as rising if it
# is above the one before, and as falling if not: where it is the same, or where it or the one
# before is missing (NaN). So six equal readings are a trend, and six missing ones. What rises
# needs seven points, as six points have five steps. Rule 2, nine in a row on one side of the mean,
# goes the same way: what is missing is below it, so nine missing readings break it. No warning.
# Rule 1 is not fooled.
# Why it matters: a temperature in whole degrees that is steady raises the alarm of a trend, and so
# does a sensor that is silent, while six rising points in a row are none.
# Seen: six equal points are a trend, six falling ones (at the start), six rising ones none, seven
# rising ones one; nine missing readings break rules 2 and 3.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet nelsoncheck==0.4 plotly==6.3.0 "pandas>=3,<4"
"$folder/venv/bin/python" -W error - <<'PY'
from math import nan
from NelsonCheck.NelsonCheck import NelsonCheck, NelsonRule

CALM = [0.0, 1.0, -1.0, 0.0, 1.0, -1.0]

def broken(points: list[float]) -> list[int]:
    """The rules that the points break, about a mean of 0 with a deviation of 10."""
    check = NelsonCheck(points, CL=0, LCL=-30, UCL=30, exclude_rules=[4, 5, 6, 7, 8])
    return [violation.rule.num for violation in check.violations]

assert NelsonRule(3).desc.startswith("Six or more points in a row")
rising = [-5.0, -3.0, -1.0, 1.0, 3.0, 5.0]
found = {
    "calm": broken(CALM * 2),
    "six equal": broken(CALM + [-2.0] * 6 + CALM),
    "six rising": broken(CALM[::-1] + rising + CALM),
    "seven rising": broken(CALM[::-1] + rising + [7.0] + CALM),
    "six falling": broken(rising[::-1] + CALM),
    "nine missing": broken(CALM + [nan] * 9 + CALM),
}
for name, rules in found.items():
    print(f"{name}: rules {rules}")
assert found == {
    "calm": [], "six equal": [3], "six rising": [], "seven rising": [3], "six falling": [3],
    "nine missing": [2, 3],
}, "CHANGED: which points break a rule"
PY
echo "as described"
