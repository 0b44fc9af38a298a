#!/usr/bin/env bash
# fireducks 1.4.4 stands in for pandas 2.3.3: the import is exchanged, the program remains, and it
# runs on several cores. One would think that the numbers remain, too. Where values are missing
# some do not. nunique of a column or a table, documented in pandas to leave the missing out,
# counts them as one value more, though by groups it does not. A join by a key matches missing to
# missing in pandas; here it does not, so rows are gone (inner) or without their other half (left).
# A missing number made a text is missing still, not "nan". And of whole numbers 0 // 0 is
# infinite, where pandas, and fireducks itself for decimals, have NaN. No error and no warning.
# Why it matters: how many types or serial numbers there are, shares of nothing by nothing above
# every limit, and rows that come and go with what the program was started with.
# Seen: the serial numbers 7, none, 7, 9, none are 3, by pandas 2, by groups 2 for both; of three
# rows two without a key the join keeps 1, by pandas 3; 0 // 0 inf, by pandas NaN.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    fireducks==1.4.4 pandas==2.3.3 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import math
from types import ModuleType
import fireducks.pandas
import pandas

SERIAL = [7.0, math.nan, 7.0, 9.0, math.nan]

def told(pd: ModuleType) -> dict[str, object]:
    """What a program gets that imports this as pd."""
    machines = pd.DataFrame({"serial": SERIAL, "line": ["a"] * 5})
    orders = pd.DataFrame({"key": ["x", None, None], "hours": [1, 2, 3]})
    crews = pd.DataFrame({"key": ["x", None], "crew": [10, 20]})
    stops, starts = pd.Series([0, 4]), pd.Series([0, 2])
    return {
        "serial numbers": int(machines["serial"].nunique()),
        "in the table": int(machines.nunique()["serial"]),
        "in the line": int(machines.groupby("line")["serial"].nunique()["a"]),
        "orders with a crew": len(orders.merge(crews, on="key")),
        "hours with a crew": int(orders.merge(crews, on="key")["hours"].sum()),
        "0 // 0": float((stops // starts).iloc[0]),
        "0.0 // 0.0": float((stops.astype(float) // starts).iloc[0]),
        "text nan": int((machines["serial"].astype(str) == "nan").sum()),
    }

here, there = told(fireducks.pandas), told(pandas)
for name in here:
    print(f"{name}: fireducks {here[name]}, pandas {there[name]}")
assert math.isnan(here.pop("0.0 // 0.0")) and math.isnan(there.pop("0.0 // 0.0"))
assert math.isnan(there.pop("0 // 0"))
assert list(there.values()) == [2, 2, 2, 3, 6, 2]
assert here.pop("0 // 0") == math.inf, "CHANGED: nothing by nothing"
assert list(here.values()) == [3, 3, 2, 1, 1, 0], "CHANGED: missing values"
PY
echo "as described"
