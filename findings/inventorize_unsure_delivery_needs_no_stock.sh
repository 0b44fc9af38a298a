#!/usr/bin/env bash
# inventorize3 0.0.1, stocks of spare parts and goods. dlsigmadl gives the deviation of what is
# needed until a delivery arrives, where both the demand and the time of the delivery are unsure;
# reorderpoint_leadtime_variability the stock at which to order. The formula has squares. In Python
# ^ is no power but exclusive or of the bits, and that is what is computed, of whole numbers,
# without error or warning; only of decimals does it raise TypeError. In dlsigmadl all three squares
# are so, and the deviation is that of a small number; in the reorder point it is one of three. The
# example in its own description is among them. One would expect the formula of the textbook, root
# of L s2 + d2 sL2.
# Why it matters: the safety stock hangs on this number alone. A pump waits for a seal that by plan
# was there in 90 of 100 cases.
# Seen: demand 100 +- 22 a day, delivery 12 +- 3 days: 19 instead of 310. Demand 50 +- 5, delivery 6
# +- 2, service 90 %: order at 392 instead of 429.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet inventorize3==0.0.1 numpy==2.4.6 pandas==2.3.3 \
    scipy==1.17.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import inventorize3 as inventory
import numpy as np
from scipy import stats

def right(demand: float, deviation: float, days: float, spread: float) -> float:
    return float(np.sqrt(days * deviation**2 + demand**2 * spread**2))

seen = inventory.dlsigmadl(100, 22, 12, 3)
print("deviation", float(seen["sigmadl"]), "right", right(100, 22, 12, 3))
order = inventory.reorderpoint_leadtime_variability(50, 5, 6, 2, 0.9)
level = 300 + stats.norm.ppf(0.9) * right(50, 5, 6, 2)
print("order at", float(order["reorder_point"]), "right", level)
sure = inventory.reorderpoint(50, 5, 6, 0.9)
assert np.isclose(sure["reorder_point"], 300 + stats.norm.ppf(0.9) * right(50, 5, 6, 0))
assert seen["DL"] == 1200 and order["demandleadtime"] == 300
assert seen["sigmadl"] < 25 < 300 < right(100, 22, 12, 3), "CHANGED: the deviation"
assert np.isclose(order["sigmadl"], np.sqrt(6 * 25 + (5000 ^ 2))), "CHANGED: the reorder point"
assert order["reorder_point"] < 395 < level
PY
echo "as described"
