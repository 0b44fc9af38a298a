#!/usr/bin/env bash
# asammdf 8.8.28, a reader of MDF4, the file of measurement devices on machines. A channel may carry
# a table of ranges: raw values from 0 to 19 are gear 1, those from 20 to 30 gear 2, all others 9. By
# the format both ends belong to a range of whole numbers. asammdf tells the range by its lower
# limits, rightly, and once more by its upper limits, for whole numbers one place off, and only where
# both agree does it take the value: within a range all but the upper limit itself is "other", and
# what lies above all ranges has the value of the last one. The same numbers as floats, and the same
# ranges with texts, are right. No error and no warning, in get, to_dataframe and export alike.
# mdfreader 4.3 reads the same file as it should.
# Seen, raw 0, 10, 19, 20, 25, 30, 31 and 40 in 8 bits: 9, 9, 1, 9, 9, 2, 2, 2 for 1, 1, 1, 2, 2, 2,
# 9, 9.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet asammdf==8.8.28 mdfreader==4.3 numpy==2.4.6
"$folder/venv/bin/python" -W ignore - "$folder" <<'PY'
import sys
import mdfreader
import numpy as np
from asammdf import MDF, Signal

RAW = [0, 10, 19, 20, 25, 30, 31, 40]
RANGES = {"lower_0": 0, "upper_0": 19, "lower_1": 20, "upper_1": 30}
GEARS = RANGES | {"phys_0": 1, "phys_1": 2, "default": 9}
NAMES = RANGES | {"text_0": "first", "text_1": "second", "default_addr": "other"}

def record(kind: str, conversion: dict) -> str:
    name = f"{sys.argv[1]}/{kind}.mf4"
    channel = Signal(np.array(RAW, kind), np.arange(8.0), name="gear", conversion=conversion)
    with MDF(version="4.10") as file:
        file.append([channel])
        file.save(name, overwrite=True)
    return name

def read(name: str) -> list:
    with MDF(name) as file:
        return file.get("gear").samples.tolist()

named = read(record("u1", NAMES))
assert named == [b"first"] * 3 + [b"second"] * 3 + [b"other"] * 2
for kind in ("u1", "i2", "u4"):
    name = record(kind, GEARS)
    seen, peer = read(name), mdfreader.Mdf(name).get_channel_data("gear").tolist()
    print(kind, "asammdf", seen, "mdfreader", peer)
    assert peer == [1, 1, 1, 2, 2, 2, 9, 9]
    assert seen == [9, 9, 1, 9, 9, 2, 2, 2], "CHANGED: ranges of whole numbers"
floats = read(record("f8", GEARS))
print("floats", floats)
assert (floats[1], floats[4], floats[7]) == (1, 2, 9)
PY
echo "as described"
