#!/usr/bin/env bash
# asammdf 8.8.28, a reader of MDF4, the file of measurement devices on machines. to_dataframe puts
# channels with times of their own on one time axis. One would think that a row before a channel's
# first sample or after its last has no value of that channel. It has: the first value is written
# backwards and the last one forwards, to the ends of the longest channel, and resample does so
# too. So a sensor that fell silent at 2 s reads the same until the end of the file, as if it were
# stuck, and a mean over the end is made of it. interpolate_outwards_with_nan=True leaves these
# empty; values between two samples are interpolated all the same, however far apart they are.
# Seen: 2 s of oil temperature (80, 81, 82), then vibration at 10 to 14 s: 82 in each row to 14 s.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet asammdf==8.8.28 "pandas<3"
cd "$folder"
venv/bin/python -W ignore - <<'PY'
import numpy as np
from asammdf import MDF, Signal

written = MDF(version="4.10")
written.append([Signal(np.array([80.0, 81, 82]), np.array([0.0, 1, 2]), name="oil_celsius")])
written.append([Signal(np.array([1.0, 2, 3, 4, 5]), np.arange(10.0, 15), name="vibration")])
written.save("run.mf4", overwrite=True)

with MDF("run.mf4") as run:
    asis = run.to_dataframe()
    bounded = run.to_dataframe(interpolate_outwards_with_nan=True)
    resampled = run.resample(1.0).get("oil_celsius")
print(asis)
assert asis["oil_celsius"].tolist() == [80, 81] + [82] * 6, "CHANGED: it ends with its samples"
assert asis["vibration"].tolist() == [1, 1, 1, 1, 2, 3, 4, 5]
assert resampled.timestamps[-1] == 14 and resampled.samples[-1] == 82
assert bounded["oil_celsius"].isna().tolist() == [False] * 3 + [True] * 5
PY
echo "as described"
