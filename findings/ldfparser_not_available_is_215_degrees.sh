#!/usr/bin/env bash
# ldfparser 0.26.0, which reads the description of a LIN bus, the small one of vehicles and
# machines, and what comes over it. A signal's encoding has a range of physical values and names
# for single ones: 0 to 255 is -40 to 215 degrees, and 255 is "not available". One would think that
# the name of a single value wins, as it does with cantools for CAN. The first line that fits wins:
# where the range stands before the name, 255 is decoded as 215 degrees; with the two lines turned
# round, as "not available". That the order decides is not said, and the way out knows the name in
# either: "not available" is encoded as 255, which comes back as 215 degrees.
# Why it matters: a sensor that is cut off is the hottest bearing there is.
# Seen: 255 is 215.0 with the range first, "not available" with the name first; 100 is 60.0 in
# both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet ldfparser==0.26.0
cd "$folder"
venv/bin/python -W error - <<'PY'
from pathlib import Path
from ldfparser import parse_ldf

RANGE = 'physical_value, 0, 255, 1, -40, "degC";'
NAME = 'logical_value, 255, "not available";'
BUS = """
LIN_description_file;
LIN_protocol_version = "2.1";
LIN_language_version = "2.1";
LIN_speed = 19.2 kbps;
Nodes {{ Master: PLC, 5 ms, 0.1 ms; Slaves: MOTOR; }}
Signals {{ Bearing: 8, 255, MOTOR, PLC; Fault: 1, 0, MOTOR, PLC; }}
Frames {{ State: 33, MOTOR, 2 {{ Bearing, 0; Fault, 8; }} }}
Node_attributes {{
  MOTOR {{
    LIN_protocol = "2.1"; configured_NAD = 1; product_id = 1, 2, 0; response_error = Fault;
  }}
}}
Schedule_tables {{ Normal {{ State delay 10 ms; }} }}
Signal_encoding_types {{ Celsius {{ {lines} }} }}
Signal_representation {{ Celsius: Bearing; }}
"""

def frame(*lines: str):
    Path("bus.ldf").write_text(BUS.format(lines=" ".join(lines)))
    return parse_ldf("bus.ldf").get_unconditional_frame("State")

def decoded(frame, raw: int) -> float | str:
    return frame.decode(bytearray([raw, 0]))["Bearing"]

range_first, name_first = frame(RANGE, NAME), frame(NAME, RANGE)
print("255:", decoded(range_first, 255), decoded(name_first, 255))
assert decoded(range_first, 100) == decoded(name_first, 100) == 60.0
assert decoded(name_first, 255) == "not available"
assert decoded(range_first, 255) == 215.0, "CHANGED: the name of a value wins"
for each in (range_first, name_first):
    assert each.encode({"Bearing": "not available", "Fault": 0})[0] == 255
PY
echo "as described"
