#!/usr/bin/env bash
# chaospy 4.3.21, for how uncertain inputs make results uncertain. Burr is the Burr distribution of
# type XII, says its description, as of lives and repairs with a long tail. Its shares below a
# value (cdf) and samples are of that. Its density and its mean, variance and all other moments are
# of type III, with the same numbers: another distribution. No error, no warning. So the mean is
# not that of the samples, and the density is not that of the shares: it sums to far more than 1,
# and the example in the description has a density of 93 where it is 1.3. One would expect one
# distribution.
# Why it matters: a mean life of three times the true one, and a likelihood of failures that is
# greatest for the parts that fail at once.
# Seen, shapes 3 and 3, 10 days: E 18.8, of samples 6.7, by SciPy 6.7; Std 13.6, of samples 2.9;
# density at the median 2.15, by SciPy 0.14; share below the median 0.5.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet chaospy==4.3.21 scipy==1.17.1 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error::UserWarning -W error::RuntimeWarning - <<'PY'
import chaospy
import numpy as np
from scipy import stats

life, right = chaospy.Burr(3, 3, 10), stats.burr12(3, 3, scale=10)
samples = life.inv(np.random.default_rng(0).random(100_000))
middle = np.array([right.median()])
mean, deviation = float(chaospy.E(life)), float(chaospy.Std(life))
density = life.pdf(middle)[0]
print(f"mean {mean:.2f}, of samples {samples.mean():.2f}, by SciPy {right.mean():.2f}")
print(f"deviation {deviation:.2f}, of samples {samples.std():.2f}, by SciPy {right.std():.2f}")
print(f"density at the median {density:.3f}, by SciPy {right.pdf(middle)[0]:.3f}")
assert np.isclose(life.cdf(middle)[0], 0.5)
assert abs(samples.mean() / right.mean() - 1) < 0.02
assert abs(samples.std() / right.std() - 1) < 0.05
third = stats.burr(3, 3, scale=10)
assert mean > 2.5 * right.mean() and np.isclose(mean, third.mean()), "CHANGED: the mean"
assert np.isclose(deviation, third.std()), "CHANGED: the deviation"
assert density > 10 * right.pdf(middle)[0], "CHANGED: the density"
PY
echo "as described"
