#!/usr/bin/env bash
# weibull 0.1.3, Weibull analysis of lives. Analysis takes the lives, and by their side which of
# them are suspended: still running. Left away, a life that is missing is suspended at the longest
# one, so says its code, and so it is with None, in Python's sense of false. A missing number in
# NumPy and pandas is NaN, and that is true: it counts as a failure at the longest life. A life of
# 0, dead on arrival, is false, and counts as suspended. No error and no warning of it. One would
# expect None, NaN and nothing else to mean the same.
# Why it matters: a column of a data frame has NaN where it had None. Then every machine that runs
# has failed at the end of the observation, all at once, and the wear is thought to be half as steep
# again and the life shorter.
# Seen, lives 10 to 40 and two that run: with None 4 failures, shape 2.1, scale 39; with NaN 6
# failures, shape 3.0, scale 34. Life of 0: suspended.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet weibull==0.1.3 numpy==2.4.6 pandas==2.3.3 \
    scipy==1.17.1 matplotlib==3.11.2
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import logging
import numpy as np

logging.disable(logging.WARNING)
import weibull

LIVES = [10.0, 20.0, 30.0, 40.0]

def fit(lives: list[float | None]) -> tuple[int, int, float, float]:
    """Failures, suspensions, shape and scale."""
    analysis = weibull.Analysis(lives)
    analysis.fit("mle")
    return analysis.failures, analysis.suspensions, analysis.beta, analysis.eta

runs, gaps, plain = fit([*LIVES, None, None]), fit([*LIVES, np.nan, np.nan]), fit(LIVES)
print("with None", runs, "with NaN", gaps, "without", plain)
assert plain[:2] == (4, 0) and runs[:2] == (4, 2)
assert gaps[:2] == (6, 0), "CHANGED: NaN"
assert gaps[2] > 1.4 * runs[2] and gaps[3] < runs[3]
dead = weibull.Analysis([0.0, *LIVES])
assert (dead.failures, dead.suspensions) == (4, 1), "CHANGED: a life of 0"
PY
echo "as described"
