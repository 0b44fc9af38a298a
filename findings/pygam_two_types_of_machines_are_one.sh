#!/usr/bin/env bash
# pygam 0.12.0. f(feature) is a factor term: one coefficient for each category of a column of whole
# numbers. One would think that each code has its own, whatever the codes are, as LinearGAM takes
# any and refuses those beyond what it has seen ("out of domain for categorical feature"). It cuts
# the span from the least code to the greatest into as many equal parts as there are codes: right
# for 0, 1, 2, wrong as soon as one number is left out. Types 10, 20 and 50 have three parts of 13.7
# each: 10 and 20 share one and get the same effect, their mean, and 30, never seen, is not refused
# but is given the middle part, which has no data. In 0, 1, 2 and 7 it is 0 and 1 that are one. No
# error and no warning. (An inner function says that it assumes 0 to k - 1; neither f nor the GAM
# does.) With codes from np.unique(..., return_inverse=True) it is right.
# Why it matters: machine types, sites and error codes come with numbers that have gaps, if only
# since a type was retired; what one of two types has too much, the other has too little.
# Seen, true effects 0, 1, 2: of the codes 0, 1, 2 -0.01, 1.01, 2.00; of 10, 20, 50 0.50, 0.50,
# 2.00; of 0, 1, 7 the same.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pygam==0.12.0 scipy==1.16.3 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error::UserWarning - <<'PY'
import numpy as np
from pygam import LinearGAM, f

draw = np.random.default_rng(0)
types = draw.integers(0, 3, 600)
effect = types + draw.normal(0, 0.1, 600)

def learnt(codes: list[int]) -> tuple[LinearGAM, list[float]]:
    model = LinearGAM(f(0)).fit(np.array(codes)[types][:, None], effect)
    return model, model.predict(np.array(codes)[:, None]).round(2).tolist()

(_, dense), (gaps, spread), (_, retired) = (learnt(c) for c in ([0, 1, 2], [10, 20, 50], [0, 1, 7]))
print("0, 1, 2:", dense, "10, 20, 50:", spread, "0, 1, 7:", retired)
assert np.allclose(dense, [0, 1, 2], atol=0.05)
codes, renumbered = np.unique(np.array([10, 20, 50])[types], return_inverse=True)
again = LinearGAM(f(0)).fit(renumbered[:, None], effect)
assert np.allclose(again.predict([[0], [1], [2]]), dense, atol=0.01)
for wrong in (spread, retired):
    assert wrong[0] == wrong[1] and 0.3 < wrong[0] < 0.7, "CHANGED: two codes are one"
    assert np.isclose(wrong[2], 2, atol=0.05)
try:
    gaps.predict([[60]])
    raise AssertionError("CHANGED: a code beyond those seen")
except ValueError as error:
    assert "out of domain for categorical feature" in str(error)
assert np.isfinite(gaps.predict([[30]])).all(), "CHANGED: a code between those seen"
PY
echo "as described"
