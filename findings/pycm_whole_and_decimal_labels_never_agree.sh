#!/usr/bin/env bash
# PyCM 4.6, a library of confusion matrices. It takes the labels that came and those foretold as
# lists or arrays. Where their types differ, as 0 and 1 of a table beside 0.0 and 1.0 of a model, or
# True and False beside 1 and 0, it turns each into its text and compares the texts. "1" is not
# "1.0", so there are four classes instead of two and not one prediction is right: the accuracy of a
# model without a single error is 0. No error and no warning, and the measures of each class are
# there, of classes that nobody has. One would expect the numbers to be compared, as Python and
# NumPy do and scikit-learn does, or a refusal. One type on both sides is right.
# Why it matters: labels that once had a gap come out of pandas as decimal numbers, predictions do
# not.
# Seen, 6 of 6 right: whole beside decimal accuracy 0.0, classes 0, 0.0, 1, 1.0; True and False
# beside 1 and 0 0.0; both whole 1.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pycm==4.6 numpy==2.4.6
"$folder/venv/bin/python" -W error - 2> "$folder/said.txt" <<'PY'
import numpy as np
from pycm import ConfusionMatrix

came = np.array([0, 1, 1, 0, 0, 1])

def told(one: np.ndarray, other: np.ndarray) -> tuple[float, list]:
    matrix = ConfusionMatrix(one, other)
    return matrix.Overall_ACC, matrix.classes

both = told(came, came)
decimal = told(came, came.astype(float))
truth = told(came.astype(bool), came)
print("both whole", both, "beside decimal", decimal, "beside true and false", truth)
assert (came == came.astype(float)).all() and (came == came.astype(bool)).all()
assert both[0] == 1
assert decimal[0] == 0 and len(decimal[1]) == 4, "CHANGED: whole beside decimal"
assert truth[0] == 0 and len(truth[1]) == 4, "CHANGED: true and false"
PY
if [ -s "$folder/said.txt" ]; then
    cat "$folder/said.txt"
    echo "CHANGED: it says something"
    exit 1
fi
echo "as described"
