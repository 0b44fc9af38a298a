#!/usr/bin/env bash
# tsflex 0.4.1. chunk_data cuts series at their gaps; chunks shorter than min_chunk_dur are
# documented to be discarded, and those that last longer than max_chunk_dur to be divided. Lengths
# are compared in whole seconds, the fraction is cut: a chunk of 1.9 s counts as one of 1. So with a
# least length of 0.4 s each recording of less than a second is discarded, however long, with one of
# 1.5 s that of 1.9 s; and with a greatest length of 0.5 s one of 0.9 s stays whole, and it has 1.8
# times the samples that the next step was promised. No error and no warning (verbose=True prints
# what is left out). From a length in whole seconds on it is right, and so are recordings of hours
# at one reading a second.
# Why it matters: vibration is recorded in bursts of parts of a second, at thousands of readings a
# second. All bursts of a day can be gone, and an empty list has no features to look odd.
# Seen, 1 kHz: bursts of 0.9 s, at least 0.4 s: 0 of 3; of 1.9 s, at least 1.5: 0 of 3, at least 1:
# 3; at most 0.5 s: of 0.9 s one chunk of 900 each, of 1.9 s four, the greatest of 501.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet tsflex==0.4.1 "pandas<3" numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import numpy as np
import pandas as pd
from tsflex.chunking import chunk_data

RATE, PAUSE_S, BURSTS = 1000, 60, 3

def bursts(seconds: float) -> pd.Series:
    """Three recordings at 1 kHz, a minute between two of them."""
    samples = np.arange(round(seconds * RATE)) * (1_000 // RATE)
    starts = pd.Timestamp("2026-03-02") + pd.to_timedelta(np.arange(BURSTS) * PAUSE_S, unit="s")
    times = [start + pd.to_timedelta(samples, unit="ms") for start in starts]
    index = times[0].append(times[1:])
    return pd.Series(np.zeros(len(index)), index=index, name="g")

def lengths(seconds: float, **limits: str) -> list[int]:
    chunks = chunk_data(bursts(seconds), fs_dict={"g": RATE}, **limits)
    return [len(series) for (series,) in chunks]

kept = {
    (seconds, least): len(lengths(seconds, min_chunk_dur=least))
    for seconds, least in ((0.9, "400ms"), (1.9, "1500ms"), (1.9, "1s"), (3.0, "1500ms"))
}
divided = {seconds: lengths(seconds, max_chunk_dur="500ms") for seconds in (0.9, 1.9)}
print("kept", kept, "divided", divided)
assert lengths(0.9) == [900] * BURSTS
assert kept[1.9, "1s"] == kept[3.0, "1500ms"] == BURSTS
assert kept[0.9, "400ms"] == 0, "CHANGED: 0.9 s is at least 0.4 s"
assert kept[1.9, "1500ms"] == 0, "CHANGED: 1.9 s is at least 1.5 s"
assert divided[0.9] == [900] * BURSTS, "CHANGED: 0.9 s is more than 0.5 s"
assert len(divided[1.9]) == 4 * BURSTS and max(divided[1.9]) == 501
PY
echo "as described"
