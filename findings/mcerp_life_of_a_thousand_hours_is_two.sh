#!/usr/bin/env bash
# mcerp 1.1.1, uncertain inputs by sampling. Weib(lamda, k) is a Weibull variate with a scale and a
# shape, so says its description. It is SciPy's exponentiated Weibull, with the scale in the place
# of the power and a scale of 1: whatever the unit, the life is a few. A scale of 1000 hours and a
# shape of 3 gives a mean of 1.95. LogN(mu, sigma), a repair time with a long tail, has mu in the
# place of the median: its mean at mu 5 and sigma 0.2 is 5.1, not 151. Both go on being computed
# with, without error or warning. soerp 1.0.1, by the same author and with the same names and
# arguments, has both right. One would expect SciPy's weibull_min and lognorm.
# Why it matters: mean life and availability of a machine; the more a part lasts, the less it does.
# Seen, means by mcerp, SciPy and soerp: Weib(1000, 3) 1.95, 893, 893; Weib(1000, 1.5) 3.8, 903,
# 903; LogN(5, 0.2) 5.1, 151.4, 151.4.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet mcerp==1.1.1 soerp==1.0.1 numpy==2.4.6 \
    scipy==1.17.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PY'
import math
import mcerp
import numpy as np
import soerp
from scipy import stats

rows = {
    "Weib(1000, 3)": ("Weib", (1000, 3), stats.weibull_min(3, scale=1000)),
    "Weib(1000, 1.5)": ("Weib", (1000, 1.5), stats.weibull_min(1.5, scale=1000)),
    "LogN(5, 0.2)": ("LogN", (5, 0.2), stats.lognorm(0.2, scale=math.exp(5))),
    "Exp(0.001)": ("Exp", (0.001,), stats.expon(scale=1000)),
}
seen = {}
for text, (name, arguments, right) in rows.items():
    sampled, moments = (float(getattr(lib, name)(*arguments).mean) for lib in (mcerp, soerp))
    seen[text] = sampled
    print(f"{text}: mcerp {sampled:.2f}, SciPy {right.mean():.2f}, soerp {moments:.2f}")
    assert np.isclose(moments, right.mean(), rtol=1e-3)
assert np.isclose(seen["Exp(0.001)"], 1000, rtol=0.01)
for text, shape in (("Weib(1000, 3)", 3), ("Weib(1000, 1.5)", 1.5)):
    other = stats.exponweib(1000, shape).mean()
    assert np.isclose(seen[text], other, rtol=0.01), f"CHANGED: {text}"
    assert seen[text] < 5
assert np.isclose(seen["LogN(5, 0.2)"], 5 * math.exp(0.02), rtol=0.01), "CHANGED: LogN"
PY
echo "as described"
