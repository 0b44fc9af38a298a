#!/usr/bin/env bash
# statsmodels 0.15.0. Of a proportional hazards model (PHReg) get_distribution gives each machine's
# distribution of life, with mean, var and std, and samples (rvs). mean is right, and so are the
# samples. The variance is taken about the wrong point: what is squared is not the time less the
# mean but the time less that difference, which is the mean. So var is the mean squared and std the
# mean, to the last digit, whatever the lives are. For lives that fail at random, exponential ones,
# that is what it should be, so a trial with these shows nothing. No error and no warning.
# Why it matters: parts that wear out within a few weeks of each other look as if they failed at
# random, and a replacement before that looks as if it were for nothing.
# Seen, 500 lives of 100 days, deviation 5: mean 99.7, std 99.7, of samples 4.7; Weibull of shape 3
# and 10 days: mean 8.9, std 8.9, of samples 3.4.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    statsmodels==0.15.0 scipy==1.17.1 numpy==2.4.6 pandas==2.3.3
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error::UserWarning -W error::RuntimeWarning - <<'PY'
import numpy as np
from statsmodels.duration.hazard_regression import PHReg

draw = np.random.default_rng(0)
load = draw.normal(size=(500, 1))

def check(name: str, days: np.ndarray) -> None:
    lives = PHReg(days, load, status=np.ones(500)).fit().get_distribution()
    samples = np.array([lives.rvs(rng=np.random.default_rng(run)) for run in range(200)])
    mean, deviation = lives.mean()[0], lives.std()[0]
    print(f"{name}: mean {mean:.1f}, std {deviation:.1f}, of the lives {days.std():.1f}, "
          f"of samples {samples.std():.1f}")
    assert abs(mean / days.mean() - 1) < 0.1
    assert abs(samples.std() / days.std() - 1) < 0.15
    assert np.allclose(lives.std(), lives.mean()), "CHANGED: the deviation is not the mean"
    assert np.allclose(lives.var(), lives.mean() ** 2)

check("100 days", draw.normal(100, 5, 500))
check("shape 3", draw.weibull(3, 500) * 10)
PY
echo "as described"
