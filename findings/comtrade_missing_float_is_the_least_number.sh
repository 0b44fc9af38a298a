#!/usr/bin/env bash
# comtrade 0.2.0 reads COMTRADE, the format in which relays and recorders of faults keep what they
# measured. A reading that is missing has a code there, of its own for each way to write: -32768 in
# 16 bits, the least number of 32, 99999 as text, and as a float the greatest negative one. comtrade
# gives NaN for the code. For floats it waits for the least positive number of a double, which none
# of 32 bits can be, so a missing reading stays -3.4e38, times the channel's factor; and 99999
# behind a blank, as columns are padded with, is 99,999. No error and no warning.
# Why it matters: what asks for NaN counts no gap; means and least values are of the code.
# Seen, 10, missing, 12, 13: in 16 and 32 bits and as text NaN; as floats -3.4e38, mean -8.5e37; as
# text with a blank before it 99999.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet comtrade==0.2.0
"$folder/venv/bin/python" -W error - <<'PY'
import math
import struct
from comtrade import Comtrade

def read(kind: str, data: str | bytes) -> list[float]:
    """The readings of a recording of four, one each millisecond."""
    moment = "01/03/2026,00:00:00.000000"
    channel = "1,pressure,,,bar,1.0,0.0,0.0,-99999,99999,1,1,P"
    lines = ["plant,1,2013", "1,1A,0D", channel, "50", "1", "1000,4", moment, moment, kind, "1"]
    recording = Comtrade(ignore_warnings=True)
    recording.read("\n".join([*lines, "0,0", "0,3", ""]), data)
    return list(recording.analog[0])

def packed(code: str, missing: float) -> bytes:
    values = (10, missing, 12, 13)
    return b"".join(
        struct.pack(f"<II{code}", row + 1, 1000 * row, value) for row, value in enumerate(values)
    )

def text(missing: str) -> str:
    return f"1,0,10\n2,1000,{missing}\n3,2000,12\n4,3000,13\n"

(least,) = struct.unpack("<f", bytes.fromhex("ffff7fff"))
right = {
    "16 bits": read("BINARY", packed("h", -(2**15))),
    "32 bits": read("BINARY32", packed("i", -(2**31))),
    "text": read("ASCII", text("99999")),
}
floats, padded = read("FLOAT32", packed("f", least)), read("ASCII", text(" 99999"))
print(right, "floats", floats, "padded", padded)
for name, readings in right.items():
    assert math.isnan(readings[1]) and readings[0] == 10, name
assert floats[1] == least < -3.4e38, "CHANGED: floats"
assert sum(floats) / 4 < -8e37
assert padded[1] == 99999, "CHANGED: padded text"
PY
echo "as described"
