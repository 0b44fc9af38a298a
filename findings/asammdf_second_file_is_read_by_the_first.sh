#!/usr/bin/env bash
# asammdf 8.8.28, recordings of measurement devices in MDF4. MDF.concatenate joins files, one a day
# say, to one. It is documented for files of the same structure: the same groups, with the same
# channels in each, and it raises if the names differ. What a channel's bytes mean, their type and
# the conversion to a quantity, stands in each file, and one would think that it is heeded, or that a
# difference is an error. The raw bytes of the second file are put behind those of the first and read
# by what the first says. After a new calibration all readings have the old one; where a counter has
# got a wider type, as it outgrew the old one, its bytes are taken one by one as readings; floats
# behind whole numbers are bits of floats. No error and no warning.
# Seen, a factor of 0.1 on one day and of 0.2 on the next: raw 10, 20, 30 are 1, 2, 3 bar on both
# days; counts of 8 bits and then of 16: 300, 301, 302 come as 44, 1, 45; floats 1.5, 2, 3 as 0, 0,
# 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet asammdf==8.8.28 numpy==2.4.6
"$folder/venv/bin/python" -W ignore - "$folder" <<'PY'
import logging
import sys
from datetime import datetime, timedelta, timezone
import numpy as np
from asammdf import MDF, Signal

logging.disable(logging.CRITICAL)
MIDNIGHT = datetime(2026, 3, 1, tzinfo=timezone.utc)

def day(number: int, values: list, kind: str, factor: float) -> str:
    name = f"{sys.argv[1]}/{number}.mf4"
    conversion = {"a": factor, "b": 0.0} if factor != 1 else None
    channel = Signal(np.array(values, kind), np.arange(3.0), name="pump", conversion=conversion)
    with MDF(version="4.10") as file:
        file.append([channel])
        file.header.start_time = MIDNIGHT + timedelta(days=number)
        file.save(name, overwrite=True)
    return name

def joined(*days: tuple[list, str, float]) -> tuple[list, list]:
    """The readings of each file by itself, and of the files joined."""
    names = [day(number, *readings) for number, readings in enumerate(days)]
    alone = []
    for name in names:
        with MDF(name) as file:
            alone += file.get("pump").samples.tolist()
    with MDF.concatenate(names) as file:
        return alone, file.get("pump").samples.tolist()

calibrated = joined(([10, 20, 30], "u2", 0.1), ([10, 20, 30], "u2", 0.2))
wider = joined(([7, 8, 9], "u1", 1), ([300, 301, 302], "u2", 1))
floats = joined(([7, 8, 9], "u1", 1), ([1.5, 2.0, 3.0], "f8", 1))
for name, (alone, together) in (("calibrated", calibrated), ("wider", wider), ("floats", floats)):
    print(name, "alone", alone, "joined", together)
assert np.allclose(calibrated[0], [1, 2, 3, 2, 4, 6]) and wider[0] == [7, 8, 9, 300, 301, 302]
assert np.allclose(calibrated[1], [1, 2, 3, 1, 2, 3]), "CHANGED: another factor"
assert wider[1] == [7, 8, 9, 44, 1, 45], "CHANGED: a wider type"
assert floats[1] == [7, 8, 9, 0, 0, 0], "CHANGED: floats"
PY
echo "as described"
