#!/usr/bin/env bash
# PeakUtils 1.3.5 finds the peaks of a signal. indexes takes those above a threshold, a share of the
# way from the least to the greatest reading. One would think that a missing reading (NaN) costs the
# peak it is in, or is refused, as baseline of the same package refuses it. The threshold is
# reckoned with it and is NaN, and nothing is above that: a recording with one reading missing,
# wherever it is, has no peaks. The answer is an empty array, the same as that of a calm machine,
# without error or warning. With thres_abs=True, the threshold as a number, all of them are found,
# beside the gap as well; find_peaks of scipy finds them, too.
# Why it matters: peaks of a spectrum or a vibration are counted to tell a defect of a bearing; one
# sample lost on the way and the worst machine is counted as the best.
# Seen, peaks of 10, 5 and 8 in 200 readings: 3; with NaN at 0, 30, 100 or 199: none, by thres_abs
# 3.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet PeakUtils==1.3.5 numpy==2.4.6 scipy==1.17.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import numpy as np
import peakutils
from scipy.signal import find_peaks

PEAKS = {50: 10.0, 120: 5.0, 160: 8.0}
signal = np.zeros(200)
signal[list(PEAKS)] = list(PEAKS.values())

assert peakutils.indexes(signal, thres=0.3, min_dist=5).tolist() == list(PEAKS)
for at in (0, 30, 100, 199):
    with_gap = signal.copy()
    with_gap[at] = np.nan
    share = peakutils.indexes(with_gap, thres=0.3, min_dist=5)
    number = peakutils.indexes(with_gap, thres=3, min_dist=5, thres_abs=True)
    print(f"missing at {at}: {share.tolist()}, by a number {number.tolist()}")
    assert number.tolist() == find_peaks(with_gap, height=3)[0].tolist() == list(PEAKS)
    assert share.size == 0, "CHANGED: a missing reading"
try:
    peakutils.baseline(with_gap, deg=1)
except (ValueError, np.linalg.LinAlgError):
    pass
else:
    raise AssertionError("CHANGED: the baseline of a missing reading")
PY
echo "as described"
