#!/usr/bin/env bash
# PyNomaly 0.4.0, local outlier probabilities: of each row from 0 to 1 how surely it is none of the
# others. fit() refuses rows in which a reading is missing (NaN) and says that it does not support
# them, so one would think that stream(), which scores the rows that come after it, refuses as
# well, or answers NaN. It looks for the nearest of the rows that it knows, starting from a
# distance of 90 thousand millions; a distance to NaN is never smaller, so that one stays, and the
# probability is 1. No error and no warning, and nothing tells it from a row that is far off.
# Why it matters: each gap in a machine's readings is a fault, and no real one is more certain.
# Seen: a healthy row 0.0, one that is two deviations off 0.74, one with a missing reading 1.0; fit
# raises MissingValuesError.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet PyNomaly==0.4.0 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
from math import nan
import numpy as np
from PyNomaly import loop

healthy = np.random.default_rng(0).normal(0, 1, (100, 2))
known = loop.LocalOutlierProbability(healthy, n_neighbors=10).fit()

def score(*row: float) -> float:
    return round(float(known.stream(np.array(row))), 2)

found = {"healthy": score(0, 0), "off": score(2, 0), "missing": score(nan, 0)}
print(found)
assert found["healthy"] == 0 and found["off"] == 0.74
assert found["missing"] == 1, "CHANGED: a missing reading is no certain outlier"
healthy[20, 0] = nan
try:
    loop.LocalOutlierProbability(healthy, n_neighbors=10).fit()
except loop.MissingValuesError as refused:
    print("fit:", refused)
else:
    raise AssertionError("CHANGED: fit takes missing readings")
PY
echo "as described"
