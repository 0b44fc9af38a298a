#!/usr/bin/env bash
# canopen 2.4.1. import_od reads a device's EDS, the file of CANopen's CiA 306 with a type, a
# default and limits for each object. Of an object of INTEGER16 a LowLimit written in hexadecimal is
# read by the type: 0xFF9C is -100. A DefaultValue is not: 0xFFF6, the same way of writing -10, is
# 65526, a default above its own HighLimit, which the type cannot even hold: to encode it raises an
# error. And the limits of a REAL32 are read for whole numbers alone: 0.5 and 10.5 are none at all,
# so no value is ever told to be out of range, while its default of 1.5 is read. No error, no
# warning.
# Why it matters: a comparison of a drive's settings with their defaults tells a deviation of 65536,
# and a check of a gain against its limits always passes.
# Seen: offset 65526 within -100 to 100, -10 where it is written in decimals; gain 1.5 within None.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet canopen==2.4.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import tempfile
from pathlib import Path
import canopen

def entry(index: str, name: str, kind: str, default: str, low: str, high: str) -> str:
    return (
        f"[{index}]\nParameterName={name}\nObjectType=0x7\nDataType={kind}\nAccessType=rw\n"
        f"DefaultValue={default}\nLowLimit={low}\nHighLimit={high}\nPDOMapping=0\n"
    )

INTEGER16, REAL32 = "0x0003", "0x0008"
EDS = (
    "[FileInfo]\nFileName=drive.eds\n[DeviceInfo]\n"
    "[ManufacturerObjects]\nSupportedObjects=4\n1=0x2000\n2=0x2001\n3=0x2002\n4=0x2003\n"
    + entry("2000", "offset", INTEGER16, "0xFFF6", "0xFF9C", "100")
    + entry("2001", "offset in decimals", INTEGER16, "-10", "-100", "100")
    + entry("2002", "gain", REAL32, "1.5", "0.5", "10.5")
    + entry("2003", "whole gain", REAL32, "1.5", "0", "10")
)
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "drive.eds"
    path.write_text(EDS)
    objects = canopen.import_od(str(path), node_id=5)
told = {entry.name: (entry.default, entry.min, entry.max) for entry in objects.values()}
print(told)
assert told["offset in decimals"] == (-10, -100, 100)
assert told["whole gain"] == (1.5, 0, 10)
assert told["offset"][1:] == (-100, 100)
assert told["offset"][0] == 65526, "CHANGED: a default in hexadecimal"
try:
    objects["offset"].encode_raw(told["offset"][0])
    raise AssertionError("CHANGED: a default that the type cannot hold")
except ValueError:
    pass
assert told["gain"] == (1.5, None, None), "CHANGED: limits of a float"
PY
echo "as described"
