#!/usr/bin/env bash
# segyio 1.9.14 writes and reads SEG-Y, in which seismic records are kept and those of structures and
# machines that are watched for long. The time between two samples is told in microseconds, in two
# bytes. segyio takes them for a number with a sign, so from 32,768 on, which is less than 30.5
# samples a second, it is negative. One would think that such a time is refused as it is written, or
# read as what it is; SEG-Y of 2017 has a further field for longer ones. It is written as it comes,
# what is more than two bytes cut off, and read again as "none found": 4,000 microseconds are put in
# its place, which the documentation of dt tells of for a file that names none. File.samples, the
# axis of time that one plots and filters by, is made of it, with no error and no warning: a record
# of 25 samples a second runs ten times as fast, and a vibration of 2 Hz is one of 20.
# Seen, times of 32,000, 40,000, 50,000 and 100,000 microseconds come back as 32,000 and 4,000 three
# times; the eighth sample of 25 a second is at 28 ms instead of 280.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet segyio==1.9.14 numpy==2.4.6
"$folder/venv/bin/python" -W error - "$folder" <<'PY'
import sys
import numpy as np
import segyio

def there_and_back(microseconds: int) -> tuple[float, float]:
    """The time between two samples (microseconds) and that of the eighth sample (ms), as read."""
    name = f"{sys.argv[1]}/{microseconds}.sgy"
    segyio.tools.from_array(name, np.zeros((1, 8), dtype=np.float32), dt=microseconds)
    with segyio.open(name, ignore_geometry=True) as record:
        return segyio.tools.dt(record), float(record.samples[-1])

seen = {step: there_and_back(step) for step in (1000, 32_000, 40_000, 50_000, 100_000)}
print(seen)
assert seen[1000] == (1000, 7) and seen[32_000] == (32_000, 224)
for step in (40_000, 50_000, 100_000):
    assert seen[step] == (4000, 28), "CHANGED: a slow record"
PY
echo "as described"
