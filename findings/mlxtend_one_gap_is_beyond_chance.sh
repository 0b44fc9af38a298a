#!/usr/bin/env bash
# mlxtend 0.25.0. permutation_test tells by how many of all ways to part the readings of two groups
# anew the groups would differ as much as they do: with method="exact" a p-value of at least one by
# the number of ways, as the parting that came is one of them. A missing reading (NaN) makes the
# means and their difference NaN, so one would expect an error, NaN for an answer, or the reading
# left out. Each difference is asked whether it is greater than NaN, none is, and none of all the
# ways is 0: the p-value is 0.0, less than any test can give, whichever of the three questions is
# asked. By method="approximate" it is the least there is, 1 by the number of rounds and one. No
# error and no warning: whoever compares pumps before and after a service finds each service with a
# gap to work.
# Seen, bearings of 1.0 to 5.0 mm/s and of nearly the same: p 0.73; with one reading missing 0.0, and
# 0.0 as well for greater and for less; 0.0099 by 100 rounds.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet mlxtend==0.25.0 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" -W error::RuntimeWarning - <<'PY'
from math import comb, nan
from mlxtend.evaluate import permutation_test

BEFORE, AFTER = [1.0, 2.0, 3.0, 4.0, 5.0], [1.1, 2.1, 2.9, 4.2]
QUESTIONS = ("x_mean != y_mean", "x_mean > y_mean", "x_mean < y_mean")

for question in QUESTIONS:
    def p_value(after: list[float], method: str) -> float:
        return permutation_test(
            BEFORE, after, func=question, method=method, num_rounds=100, seed=0
        )

    whole = p_value(AFTER, "exact")
    exact, drawn = p_value([*AFTER, nan], "exact"), p_value([*AFTER, nan], "approximate")
    print(question, "whole", whole, "one missing", exact, "by 100 rounds", drawn)
    assert 1 / comb(9, 4) <= whole and whole > 0.3
    assert exact == 0.0, "CHANGED: exact"
    assert drawn == 1 / 101, "CHANGED: approximate"
PY
echo "as described"
