#!/usr/bin/env bash
# statsmodels 0.15.0. confint_poisson gives the interval in which a rate lies, as of failures by
# hours run; of its methods midp-c is an exact one that is less wide. Where no failure came, the
# rate may be zero, so the interval starts at zero. By midp-c it starts where it ends: for 0
# failures in 1,000 hours the lower end is the upper end, 3.0 in 1,000 hours, so that a machine
# without a failure has a rate that is known to six digits, and surely not zero. "sqrt" does the
# same with 0.96. One failure is right. No error and no warning; the other methods that are built
# on chances (exact-c, score) have zero there. One would expect zero.
# Why it matters: whether a new part is surely better than the old one is told by whether intervals
# overlap, and parts that never failed have the narrowest of all, above that of many.
# Seen, in 1,000 hours: 0 failures by midp-c 2.9957 to 2.9957, by sqrt 0.9604 to 0.9604, by exact-c
# 0 to 3.6889; 1 failure by midp-c 0.0500 to 4.9319; 1,500 in a million hours 1.4255 to 1.5774.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    statsmodels==0.15.0 scipy==1.17.1 numpy==2.4.6 pandas==2.3.3
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error::UserWarning -W error::RuntimeWarning - <<'PY'
from math import isclose
from statsmodels.stats.rates import confint_poisson

def ends(failures: int, hours: float, method: str) -> tuple[float, float]:
    low, high = confint_poisson(failures, hours / 1000, method=method)
    print(f"{failures} in {hours:.0f} h by {method}: {low:.4f} to {high:.4f}")
    return float(low), float(high)

middle = ends(0, 1000, "midp-c")
root = ends(0, 1000, "sqrt")
exact = ends(0, 1000, "exact-c")
score = ends(0, 1000, "score")
one = ends(1, 1000, "midp-c")
many = ends(1500, 1_000_000, "midp-c")
assert exact[0] == score[0] == 0 and exact[1] > 3
assert one[0] < 0.1 and one[1] > 4
assert isclose(middle[0], middle[1], rel_tol=1e-5) and middle[0] > 2.9, "CHANGED: midp-c"
assert root[0] == root[1] > 0.9, "CHANGED: sqrt"
assert middle[0] > many[1]
PY
echo "as described"
