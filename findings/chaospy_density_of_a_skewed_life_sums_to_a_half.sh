#!/usr/bin/env bash
# chaospy 4.3.21. Logistic has a skew, by default 1, which makes it a generalized logistic
# distribution. Its shares below a value (cdf), mean and samples are of that for any skew. Its
# density lacks the factor of the skew: with a skew of 2 each density is half of what it is, with 3
# a third, so that all together sum to a half or a third. With the default it is right, so a trial
# with that shows nothing. No error and no warning; an expectation by the density, as of costs over
# lives, is too low by the same factor. One would expect 1.
# Why it matters: of two skews that are compared by how likely the failures seen are, the greater
# one always loses by log(skew) for each failure.
# Seen: skew 1, 2, 3: sums 1.000, 0.500, 0.333; SciPy's genlogistic 1.000 each.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet chaospy==4.3.21 scipy==1.17.1 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error::UserWarning -W error::RuntimeWarning - <<'PY'
import chaospy
import numpy as np
from scipy import stats

days = np.linspace(-15, 25, 40_001)
for skew in (1, 2, 3):
    life, right = chaospy.Logistic(skew), stats.genlogistic(skew)
    total = np.trapezoid(life.pdf(days), days)
    by_scipy = np.trapezoid(right.pdf(days), days)
    print(f"skew {skew}: density sums to {total:.3f}, by SciPy {by_scipy:.3f}")
    assert np.allclose(life.cdf(days), right.cdf(days))
    assert np.isclose(float(chaospy.E(life)), right.mean(), atol=1e-3)
    assert abs(by_scipy - 1) < 1e-3
    assert np.isclose(total, 1 / skew, atol=1e-3), f"CHANGED: skew {skew}"
    assert np.allclose(life.pdf(days) * skew, right.pdf(days))
PY
echo "as described"
