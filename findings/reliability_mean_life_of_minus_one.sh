#!/usr/bin/env bash
# reliability 0.9.0, a library for reliability engineers. Each of its distributions has
# mean_residual_life(t), the life that is left on average to what has lived until t. At t = 0 that is
# the mean, which stands beside it as .mean. Where lives are counted in hours and last, the two
# differ: of a Weibull life of 100,000 hours it is -1, and so it is of a normal one of 20,000. It
# is an integral to infinity by a general method, which samples the curve at a few points, finds
# nothing but zeros where it is not near t, and reports success. It is right for short lives and for
# some long ones: with a shape of 3, 10,000 and 20,000 hours are right and 50,000 are not, while with
# 1.5 a million is right and 300,000 is not. In years or thousands of hours it is right throughout.
# Seen: Weibull(100000, 3) -1.00 for 89298, Normal(20000, 2000) -1.00 for 20000; in thousands of hours
# 89.30 and 20.00.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    reliability==0.9.0 scipy==1.17.1 numpy==2.4.6 "pandas<3"
MPLBACKEND=agg OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
from math import isclose
from reliability.Distributions import Normal_Distribution, Weibull_Distribution

for name, hours, thousands in (
    (
        "Weibull(100000, 3)",
        Weibull_Distribution(alpha=100_000, beta=3),
        Weibull_Distribution(alpha=100, beta=3),
    ),
    (
        "Normal(20000, 2000)",
        Normal_Distribution(mu=20_000, sigma=2_000),
        Normal_Distribution(mu=20, sigma=2),
    ),
):
    left, left_in_thousands = hours.mean_residual_life(0), thousands.mean_residual_life(0)
    print(f"{name}: left {left:.2f}, mean {hours.mean:.2f}; in thousands {left_in_thousands:.2f}")
    assert isclose(left, -1, abs_tol=0.001), "CHANGED: a long life is no longer -1"
    assert isclose(left_in_thousands * 1000, hours.mean, rel_tol=1e-4)

def is_right(alpha: float, beta: float) -> bool:
    life = Weibull_Distribution(alpha=alpha, beta=beta)
    return isclose(life.mean_residual_life(0), life.mean, rel_tol=1e-4)

lives = (10_000, 20_000, 50_000, 100_000, 300_000, 1_000_000)
right = {beta: [alpha for alpha in lives if is_right(alpha, beta)] for beta in (1.5, 3)}
print("right:", right)
assert right == {1.5: [10_000, 20_000, 50_000, 1_000_000], 3: [10_000, 20_000]}
PY
echo "as described"
