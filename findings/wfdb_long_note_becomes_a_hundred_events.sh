#!/usr/bin/env bash
# wfdb 4.3.1, recordings and their annotations in the format of WFDB: vibration and pressure with
# the events that someone or something marked in them, each with a note. The length of a note has
# one byte in the file, so 255 is the most. wrann, which checks all other fields and refuses what
# does not fit, writes a note of 256 and more as it is, with a length that has gone round. Read
# again, the note has the rest of the division by 256, and what stands behind it is taken for
# further annotations: the characters of the text become events of other kinds at other times, and
# all events behind them are moved. No error and no warning, when it is written or read.
# Why it matters: one long remark by a fitter, and a recording with three events has 131, of which
# the third, at 100 Hz, is 500 seconds late; rates and times between failures are made of the
# letters of a text.
# Seen, events at 100, 200 and 300, the second with 300 characters: 131 events, at 100, 200, 744,
# 1101 and so on, the last at 50332; with 255 all three as they were.
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
TIMES, KINDS = [100, 200, 300], ["N", "V", "N"]

def again(note: str) -> wfdb.Annotation:
    """Three events, of which the second has a note, written and read again."""
    notes = ["", note, "end"]
    wfdb.wrann("pump", "log", np.array(TIMES), KINDS, aux_note=notes, fs=100)
    return wfdb.rdann("pump", "log")

def refused(kinds: list[str], times: list[int]) -> bool:
    try:
        wfdb.wrann("pump", "bad", np.array(times), kinds, fs=100)
    except ValueError:
        return True
    return False

short, long = again("bearing 7 hot, " * 17), again("bearing 7 hot, " * 20)
print("255", short.sample, short.symbol)
print("300", len(long.sample), long.sample[:5], long.sample[-1], set(long.symbol))
assert refused(["N", "V"], [200, 100]) and refused(["N", "nothing"], [100, 200])
assert short.sample.tolist() == TIMES and short.symbol == KINDS
assert len(short.aux_note[1]) == 255 and short.aux_note[2] == "end"
assert len(long.sample) > 100, "CHANGED: events are made of a note"
assert long.sample[-1] > 10_000 and long.aux_note[-1] == "end", "CHANGED: the events behind it"
assert len(long.aux_note[1]) == 300 % 256
PY
echo "as described"
