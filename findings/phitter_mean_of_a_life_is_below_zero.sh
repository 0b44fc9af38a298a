#!/usr/bin/env bash
# phitter 1.0.4 fits distributions and tells mean, variance and deviation of each. Times of repair
# have long tails, for which the log-logistic and Pareto are fitted, and where the tail is long
# enough there is no mean, or no variance: it is infinite, and scipy, with which phitter agrees
# otherwise, says inf or nan. phitter puts the parameters into the formula all the same, which holds
# only for shorter tails. The mean of what is never below 0 is below 0, the variance is negative and
# the deviation nan; just at the limit it is 641,326,269,700,188,800. No error and no warning.
# Why it matters: the mean time to repair goes from here into an availability, which is then above
# 1.
# Seen, log-logistic with scale 5, shape 0.8: mean -27.8; shape 1.8: variance -334, deviation nan;
# shape 2: variance 6.4e17; Pareto from 10 on, shape 0.8: mean -40; shape 1.5: mean 30, variance
# -1200; shapes of 3 agree with scipy.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    phitter==1.0.4 scipy==1.15.3 numpy==1.26.4 pandas==2.3.3
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from phitter.continuous import LogLogistic, ParetoFirstKind
from scipy.stats import fisk, pareto

def repair(shape: float) -> LogLogistic:
    return LogLogistic({"alpha": 5.0, "beta": shape})

def stop(shape: float) -> ParetoFirstKind:
    return ParetoFirstKind({"alpha": shape, "xm": 10.0, "loc": 0.0})

for told, true in ((repair(3.0), fisk(3.0, scale=5)), (stop(3.0), pareto(3.0, scale=10))):
    assert np.isclose(told.mean, true.mean()) and np.isclose(told.variance, true.var())

long, longer = repair(1.8), repair(0.8)
print(f"log-logistic: shape 0.8 mean {longer.mean:.1f}; shape 1.8 variance {long.variance:.0f}, "
      f"deviation {long.standard_deviation}; shape 2 variance {repair(2.0).variance:.1e}")
assert longer.ppf(1e-6) > 0
assert longer.mean < 0, "CHANGED: a mean that there is not"
assert long.variance < 0 and np.isnan(long.standard_deviation), "CHANGED: the variance"
assert repair(2.0).variance > 1e15
assert not np.isfinite(fisk(1.8, scale=5).var())

print(f"Pareto: shape 0.8 mean {stop(0.8).mean:.0f}, shape 1.5 mean {stop(1.5).mean:.0f}, "
      f"variance {stop(1.5).variance:.0f}")
assert stop(0.8).mean < 0, "CHANGED: Pareto's mean"
assert stop(1.5).mean > 0 > stop(1.5).variance, "CHANGED: Pareto's variance"
assert np.isinf(pareto(0.8, scale=10).mean()) and np.isinf(pareto(1.5, scale=10).var())
PY
echo "as described"
