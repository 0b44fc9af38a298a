#!/usr/bin/env bash
# inventorize3 0.0.1, stocks of spare parts and goods. EPP_singleperiod gives the profit to expect
# of a quantity bought once, demand by Poisson: sales and salvage less cost and penalty. The formula
# goes over two lines, and the second stands alone, as an expression of its own beginning with a
# plus: what is paid for the goods is worked out and thrown away. No error and no warning.
# EPN_singleperiod, the same for a normal demand, is right, and the description of both is the same.
# One would expect nearly the same number of both for a demand as large as this.
# Why it matters: the more one buys, the better it looks until the demand is met, whatever the goods
# cost; and the greatest of these is the quantity to buy.
# Seen for a demand of 100, price 24, cost 20, salvage 7: 100 pieces give 775 instead of 332 by a
# direct sum, and by the normal one with a deviation of 10. At a cost of 24, where 68 are lost, 775
# as well.
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

DEMANDS = np.arange(400)
SHARES = stats.poisson(100).pmf(DEMANDS)

def right(pieces: int, price: float, cost: float, salvage: float) -> float:
    sold = np.minimum(DEMANDS, pieces)
    return float(((price * sold + salvage * (pieces - sold) - cost * pieces) * SHARES).sum())

def told(result: dict) -> float:
    (name,) = (name for name in result if "profit" in name.lower())
    return float(result[name])

seen = {cost: told(inventory.EPP_singleperiod(100, 100, 24, cost, 7, 0)) for cost in (20, 24)}
normal = told(inventory.EPN_singleperiod(100, 100, 10, 24, 20, 7, 0))
print("Poisson", seen, "right", right(100, 24, 20, 7), right(100, 24, 24, 7), "normal", normal)
assert abs(normal - right(100, 24, 20, 7)) < 5 and right(100, 24, 24, 7) < 0
assert seen[20] == seen[24] > 2 * right(100, 24, 20, 7), "CHANGED: the cost"
PY
echo "as described"
