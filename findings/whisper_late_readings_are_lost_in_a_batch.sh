#!/usr/bin/env bash
# whisper 1.1.10 is the store of Graphite, in which plants keep metrics for years: one file a
# metric, with archives of coarser and coarser steps, each as long as it was made. A reading older
# than the longest of them, or from the future, cannot be kept, and update raises
# TimestampNotCovered for it. update_many, which takes many at once and is what imports and relays
# use, drops the first kind in silence, keeps the others and returns as ever. And in a batch the
# readings of one step overwrite one another: the last to come stays, not the mean or sum by which
# the coarser archives are made. So a counter's pulses of one step are those of its last reading.
# Why it matters: machines that were off line send late, and a day's history is what is sent so.
# Seen, archives of an hour and ten: an hour ago kept, 30 days ago raised by update, gone by
# update_many without a word; 3 pulses at each of two moments of a minute, to be summed: 3 a minute.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet whisper==1.1.10
"$folder/venv/bin/python" -W error - "$folder" <<'PY'
import sys
from pathlib import Path
import whisper

NOW, MINUTE, DAY = 1_788_000_000, 60, 86_400
folder = Path(sys.argv[1])

def made(name: str) -> str:
    file = str(folder / name)
    whisper.create(file, [(MINUTE, 60), (10 * MINUTE, 60)], 0.0, "sum")
    return file

def kept(file: str, seconds: int) -> list[float]:
    values = whisper.fetch(file, NOW - seconds, NOW, now=NOW)[1]
    return [value for value in values if value is not None]

one = made("one")
try:
    whisper.update(one, 5.0, NOW - 30 * DAY, now=NOW)
    raise AssertionError("CHANGED: update keeps it")
except whisper.TimestampNotCovered as error:
    print("update:", error)
many = made("many")
returned = whisper.update_many(
    many, [(NOW - 30 * DAY, 5.0), (NOW - 29 * DAY, 6.0), (NOW - 2 * MINUTE, 7.0)], now=NOW
)
print("update_many:", returned, kept(many, 10 * MINUTE), kept(many, 10 * 3600 - 1))
assert returned is None and kept(many, 10 * MINUTE) == [7.0], "CHANGED: update_many"
assert sum(kept(many, 10 * 3600 - 1)) == 7.0, "CHANGED: late readings are kept"

pulses = made("pulses")
moments = [NOW - minute * MINUTE + half for minute in range(2, 30) for half in (0, 30)]
whisper.update_many(pulses, [(moment, 3.0) for moment in moments], now=NOW)
print("pulses a minute:", set(kept(pulses, 30 * MINUTE)))
assert set(kept(pulses, 30 * MINUTE)) == {3.0}, "CHANGED: pulses of one step are summed"
PY
echo "as described"
