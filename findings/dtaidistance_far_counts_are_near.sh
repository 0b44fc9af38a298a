#!/usr/bin/env bash
# dtaidistance 2.5.1 tells how far two recordings are apart, by dtw or plainly, by ed. It has a fast
# way in C, which takes doubles alone and raises ValueError for others, and one in Python, which
# takes anything and is what distance, distance_matrix, warping_path and ed.distance use. That one
# subtracts and squares in the type it is given. With counts of 8 bits without a sign, as cheap
# converters and packed archives give, both run over: 40 and 100 are not 60 apart but 4, since 196
# squared is 16 beyond a multiple of 256. What is far is near, so neighbours and clusters are
# others. No error, and a warning of numpy at best, as these are arrays' elements; with a sign it
# now and then raises "math domain error". Types of 16 bits run over from a difference of 256 on. So
# hand over floats.
# Seen, 10, 20, 30, 40 and 12, 18, 33, 100 by dtw: 60.14 as floats, 5.74 as 8 bits; 25, 35, 45, 55:
# 22.91 in both, so the farther one is the nearer. 0 and 256 as 16 bits: 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet dtaidistance==2.5.1 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from dtaidistance import dtw, ed

normal, spiked, shifted = [10, 20, 30, 40], [12, 18, 33, 100], [25, 35, 45, 55]

def apart(other: list[int], kind: type) -> list[float]:
    """How far the other is from the normal one: dtw, ed and out of a matrix."""
    one, two = np.array(normal, dtype=kind), np.array(other, dtype=kind)
    told = dtw.distance(one, two), ed.distance(one, two), dtw.distance_matrix([one, two])[0, 1]
    return [round(float(distance), 2) for distance in told]

found = {
    kind.__name__: (apart(spiked, kind), apart(shifted, kind)) for kind in (float, np.uint8)
}
for name, distances in found.items():
    print(name, "spiked, shifted", distances)
for row in range(3):
    assert found["float"][0][row] == 60.14 > found["float"][1][row]
    assert found["uint8"][0][row] == 5.74, "CHANGED: counts of 8 bits"
    assert found["uint8"][0][row] < found["uint8"][1][row], "CHANGED: the farther is farther"

far, near = np.array([0, 256], dtype=np.int16), np.array([0, 0], dtype=np.int16)
words = dtw.distance(far, near), dtw.distance(far.astype(float), near.astype(float))
print("16 bits", words)
assert words == (0, 256), "CHANGED: 16 bits"
try:
    dtw.distance_fast(far, near)
    raise AssertionError("CHANGED: the fast way takes whole numbers")
except ValueError:
    pass
PY
echo "as described"
