#!/usr/bin/env bash
# pyEDFlib 0.1.42 writes and reads EDF and BDF, files of long recordings of many sensors, where
# samples stand in records of a second each. writeSamples of EdfWriter takes as many as there are, and
# again and again, as they come from the logger. One would think that they are put one behind the
# other, and only the file's last record is filled up. Each call is filled up to whole records by
# itself, with readings of 0: of a second and a half at a time, each is followed by half a second of
# standstill, all that comes after is later than it was, and the file is a third longer than the
# recording. write_edf, which writes all at once, fills up the last record. A sample is a whole
# number of 16 bits, laid over a range that is told, with no place for a missing one: EdfWriter
# takes NaN and writes the least of the range, and what lies beyond the range as its end (write_edf
# refuses both). No error and no warning, and nothing in the file tells which samples were none.
# Why it matters: a shaft that turns at 50 rev/s stands still every other second, its spectrum has
# lines that are not there, and a fault at the end of an hour is dated 20 minutes late; a gap is a
# machine at its coldest.
# Seen, 100 Hz, range -40 to 120: twice 150 samples of 50 are 400 in 4 s, 150 to 199 and 350 to 399
# of 0, and once 300 are 300; ten samples of NaN are -40, one of 200 is 120.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pyEDFlib==0.1.42 numpy==2.4.6
"$folder/venv/bin/python" -W error - "$folder/recording.edf" <<'PY'
import sys
import numpy as np
from pyedflib import EdfReader, EdfWriter, highlevel

PATH = sys.argv[1]
HEADER = highlevel.make_signal_header(
    "shaft", dimension="rev/s", sample_frequency=100, physical_min=-40, physical_max=120
)
STEP = 160 / 65535

def read_back() -> tuple[np.ndarray, float]:
    with EdfReader(PATH) as reader:
        return reader.readSignal(0), reader.getFileDuration()

def written(chunks: list[np.ndarray]) -> tuple[np.ndarray, float]:
    with EdfWriter(PATH, 1) as writer:
        writer.setSignalHeader(0, HEADER)
        for chunk in chunks:
            writer.writeSamples([chunk])
    return read_back()

steady = np.full(300, 50.0)
at_once, seconds_at_once = written([steady])
halves, seconds = written([steady[:150], steady[150:]])
still = np.flatnonzero(np.abs(halves) < STEP)
print(f"at once {at_once.size} in {seconds_at_once} s, in two {halves.size} in {seconds} s")
print(f"at 0: {still.size}, from {still[0]} to {still[-1]}, mean {halves.mean():.1f}")
assert np.abs(at_once - steady).max() < STEP and seconds_at_once == 3
assert np.abs(written(np.split(steady, 3))[0] - steady).max() < STEP
assert halves.size == 400 and seconds == 4, "CHANGED: chunks are put one behind the other"
assert np.array_equal(still, np.r_[150:200, 350:400]), "CHANGED: what they are filled up with"

highlevel.write_edf(PATH, [steady[:250]], [HEADER])
whole, _ = read_back()
assert whole.size == 300 and np.abs(whole[:250] - 50).max() < STEP
assert np.abs(whole[250:]).max() < STEP, "CHANGED: the last record"

gap = steady.copy()
gap[100:110], gap[200] = np.nan, 200
told, _ = written([gap])
print("missing:", told[100:110].round(2), "200:", told[200])
assert np.abs(told[np.isfinite(gap) & (gap < 200)] - 50).max() < STEP
assert (told[100:110] == -40).all(), "CHANGED: a missing reading"
assert told[200] == 120, "CHANGED: beyond the range"
PY
echo "as described"
