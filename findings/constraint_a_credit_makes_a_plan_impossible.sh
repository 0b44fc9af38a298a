#!/usr/bin/env bash
# python-constraint 1.4.0 (the one that pip installs by that name; python-constraint2 is another)
# finds every assignment that fulfils the constraints. ExactSumConstraint and MaxSumConstraint look
# ahead: as soon as a part of the sum is above the limit they give the branch up, as if what is to
# come could only add. Where a value or a multiplier is below zero it takes away, and then solutions
# are dropped: some, or all, and getSolution returns None, which says that there is none. It depends
# on the order as well. The description does not say that values must not be negative. No error, no
# warning. MinSumConstraint, and the same sum as a function, find all.
# Why it matters: hours given back, a discount, the difference of two loads. "There is no such plan"
# is believed.
# Seen: of nine assignments with a sum of at most 0 two; the one with a sum of 1 is not found; a - b
# + 2c of at most 3 twelve of seventeen.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet python-constraint==1.4.0
"$folder/venv/bin/python" -W error - <<'PY'
from collections.abc import Callable
from constraint import ExactSumConstraint, MaxSumConstraint, Problem

CREDITS = {"a": [-3, 1, 4], "b": [-3, 1, 5], "c": [-2, 0]}
HOURS = {"a": [1, 2, 3], "b": [1, 2, 3], "c": [0, 1]}

def count(values: dict[str, list[int]], constraint: object) -> int:
    problem = Problem()
    for name, domain in values.items():
        problem.addVariable(name, domain)
    problem.addConstraint(constraint, list(values))
    return len(problem.getSolutions())

def compare(values: dict, constraint: object, same: Callable[..., bool]) -> tuple[int, int]:
    """Solutions by the constraint and by the same as a function."""
    return count(values, constraint), count(values, same)

most = compare(CREDITS, MaxSumConstraint(0), lambda a, b, c: a + b + c <= 0)
exact = compare(CREDITS, ExactSumConstraint(1), lambda a, b, c: a + b + c == 1)
weighed = compare(HOURS, MaxSumConstraint(3, [1, -1, 2]), lambda a, b, c: a - b + 2 * c <= 3)
plain = compare(HOURS, MaxSumConstraint(4), lambda a, b, c: a + b + c <= 4)
print("at most 0:", most, "exactly 1:", exact, "a - b + 2c:", weighed, "no minus:", plain)
assert plain[0] == plain[1]
assert most == (2, 9), "CHANGED: at most, with credits"
assert exact == (0, 1), "CHANGED: exactly, with credits"
assert weighed == (12, 17), "CHANGED: at most, with a negative multiplier"
PY
echo "as described"
