#!/usr/bin/env bash
# cesium 0.12.4 makes features of time series for machine learning, at even or uneven times.
# freq1_freq is the strongest frequency of a fitted periodogram, by a number of features the base of
# others. Where readings are evenly spaced, a frequency and its mirrors beyond half of the sampling
# rate fit alike; one would think that it is sought up to that half, and where there are more
# readings a second, up to more. It is sought up to 33 in the unit that the times happen to be in,
# whatever the sampling is: with fewer than 66 readings a unit of time a mirror is told, which one is
# chance; with more, what is faster than 33 is not found, and what is told is far off. No error and
# no warning. period_fast, beside it, is right.
# Seen: a reading a second, 0.08 Hz is told as 24.92, and 0.31 as 32.31; ten readings a second, 2 Hz
# as 22; a thousand, 120 Hz as 0.50. With uneven times 0.8 Hz is 0.80.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    cesium==0.12.4 pandas==2.3.3 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from cesium import featurize

NAMES = ["freq1_freq", "period_fast"]

def told(times: np.ndarray, frequency: float) -> tuple[float, float]:
    """The frequency of a pure tone by freq1_freq, and by period_fast."""
    tone = np.sin(2 * np.pi * frequency * times)
    row = featurize.featurize_time_series(times, tone, errors=None, features_to_use=NAMES).iloc[0]
    return row["freq1_freq"].item(), 1 / row["period_fast"].item()

for spacing, count, frequency in ((1.0, 300, 0.08), (1.0, 300, 0.31), (0.1, 200, 2.0)):
    seen, peer = told(np.arange(count) * spacing, frequency)
    print(f"{1 / spacing:g} a second, {frequency} Hz: {seen:.2f}, by period_fast {peer:.2f}")
    assert abs(peer / frequency - 1) < 0.01
    assert seen > 0.5 / spacing, "CHANGED: beyond half of the sampling rate"
fast, _ = told(np.arange(2000) * 0.001, 120.0)
uneven, _ = told(np.sort(np.random.default_rng(0).uniform(0, 50, 300)), 0.8)
print(f"1000 a second, 120 Hz: {fast:.2f}; uneven, 0.8 Hz: {uneven:.2f}")
assert abs(uneven - 0.8) < 0.01
assert fast < 33.5, "CHANGED: faster than 33"
PY
echo "as described"
