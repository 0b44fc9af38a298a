#!/usr/bin/env bash
# mdfreader 4.3 reads MDF4, the file of measurement devices on machines. The counts of a converter
# become a quantity by a conversion that the file carries: a factor and an offset, or a formula of X.
# One would think that X - 20 is the same written either way. A factor and an offset are computed in
# floats, a formula in the type of the raw counts: of 8 bits without a sign 10 - 20 is 246, and a
# square starts again from 0 at 256. The whole range of the channel is concerned, whatever the
# sensor; a formula that has a decimal number in its first step is right. No error and no warning.
# asammdf 8.8.28 reads the same file as it should.
# Seen, raw 0, 10, 20, 30 and 40: by X-20 236, 246, 0, 10, 20 for -20 to 20, and by X*X/10 0, 10,
# 14.4, 13.2, 6.4 for 0, 10, 40, 90, 160; by the offset, as floats, and by asammdf all is right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet mdfreader==4.3 asammdf==8.8.28 numpy==2.4.6
"$folder/venv/bin/python" -W ignore - "$folder" <<'PY'
import sys
import mdfreader
import numpy as np
from asammdf import MDF, Signal

RAW = np.array([0, 10, 20, 30, 40])
SHIFTED, SQUARED = (RAW - 20).tolist(), (RAW * RAW / 10).tolist()

def read(kind: str, conversion: dict) -> tuple[list, list]:
    """What mdfreader and asammdf read of the same file."""
    name = f"{sys.argv[1]}/record.mf4"
    channel = Signal(RAW.astype(kind), np.arange(5.0), name="celsius", conversion=conversion)
    with MDF(version="4.10") as file:
        file.append([channel])
        file.save(name, overwrite=True)
    with MDF(name) as file:
        peer = file.get("celsius").samples.tolist()
    return mdfreader.Mdf(name).get_channel_data("celsius").tolist(), peer

seen = {}
for formula, expected in (("X-20", SHIFTED), ("X*X/10", SQUARED)):
    seen[formula], peer = read("u1", {"formula": formula})
    print(formula, "mdfreader", seen[formula], "asammdf", peer)
    assert peer == expected == read("f8", {"formula": formula})[0]
assert read("u1", {"a": 1, "b": -20})[0] == SHIFTED
assert seen["X-20"] == [236, 246, 0, 10, 20], "CHANGED: X-20"
assert np.allclose(seen["X*X/10"], [0, 10, 14.4, 13.2, 6.4]), "CHANGED: X*X/10"
PY
echo "as described"
