#!/usr/bin/env bash
# modin 0.37.1 stands in for pandas 2.3.3: the import is exchanged, the program remains, and it
# runs on several cores. Where a function is not its own yet it takes pandas' and says so. clip
# with a limit for each row, the one of its machine or its rated power, it takes for its own, and
# cuts nothing: the readings come back as they were; with one number for all it cuts.
# combine_first, which fills the gaps of one sensor from another, gives a table of both and fills
# none. cov and corr of two columns are NaN as soon as one reading is missing, though the table's
# own cov leaves it out, as pandas does in both; and groupby with sort=False, in the order in which
# machines come, sorts them. No error and no warning, by the engines python (in one process, as
# here) and dask alike.
# Seen, readings 1, 2, none, 4, 6 and limits 2, 1, 3, none, 7 from below: as they were, by pandas
# 2, 2, none, 4, 7; machines b, a, b in the order a, b; cov NaN, by pandas and in the table 8.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet modin==0.37.1 pandas==2.3.3 numpy==2.4.6
MODIN_ENGINE=python MODIN_CPUS=1 OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import math
from types import ModuleType
import modin.pandas
import numpy as np
import pandas

GAP = math.nan
READINGS, LIMITS = [1.0, 2.0, GAP, 4.0, 6.0], [2.0, 1.0, 3.0, GAP, 7.0]

def told(pd: ModuleType) -> dict[str, list]:
    """What a program gets that imports this as pd."""
    rows = pd.DataFrame({"reading": READINGS, "limit": LIMITS})
    reading, limit = rows["reading"], rows["limit"]
    machines = pd.DataFrame({"machine": ["b", "a", "b"], "hours": [1, 2, 3]})
    return {
        "at least the limit": reading.clip(lower=limit).to_numpy(),
        "at least 3": reading.clip(lower=3).to_numpy(),
        "filled": reading.combine_first(limit).to_numpy(),
        "cov": [reading.cov(limit)],
        "cov of the table": [round(rows.cov().iloc[0, 1], 6)],
        "machines": list(machines.groupby("machine", sort=False)["hours"].sum().index),
    }

def same(one: list, other: list) -> bool:
    one, other = np.asarray(one), np.asarray(other)
    return one.shape == other.shape and (
        np.array_equal(one, other) if one.dtype.kind in "UO"
        else np.allclose(one, other, equal_nan=True)
    )

here, there = told(modin.pandas), told(pandas)
for name in here:
    by_modin, by_pandas = (np.asarray(found[name]).tolist() for found in (here, there))
    print(f"{name}: modin {by_modin}, pandas {by_pandas}")
assert same(there["at least the limit"], [2, 2, GAP, 4, 7])
assert same(here["at least the limit"], READINGS), "CHANGED: clip by a column"
assert same(here["at least 3"], there["at least 3"])
assert same(there["filled"], [1, 2, 3, 4, 6])
assert here["filled"].shape == (5, 2), "CHANGED: combine_first"
assert same(here["cov of the table"], [8]) and same(there["cov"], [8])
assert same(here["cov"], [GAP]), "CHANGED: cov with a gap"
assert same(there["machines"], ["b", "a"])
assert same(here["machines"], ["a", "b"]), "CHANGED: the order of groups"
PY
echo "as described"
