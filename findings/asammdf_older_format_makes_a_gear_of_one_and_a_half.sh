#!/usr/bin/env bash
# asammdf 8.8.28 converts recordings of measurement devices between the versions of MDF, for tools
# that know the older ones: MDF(name).convert("3.30"). Two things that version 4 has and version 3
# has not are lost, and one would think that this is told, or that what is lost is missing
# afterwards. A table of ranges (0 to 19 is gear 1, 20 to 30 gear 2, all others 9) becomes one that
# version 3 interpolates: between the limits are gears that there are none of, and "others" is gear
# 2. And the bits that mark a reading as invalid, which asammdf heeds in version 4 by leaving these
# readings out, are dropped, so that the readings are back, as good as all others. No error and no
# warning.
# Seen, raw 10, 20, 25 and 40 as gears 1, 2, 2, 9 (floats) are 1, 1.09, 1.55 and 2 afterwards; of six
# pressures with two invalid ones four are read before, and six afterwards, 99 bar among them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet asammdf==8.8.28 numpy==2.4.6
"$folder/venv/bin/python" -W ignore - "$folder" <<'PY'
import logging
import sys
import numpy as np
from asammdf import MDF, Signal

logging.disable(logging.CRITICAL)
GEARS = {"lower_0": 0, "upper_0": 19, "phys_0": 1, "lower_1": 20, "upper_1": 30, "phys_1": 2}
BAR, INVALID = np.array([2, 99, 3, 4, 99, 5], "u2"), np.array([0, 1, 0, 0, 1, 0], bool)

def before_and_after(channel: Signal) -> tuple[list, list]:
    name = f"{sys.argv[1]}/{channel.name}"
    with MDF(version="4.10") as file:
        file.append([channel])
        file.save(f"{name}.mf4")
    with MDF(f"{name}.mf4") as file:
        before = file.get(channel.name).samples.tolist()
        file.convert("3.30").save(f"{name}.mdf")
    with MDF(f"{name}.mdf") as file:
        return before, file.get(channel.name).samples.tolist()

raw, conversion = np.array([10.0, 20.0, 25.0, 40.0]), GEARS | {"default": 9}
gears = before_and_after(Signal(raw, np.arange(4.0), name="gear", conversion=conversion))
bar = before_and_after(Signal(BAR, np.arange(6.0), name="bar", invalidation_bits=INVALID))
print("gears", *gears, "bar", *bar)
assert gears[0] == [1, 2, 2, 9] and bar[0] == [2, 3, 4, 5]
assert np.allclose(gears[1], [1, 12 / 11, 17 / 11, 2]), "CHANGED: ranges"
assert bar[1] == BAR.tolist(), "CHANGED: invalid readings"
PY
echo "as described"
