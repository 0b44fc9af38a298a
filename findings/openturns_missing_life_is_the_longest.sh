#!/usr/bin/env bash
# openturns 1.27.post1, uncertainty and reliability of industrial systems. A sample may have
# readings that are missing (NaN); the fit of a distribution refuses them ("cannot build a
# WeibullMin distribution if data contains NaN or Inf"), and mean and linear correlation are NaN.
# Whatever sorts or ranks does neither: a missing life is taken for a longer one than all others. A
# test of Kolmogorov against the true distribution rejects it, two samples of the same lives differ
# for certain, Spearman's and Kendall's correlation fall by more than a third, and the life that a
# tenth do not reach is a quarter too long; upper quantiles are NaN. And of AndersonDarlingNormal
# the statistic is NaN and the p-value 1: lives that are not normal at all are accepted as normal.
# No error and no warning. Without the missing rows all are right.
# Seen, 200 lives of Weibull(100, 2), 40 missing, with them and without: Kolmogorov p 0.00 and 0.07;
# two samples 0.00 and 0.75; Spearman 0.56 and 0.90, Kendall 0.46 and 0.73; tenth 41.7 and 33.3;
# share up to 100 h 0.48 and 0.60; normal p 1.00 and 0.02.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet openturns==1.27.post1 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import numpy as np
import openturns as ot

MISSING, LIVES = 40, 200
draw = np.random.default_rng(0)
lives = draw.weibull(2, LIVES) * 100
others = ot.Sample((draw.weibull(2, LIVES) * 100)[:, None])
loads = lives + draw.normal(0, 20, LIVES)
gaps = lives.copy()
gaps[:MISSING] = np.nan

def told(values: np.ndarray, of_load: np.ndarray) -> dict[str, float]:
    sample, pairs = ot.Sample(values[:, None]), ot.Sample(np.c_[values, of_load])
    tests = {
        "Weibull": ot.FittingTest.Kolmogorov(sample, ot.WeibullMin(100, 2)),
        "two samples": ot.HypothesisTest.TwoSamplesKolmogorov(sample, others),
        "normal": ot.NormalityTest.AndersonDarlingNormal(sample),
    }
    return {name: test.getPValue() for name, test in tests.items()} | {
        "spearman": pairs.computeSpearmanCorrelation()[0, 1],
        "kendall": pairs.computeKendallTau()[0, 1],
        "tenth": sample.computeQuantile(0.1)[0],
        "up to 100 h": sample.computeEmpiricalCDF([100.0]),
    }

known = told(lives[MISSING:], loads[MISSING:])
missing = told(gaps, loads)
for name in known:
    print(f"{name}: without {known[name]:.2f}, with {missing[name]:.2f}")
assert known["Weibull"] > 0.05 and known["two samples"] > 0.5 and known["normal"] < 0.05
assert missing["Weibull"] < 1e-6 and missing["two samples"] < 1e-6, "CHANGED: Kolmogorov"
assert missing["normal"] == 1, "CHANGED: a test for a normal distribution"
for name in ("spearman", "kendall"):
    assert missing[name] < 0.66 * known[name], f"CHANGED: {name}"
assert missing["tenth"] > 1.2 * known["tenth"], "CHANGED: a quantile"
assert np.isclose(missing["up to 100 h"], 0.8 * known["up to 100 h"]), "CHANGED: the share"
sample = ot.Sample(gaps[:, None])
assert np.isnan(sample.computeMean()[0]) and np.isnan(sample.computeQuantile(0.9)[0])
try:
    ot.WeibullMinFactory().build(sample)
    raise AssertionError("CHANGED: a fit takes missing values")
except TypeError as error:
    assert "contains NaN" in str(error)
PY
echo "as described"
