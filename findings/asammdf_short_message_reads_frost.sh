#!/usr/bin/env bash
# asammdf 8.8.28 and cantools 45.1.0, messages of CAN by a database (DBC). A recording in MDF4 tells
# of each message how many bytes it had; a control unit with older software, or one that has not all
# its values yet, sends fewer than the database knows. What stands in bytes that were not sent has no
# value: cantools refuses such a message or, told allow_truncated, leaves those signals out. asammdf
# takes the bytes from the array of 64 that the file holds for each message, where the rest is zeros,
# and never looks at the length: each signal beyond the end has the raw value 0, with no error and no
# warning, in extract_bus_logging and get_can_signal alike. With an offset of -40 that is frost, and
# of a state the first of its names.
# Seen, a sensor of 20, 20 and, in a message of one byte, nothing: 20, 20, -40 degrees; the pressure
# behind it 10, 10, 0 bar. cantools: 20, 20 and 10, 10.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    asammdf==8.8.28 cantools==45.1.0 python-can==4.6.1 numpy==2.4.6
"$folder/venv/bin/python" -W ignore - "$folder" <<'PY'
import logging
import sys
from pathlib import Path
import can
import cantools
from asammdf import MDF

logging.disable(logging.CRITICAL)
folder = Path(sys.argv[1])
(folder / "plant.dbc").write_text("""VERSION ""
NS_ :
BS_:
BU_: ECU
BO_ 256 PUMP: 3 ECU
 SG_ number : 0|8@1+ (1,0) [0|255] "" ECU
 SG_ celsius : 8|8@1+ (1,-40) [-40|215] "C" ECU
 SG_ bar : 16|8@1+ (0.5,0) [0|120] "bar" ECU
""")
MESSAGES = [bytes([1, 60, 20]), bytes([1, 60, 20]), bytes([1])]
with can.Logger(folder / "log.mf4") as log:
    for second, data in enumerate(MESSAGES):
        log(can.Message(1e9 + second, arbitration_id=256, is_extended_id=False, data=data))
with MDF(folder / "log.mf4") as file:
    lengths = file.get("CAN_DataFrame.DataLength").samples.tolist()
    signals = file.extract_bus_logging({"CAN": [(folder / "plant.dbc", 0)]})
    seen = {name: signals.get(name).samples.tolist() for name in ("celsius", "bar")}
    alone = file.get_can_signal("celsius", database=folder / "plant.dbc").samples.tolist()
database = cantools.database.load_file(folder / "plant.dbc")
peer = [database.decode_message(256, data, allow_truncated=True) for data in MESSAGES]
print("lengths", lengths, "asammdf", seen, alone, "cantools", peer)
assert lengths == [3, 3, 1]
assert peer[0] == peer[1] == {"number": 1, "celsius": 20, "bar": 10.0} and peer[2] == {"number": 1}
assert seen["celsius"] == alone == [20, 20, -40], "CHANGED: a byte that was not sent"
assert seen["bar"] == [10, 10, 0], "CHANGED: a byte that was not sent"
PY
echo "as described"
