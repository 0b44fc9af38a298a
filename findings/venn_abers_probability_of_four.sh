#!/usr/bin/env bash
# venn-abers 1.5.4, a calibrator whose intervals for probabilities hold by proof. It takes binary
# class labels, as scikit-learn's calibrators do, and it takes labels 1 and 2 (or -1 and 1)
# without a word; one would expect the same probabilities for the same two classes, or an error.
# The labels go into the isotonic fit as numbers, and what comes out as the probability of the
# second class lies above 1, or below 0. Rows of the table still sum to 1. Labels 0 and 1, or
# False and True, are right.
# Seen, the same 2,000 rows, scores of 0.1, 0.5 and 0.9: 0.013, 0.282 and 0.750 with labels 0 and
# 1; 0.995, 1.379 and 3.793 with 1 and 2; -37.0, -0.765 and 0.512 with -1 and 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    venn-abers==1.5.4 numpy==2.4.6 scikit-learn==1.9.1 pandas==2.3.3
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from venn_abers import VennAbersCalibrator

draw = np.random.default_rng(0)
score = draw.random(2000)
failed = (draw.random(2000) < score**2).astype(int)
asked = np.array([0.1, 0.5, 0.9])

def calibrate(labels: np.ndarray) -> np.ndarray:
    table = VennAbersCalibrator().predict_proba(
        p_cal=np.column_stack([1 - score, score]),
        y_cal=labels,
        p_test=np.column_stack([1 - asked, asked]),
    )
    assert np.allclose(table.sum(axis=1), 1)
    return table[:, 1]

right = calibrate(failed)
one_two = calibrate(failed + 1)
signs = calibrate(2 * failed - 1)
print("0 and 1:", right.round(3), "1 and 2:", one_two.round(3), "-1 and 1:", signs.round(3))
assert ((right > 0) & (right < 1)).all()
assert np.array_equal(right, calibrate(failed.astype(bool)))
assert one_two[2] > 3.5, "CHANGED: labels 1 and 2"
assert signs[0] < -30, "CHANGED: labels -1 and 1"
PY
echo "as described"
