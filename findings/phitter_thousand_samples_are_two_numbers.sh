#!/usr/bin/env bash
# phitter 1.0.4 fits distributions, and gives samples and quantiles of each for simulation. Of
# TStudent, deviations with more far ones than the normal has, ppf of one probability is right. Of
# several at once each gets the distance of the most extreme of them: the quartiles of a list that
# has a thousandth in it are the thousandth, and only the sign is their own. Samples are such a
# list, so 1,000 of them are two numbers, plus and minus the farthest, and their deviation grows
# with how many are drawn. TStudent3P, the same with a location and a scale, is right. And of
# GeneralizedNormal variance and deviation are reckoned of the location in place of the scale: 0 at
# a location of 0, 933 at 50, where the spread is the same. No error and no warning.
# Why it matters: a limit for deviations by simulation, or one at three deviations, is met by
# nothing or by all.
# Seen, 8 degrees of freedom: quantile of a quarter -0.71, in a list with a thousandth -4.50; 1,000
# samples are -6.32 and 6.32, with a deviation of 6.3 for 1.15; GeneralizedNormal of true variance
# 18: 0 at location 0, 933.2 at location 50.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    phitter==1.0.4 scipy==1.15.3 numpy==1.26.4 pandas==2.3.3
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from phitter.continuous import GeneralizedNormal, TStudent, TStudent3P
from scipy.stats import gennorm, t

DEGREES = 8.0
student = TStudent({"df": DEGREES})
alone = float(student.ppf(0.25))
listed = student.ppf(np.array([0.001, 0.25, 0.75]))
print(f"a quarter: {alone:.2f}, in a list {listed.round(2)}")
assert np.isclose(alone, t(DEGREES).ppf(0.25))
assert np.allclose(np.abs(listed), -t(DEGREES).ppf(0.001)), "CHANGED: quantiles of a list"

samples = student.sample(1000, seed=1)
print("samples", np.unique(samples.round(6)), "deviation", samples.std().round(2),
      "true", t(DEGREES).std().round(2))
assert len(np.unique(samples.round(6))) == 2, "CHANGED: samples"
scaled = TStudent3P({"df": DEGREES, "loc": 0.0, "scale": 1.0}).sample(1000, seed=1)
assert len(np.unique(scaled)) == 1000 and abs(scaled.std() - t(DEGREES).std()) < 0.1

for location in (0.0, 50.0):
    told = GeneralizedNormal({"beta": 1.0, "mu": location, "alpha": 3.0})
    true = gennorm(1.0, loc=location, scale=3.0)
    print(f"at {location:g}: variance {told.variance:.1f}, true {true.var():.1f}")
    assert np.isclose(told.mean, true.mean())
    assert np.isclose(told.cdf(location + 1), true.cdf(location + 1))
    assert np.isclose(told.variance, 933.2054 * (location / 50) ** 2), "CHANGED: variance"
PY
echo "as described"
