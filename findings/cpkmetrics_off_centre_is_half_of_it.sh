#!/usr/bin/env bash
# cpkmetrics 0.1.0, process capability. Process accuracy says how far the mean is from the middle of
# the tolerance, as a share of the way to the limit: 0 in the middle, 1 on the limit, where half of
# the parts are scrap. The grades belong to that: A below an eighth, B below a quarter, C below a
# half, D beyond. cpkmetrics divides by the whole tolerance, not by half of it, and keeps the
# grades: a mean on the limit is 0.5, each grade reaches twice as far, and D is given only from
# there on. No error and no warning. cpk of the same object, from the same limits, is right: cp
# times 1 less the accuracy.
# Why it matters: the grade is what is read; a machine that is to be set anew by the rule is left as
# it is.
# Seen for limits 5 and 15: mean 11.2 0.12 and A, where 0.24 is B; 12.5 0.25 and C, where 0.5 is D;
# 14 0.4 and C; 15 0.5 and D.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet cpkmetrics==0.1.0
"$folder/venv/bin/python" -W error - <<'PY'
from cpkmetrics.process_capability import ProcessCapability

seen = {}
for mean in (10.0, 11.2, 12.5, 14.0, 15.0):
    told = ProcessCapability(mean, 1.0, usl=15.0, lsl=5.0, print_results=False).metrics
    cp, cpk = told["Process Capability"], told["Process Capability Index"]
    accuracy, grade = told["Process Accuracy"], told["Process Accuracy Rating"][-1]
    seen[mean] = (round(accuracy, 3), grade)
    right = abs(mean - 10) / 5
    print(f"mean {mean}: accuracy {accuracy:.2f} grade {grade}, right {right:.2f}, cpk {cpk:.2f}")
    assert abs(cpk - cp * (1 - right)) < 1e-9
assert seen[10.0] == (0, "A")
assert seen[11.2] == (0.12, "A") and seen[12.5] == (0.25, "C"), "CHANGED: off centre"
assert seen[14.0] == (0.4, "C") and seen[15.0] == (0.5, "D"), "CHANGED: on the limit"
PY
echo "as described"
