#!/usr/bin/env bash
# gower 0.1.2, Gower's distance between rows of numbers and names mixed, by which machines that are
# alike are grouped. Each column of numbers counts by its difference over its range, from 0 to 1.
# One would think that it does not matter where the zero of a column lies. It does: each column is
# divided by its greatest value first, and where that is 0, the column is set to 0 as a whole, so
# all its rows are alike, however wide their range is. It keeps its share in the sum all the same,
# so two machines that differ in everything are at half the distance. The greatest is 0 in each
# column of a deviation, a loss, a gap to a limit, degrees of frost, or a change since the last
# service that can only fall. Shifted by one, the same column counts in full. No error and no
# warning, and gower_topn finds the nearest by what is left.
# Why it matters: the machine 30 bar below its limit is the twin of the one that is at it.
# Seen, pressure less its limit -30, -20, -10, 0 and a column of one value: all distances 0; with 1
# added to each 0.5 between the ends, as is right. Of 0, -29 and -30 each is as near to -30 as can
# be.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    gower==0.1.2 numpy==2.4.6 pandas==2.3.3 scipy==1.17.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import gower
import numpy as np
import pandas as pd

below_limit = np.array([-30.0, -20.0, -10.0, 0.0])

def distances(values: np.ndarray) -> np.ndarray:
    """Between machines of these readings and one speed (shares of the range, of 2 columns)."""
    return gower.gower_matrix(pd.DataFrame({"pressure": values, "speed": 900.0}))

true = np.abs(below_limit[:, None] - below_limit) / 30 / 2
for shift in (-1.0, 1.0, 100.0):
    assert np.allclose(distances(below_limit + shift), true, atol=1e-5), shift
told = distances(below_limit)
print("shifted by one", distances(below_limit + 1)[0], "as they are", told[0])
assert np.ptp(below_limit) == 30 and not told.any(), "CHANGED: a greatest value of 0"

one = pd.DataFrame({"pressure": [-30.0]})
fleet = pd.DataFrame({"pressure": [0.0, -29.0, -30.0]})
nearest = gower.gower_topn(one, fleet, n=3)["values"]
print("to the nearest three", nearest, "shifted", gower.gower_topn(one - 1, fleet - 1, n=3))
assert not nearest.any(), "CHANGED: the nearest"
assert gower.gower_topn(one - 1, fleet - 1, n=3)["index"].tolist() == [2, 1, 0]
PY
echo "as described"
