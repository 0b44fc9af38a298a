#!/usr/bin/env bash
# wfdb 4.3.1, recordings and their annotations in the format of WFDB. rdann is documented to return
# the annotations from the sample sampfrom to the sample sampto, each of them optional. With both it
# does, with sampto alone as well; with sampfrom alone it returns all annotations, those before it
# too, and those of a recording that ended long before it. With shift_samps, which counts from
# sampfrom on, they have negative times. No error and no warning. rdrecord and rdsamp take the same
# sampfrom by itself and are right, so the events no longer belong to the samples that were read.
# Why it matters: who reads what is new since the last time, from a sample on and without an end,
# counts each event again every time.
# Seen, events at 10, 60, 90, 2000 and 5000: from 61 on all five, from 6000 on all five, from 61 to
# 3000 two, up to 70 two; from 50 on and shifted -40, 10, 40, 1950, 4950.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet wfdb==4.3.1 "pandas<3" numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PY'
import warnings
import numpy as np
import wfdb

warnings.simplefilter("error")
EVENTS = [10, 60, 90, 2000, 5000]
signal = np.sin(np.arange(5_001) / 50)[:, None]
wfdb.wrsamp("pump", fs=100, units=["g"], sig_name=["x"], p_signal=signal, fmt=["16"])
wfdb.wrann("pump", "log", np.array(EVENTS), ["N"] * len(EVENTS), fs=100)

def events(**limits: int) -> list[int]:
    return wfdb.rdann("pump", "log", **limits).sample.tolist()

both, until = events(sampfrom=61, sampto=3000), events(sampto=70)
since, after_all = events(sampfrom=61), events(sampfrom=6000)
shifted = events(sampfrom=50, shift_samps=True)
print("both", both, "until 70", until, "since 61", since, "since 6000", after_all, shifted)
assert both == [90, 2000] and until == [10, 60]
assert wfdb.rdrecord("pump", sampfrom=61).sig_len == len(signal) - 61
assert since == EVENTS, "CHANGED: events before sampfrom"
assert after_all == EVENTS and shifted[0] == -40, "CHANGED: events before sampfrom"
PY
echo "as described"
