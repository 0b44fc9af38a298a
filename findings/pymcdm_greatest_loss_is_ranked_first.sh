#!/usr/bin/env bash
# pymcdm 1.4.0 ranks alternatives by several criteria, each to be high (1) or low (-1), by some 20
# methods. One would think that a criterion may be below zero, as a loss, a change or a temperature
# is, or is refused. ARAS, WSM, WPM and RAM do refuse it, "requires all positive values"; TOPSIS,
# VIKOR, MABAC, MAIRCA and COCOSO are right. EDAS, CODAS, MARCOS, OCRA, LMAW and WASPAS divide by
# the mean, the greatest or the least value of the column as it is, and where that is negative the
# order turns round: of what is to be high the lowest is best. The ranking is the very reverse of
# the right one, without error or warning. With 1,000 added to the column all agree again.
# Why it matters: which machine is repaired or replaced first, by what each brings or loses, comes
# out as the one that should be last.
# Seen, yields of -300, -200, -100 and -250 to be high, weight 0.9: ranks 4, 2, 1, 3 by five of the
# methods, 1, 3, 4, 2 by six; with 1,000 more 4, 2, 1, 3 by all fifteen.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pymcdm==1.4.0 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import numpy as np
from pymcdm import methods

YIELDS = np.array([[-300.0, 10.0], [-200.0, 10.1], [-100.0, 9.8], [-250.0, 9.9]])
WEIGHTS, BOTH_HIGH = np.array([0.9, 0.1]), np.array([1, 1])
RIGHT, REVERSE = [4, 2, 1, 3], [1, 3, 4, 2]

def ranks(name: str, table: np.ndarray) -> list[int]:
    """Of the four machines, 1 the best."""
    method = getattr(methods, name)()
    return [int(rank) for rank in method.rank(method(table, WEIGHTS, BOTH_HIGH))]

shifted = YIELDS + np.array([1000.0, 0.0])
for name in ("TOPSIS", "VIKOR", "MABAC", "MAIRCA", "COCOSO"):
    assert ranks(name, YIELDS) == ranks(name, shifted) == RIGHT, name
for name in ("ARAS", "WSM", "WPM", "RAM"):
    assert ranks(name, shifted) == RIGHT, name
    try:
        ranks(name, YIELDS)
    except ValueError:
        continue
    raise AssertionError(f"CHANGED: {name} takes what is below zero")
for name in ("EDAS", "CODAS", "MARCOS", "OCRA", "LMAW", "WASPAS"):
    told = ranks(name, YIELDS)
    print(name, told, "with 1,000 more", ranks(name, shifted))
    assert ranks(name, shifted) == RIGHT, name
    assert told == REVERSE, f"CHANGED: {name}"
PY
echo "as described"
