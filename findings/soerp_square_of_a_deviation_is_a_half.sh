#!/usr/bin/env bash
# soerp 1.0.1 carries the first eight moments of uncertain inputs through a formula, to the second
# order. x**2 and x*x are the same formula, and of a number with mean 10 and deviation 1 both have
# the mean 101. Where the mean is exactly 0, as that of a deviation from a setpoint, an imbalance or
# an error of a gauge is, x**2 has half the mean and a quarter of the variance; x*x is right.
# Nothing says that the power is treated otherwise. No error, no warning. Already with a mean of a
# millionth it is right. One would expect the same of both, as the square is what a second order is
# for.
# Why it matters: mean square vibration and losses that go with the square of a deviation are
# halved.
# Seen for mean 0, deviation 1: x**2 mean 0.5, variance 0.5; x*x mean 1, variance 2; mean 0.000001,
# x**2 mean 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet soerp==1.0.1 numpy==2.4.6 scipy==1.17.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PY'
import numpy as np
import soerp

def moments(uncertain: object) -> tuple[float, float]:
    return float(uncertain.mean), float(uncertain.var)

error, near, level = soerp.N(0, 1), soerp.N(1e-6, 1), soerp.N(10, 1)
power, product = moments(error**2), moments(error * error)
print("mean 0: x**2", power, "x*x", product, "; mean 0.000001: x**2", moments(near**2))
assert np.allclose(product, (1, 2)) and np.allclose(moments(near**2), (1, 2), atol=1e-4)
assert np.allclose(moments(level**2), moments(level * level))
assert np.allclose(power, (0.5, 0.5)), "CHANGED: the square of a deviation"
PY
echo "as described"
