#!/usr/bin/env bash
# comtrade 0.2.0 reads COMTRADE, the format in which relays and recorders of faults keep what they
# measured. How many samples there are stands in one file, the samples in another. If the second has
# fewer, as when the recorder lost its supply or the copy broke off, comtrade gives as many as the
# first tells all the same: for those that are not there the value 0 and the time 0, status bits 0,
# in text and in binary. No error and no warning; total_samples is the number told. What the zeros
# stand at is the start of the recording, so sorted by time they come first.
# Why it matters: where a recording breaks off is where the fault is. The voltage falls to nothing,
# as in a black-out, and a breaker that was on is off.
# Seen, 4 of 6 samples of 10 to 13: 10, 11, 12, 13, 0, 0 at 0, 1, 2, 3, 0 and 0 ms, status 1, 1, 1,
# 1, 0, 0; the same from a binary file.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet comtrade==0.2.0
"$folder/venv/bin/python" -W error - <<'PY'
import struct
from comtrade import Comtrade

TOLD, KEPT = 6, 4

def read(kind: str, data: str | bytes) -> tuple[list[float], list[float], list[int]]:
    """Values, milliseconds and status of a recording of 1 kHz."""
    moment = "01/03/2026,00:00:00.000000"
    channels = ["1,voltage,,,kV,1.0,0.0,0.0,-99999,99999,1,1,P", "1,breaker,,,0"]
    lines = ["plant,1,2013", "2,1A,1D", *channels, "50", "1", f"1000,{TOLD}", moment, moment]
    recording = Comtrade()
    recording.read("\n".join([*lines, kind, "1", "0,0", "0,3", ""]), data)
    assert recording.total_samples == TOLD, "CHANGED: the number of samples"
    times = [round(1000 * second, 3) for second in recording.time]
    return list(recording.analog[0]), times, list(recording.status[0])

text = "".join(f"{row + 1},{1000 * row},{10 + row},1\n" for row in range(KEPT))
binary = b"".join(struct.pack("<IIhH", row + 1, 1000 * row, 10 + row, 1) for row in range(KEPT))
found = read("ASCII", text), read("BINARY", binary)
print(found[0])
assert found[0] == found[1]
values, times, status = found[0]
assert values[:KEPT] == [10, 11, 12, 13] and times[:KEPT] == [0, 1, 2, 3]
assert values[KEPT:] == times[KEPT:] == status[KEPT:] == [0, 0], "CHANGED: what is not there"
PY
echo "as described"
