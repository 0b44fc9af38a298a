#!/usr/bin/env bash
# cantools 45.1.0, messages of CAN by a database (DBC). encode is strict unless told otherwise, and
# that is documented to raise for a value that is less than the minimum or more than the maximum of
# its signal: a temperature of a byte, half a degree a step, with a maximum of 86.5, refuses 87.5.
# Most databases name the raw values above the maximum, 255 "not available" and 254 "error". Once a
# raw value has a name, a number that rounds to it passes the check: 87.5 is sent as 255, and what
# is decoded is the text "not available". 86.8 becomes 254, an error of the sensor. No error and no
# warning; what rounds to no name, as 88 does, is refused again.
# Why it matters: a simulator, gateway or replay that counts on the check turns just the first
# overheating into a sensor that is not there, which no limit finds.
# Seen, maximum 86.5: without names 86.8, 87 and 87.5 refused; with names 86.8 and 87 decoded as
# "error", 87.5 as "not available", 88 refused; 86.5 right in both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet cantools==45.1.0 python-can==4.6.1
"$folder/venv/bin/python" -W error - <<'PY'
from cantools.database import EncodeError, load_string

DATABASE = """VERSION ""
BU_: Pump
BO_ 100 State: 8 Pump
 SG_ Oil : 0|8@1+ (0.5,-40) [-40|86.5] "degC" Pump
"""
NAMES = 'VAL_ 100 Oil 255 "not available" 254 "error" ;\n'
HEATS = (86.5, 86.8, 87, 87.4, 87.5, 88)

def sent(database: str, heat: float) -> object:
    """What the receiver reads, or "refused"."""
    message = load_string(database, "dbc").get_message_by_name("State")
    try:
        data = message.encode({"Oil": heat})
    except EncodeError:
        return "refused"
    decoded = message.decode(data)["Oil"]
    return decoded if isinstance(decoded, float) else str(decoded)

plain = [sent(DATABASE, heat) for heat in HEATS]
named = [sent(DATABASE + NAMES, heat) for heat in HEATS]
print("heats", HEATS, "\nplain", plain, "\nnamed", named)
assert plain == [86.5] + ["refused"] * 5
assert named[0] == 86.5 and named[-1] == "refused"
assert named[1:5] == ["error", "error", "not available", "not available"], "CHANGED: the limit"
PY
echo "as described"
