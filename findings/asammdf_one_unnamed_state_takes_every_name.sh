#!/usr/bin/env bash
# asammdf 8.8.28, messages of CAN by a database (DBC). A signal may have names for its values: 0
# idle, 1 run, 7 fault. Where each value of a recording has a name, get gives these, as texts. One
# would think that a value which has none, as a newer control unit sends, is given as its number, or
# as missing. It is given as its number, and then the array is one of floats, in which no text has a
# place: each state that has a name is NaN. So one message of thousands with a 5 takes the names, and
# the values, of all others; the states that one knows are missing, and only the one that one does
# not know is told. No error and no warning. raw=True gives all numbers. Likewise "error" and "not
# available" of a temperature, which are NaN among numbers, as one would wish.
# Seen: 0, 1, 7 are idle, run, fault; 0, 1, 5, 7 are NaN, NaN, 5, NaN. cantools 45.1.0: idle, run, 5,
# fault.
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
import numpy as np
from asammdf import MDF

logging.disable(logging.CRITICAL)
folder = Path(sys.argv[1])
(folder / "plant.dbc").write_text("""VERSION ""
NS_ :
BS_:
BU_: ECU
BO_ 256 PUMP: 1 ECU
 SG_ state : 0|8@1+ (1,0) [0|255] "" ECU
VAL_ 256 state 0 "idle" 1 "run" 7 "fault" ;
""")
database = cantools.database.load_file(folder / "plant.dbc")

def states(values: list[int]) -> tuple[list, list, list[str]]:
    """The states as asammdf gives them, its raw ones, and those of cantools."""
    name = folder / f"{len(values)}.mf4"
    with can.Logger(name) as log:
        for second, data in enumerate(values):
            log(
                can.Message(
                    timestamp=1e9 + second, arbitration_id=256, is_extended_id=False, data=[data]
                )
            )
    with MDF(name) as file:
        signals = file.extract_bus_logging({"CAN": [(folder / "plant.dbc", 0)]})
        told = [signals.get("state", raw=raw).samples.tolist() for raw in (False, True)]
    return *told, [str(database.decode_message(256, bytes([data]))["state"]) for data in values]

named, raw, _ = states([0, 1, 7])
assert named == [b"idle", b"run", b"fault"] and raw == [0, 1, 7]
mixed, raw, peer = states([0, 1, 5, 7])
print("all with a name", named, "one without", mixed, "raw", raw, "cantools", peer)
assert raw == [0, 1, 5, 7] and peer == ["idle", "run", "5", "fault"]
assert np.array_equal(mixed, [np.nan, np.nan, 5, np.nan], equal_nan=True), "CHANGED: one unnamed"
PY
echo "as described"
