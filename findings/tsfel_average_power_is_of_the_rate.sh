#!/usr/bin/env bash
# TSFEL 0.2.0, which computes features of signals for machine learning. It is told the sampling rate
# and has a feature called average power, which of a tone of amplitude 1 is 1/2 however it is
# sampled. TSFEL adds the squares of the samples up and divides by seconds: the number is the rate's
# multiple of the power, 500 at 1 kHz and 5,000 at 10 kHz. The root mean square, beside it in the
# same table, stays. No error and no warning. So resample to one rate before, or divide this feature
# by it.
# Why it matters: machines, sensors or years with another rate differ by that factor, which a model
# takes for their state; a new logger of twice the rate makes every bearing twice as powerful over
# night.
# Seen, the same tone for 10 s at 1, 2 and 10 kHz: 500, 1,000 and 5,000; root mean square 0.71 each.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    tsfel==0.2.0 numpy==2.4.6 scipy==1.17.1 "pandas<3.2"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
from math import isclose
import numpy as np
import tsfel

NAMES = ("Average power", "Root mean square")

def features(rate: int) -> dict[str, float]:
    """Of ten seconds of the same tone, through the same interface as a pipeline."""
    tone = np.sin(2 * np.pi * 50 * np.arange(10 * rate) / rate)
    wanted = {
        domain: {name: feature for name, feature in features.items() if name in NAMES}
        for domain, features in tsfel.get_features_by_domain().items()
    }
    table = tsfel.time_series_features_extractor(wanted, tone, fs=rate, verbose=0)
    return {name: float(table[f"0_{name}"].iloc[0]) for name in NAMES}

found = {rate: features(rate) for rate in (1_000, 2_000, 10_000)}
for rate, values in found.items():
    print(rate, values)
    assert isclose(values["Root mean square"], 0.5**0.5, rel_tol=1e-6)
    assert isclose(values["Average power"], rate / 2, rel_tol=1e-3), "CHANGED: power is a mean"
PY
echo "as described"
