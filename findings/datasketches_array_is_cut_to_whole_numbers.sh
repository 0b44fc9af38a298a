#!/usr/bin/env bash
# datasketches 5.2.0, Apache's sketches of quantiles for warehouses. kll_ints_sketch and its peers
# for whole numbers refuse a reading of 2.7 with TypeError. The same readings as an array of numpy,
# which update takes as well, are cut: 2.7 is counted as 2, -0.9 as 0, without error or warning, so
# all quantiles and ranks are those of other readings, up to one nearer to zero. A list of floats is
# refused. kll_floats_sketch keeps the decimals.
# Why it matters: a day of vibrations below 1 mm/s, added as an array, has a greatest value of 0.
# Seen: 0.2, 0.9 and -0.9 as an array: greatest 0, share below 0 0.00; with kll_floats_sketch 0.9
# and 0.33; 0.9 alone TypeError.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet datasketches==5.2.0 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import numpy as np
from datasketches import kll_floats_sketch, kll_ints_sketch

readings = np.array([0.2, 0.9, -0.9])

def told(sketch: object) -> tuple[int, float, float]:
    sketch.update(readings)
    return sketch.n, sketch.get_max_value(), sketch.get_rank(0)

whole, floats = told(kll_ints_sketch(200)), told(kll_floats_sketch(200))
print(whole, floats)
try:
    kll_ints_sketch(200).update(0.9)
    raise AssertionError("CHANGED: one reading")
except TypeError:
    pass
assert floats[0] == 3 and abs(floats[1] - 0.9) < 1e-6 and abs(floats[2] - 1 / 3) < 1e-6
assert whole == (3, 0, 0), "CHANGED: an array"
PY
echo "as described"
