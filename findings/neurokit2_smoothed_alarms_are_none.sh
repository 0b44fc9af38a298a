#!/usr/bin/env bash
# NeuroKit2 0.3.0 processes signals of the body, and its signal_smooth, peaks and filters are used
# for those of machines as well. signal_smooth takes a list, an array or a column, and smooths with
# boxzen unless told otherwise, a moving mean with a second pass. One would think that a mean of
# whole numbers has decimals. The moving mean keeps the type of the column: of whole numbers each is
# cut to the whole number below, and boxzen then smooths what is left. A flag that is 1 half of the
# time is smoothed to 0 throughout, and counts of a converter lose up to one, in each sample and by
# one half on average. The answer of boxzen has decimals, so one does not see it. The other kernels,
# hann or triang, are right, and the same numbers as floats are with all. No error and no warning.
# Why it matters: the share of time in alarm, the rate of stops and a slow rise of some counts are
# what one smooths whole numbers for.
# Seen, 1 and 0 in turn, windows of 10: as floats 0.5 in the middle, as whole numbers 0 by boxzen
# and boxcar and 0.5 by hann; 0 to 3 counts, mean 1.5, 1.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    neurokit2==0.3.0 numpy==2.4.6 scipy==1.17.1 pandas==2.3.3
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import neurokit2 as nk
import numpy as np

def middle(values: np.ndarray, **options: object) -> float:
    """Mean of what is smoothed, without the two ends."""
    return float(np.mean(nk.signal_smooth(values, size=10, **options)[20:-20]))

alarm = np.tile([0, 1], 100)
counts = np.tile([0, 1, 2, 3, 3, 2, 1, 0, 2, 1], 20)
for name, values, mean, cut in (("alarm", alarm, 0.5, 0.0), ("counts", counts, 1.5, 1.0)):
    told = {
        "floats": middle(values.astype(float)), "boxzen": middle(values),
        "boxcar": middle(values, kernel="boxcar"), "hann": middle(values, kernel="hann"),
    }
    print(name, {kernel: round(share, 3) for kernel, share in told.items()})
    assert abs(told["floats"] - mean) < 0.01 and abs(told["hann"] - mean) < 0.01
    assert abs(told["boxcar"] - cut) < 0.01, "CHANGED: boxcar of whole numbers"
    assert abs(told["boxzen"] - cut) < 0.01, "CHANGED: whole numbers"
PY
echo "as described"
