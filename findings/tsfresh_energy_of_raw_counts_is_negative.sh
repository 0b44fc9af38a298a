#!/usr/bin/env bash
# tsfresh 0.21.2 and tsfel 0.2.0, which make features of signals. Raw vibration comes as whole
# counts of 16 bits, from a WAV file, TDMS or a data logger. Both take such a column as it is and
# compute in 16 bits, where the square of 200 is no longer 40,000: it starts again from below. What
# is made of squares or products of readings is noise then, and what is made of means and deviations
# is right, in the same table. No error, no warning: the energy of a shaking machine is negative,
# and its root mean square is a hundredth of its standard deviation. One would expect features of a
# reading not to depend on the type it is kept in; astype(float) beforehand is right.
# Seen, a swing of 3,000 counts, 2,000 readings: energy by tsfresh -9,529 for 9,059,687,111, root
# mean square 24 for 2,128, by tsfel 24 for 2,128; the standard deviation 2,128 each time.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet tsfresh==0.21.2 tsfel==0.2.0 "pandas<3"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
import pandas as pd
import tsfel
from tsfresh import extract_features

at = np.arange(2000)
noise = np.random.default_rng(0).normal(0, 100, 2000)
counts = (3000 * np.sin(2 * np.pi * 50 * at / 2000) + noise).round()
names = {"abs_energy": None, "root_mean_square": None, "standard_deviation": None}

def by_tsfresh(signal: np.ndarray) -> list[float]:
    table = pd.DataFrame({"machine": 1, "at": at, "g": signal})
    features = extract_features(
        table, column_id="machine", column_sort="at", default_fc_parameters=names,
        disable_progressbar=True, n_jobs=0,
    )
    return [round(float(features[f"g__{name}"].iloc[0])) for name in names]

def by_tsfel(signal: np.ndarray) -> list[float]:
    return [round(float(tsfel.rms(signal))), round(float(tsfel.calc_std(signal)))]

seen = {kind: (by_tsfresh(counts.astype(kind)), by_tsfel(counts.astype(kind)))
        for kind in ("int16", "float64")}
for kind, (tsfresh, in_tsfel) in seen.items():
    print(kind, "tsfresh: energy, rms, deviation", tsfresh, "tsfel: rms, deviation", in_tsfel)
(energy, rms, deviation), (rms_of_tsfel, deviation_of_tsfel) = seen["int16"]
assert energy < 0, "CHANGED: tsfresh's energy"
assert rms < deviation / 50, "CHANGED: tsfresh's root mean square"
assert rms_of_tsfel < deviation_of_tsfel / 50, "CHANGED: tsfel's root mean square"
assert seen["float64"] == ([9_059_687_111, 2128, 2128], [2128, 2128])
assert deviation == deviation_of_tsfel == 2128
PY
echo "as described"
