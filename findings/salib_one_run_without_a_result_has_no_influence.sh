#!/usr/bin/env bash
# SALib 1.6.0, which input of a model decides its output. sobol.analyze takes the outputs of
# hundreds or thousands of runs and returns the share of each input. If one run has no result (NaN,
# as a simulation that did not converge gives), one would think that the indices are NaN, or that it
# is refused: delta raises, and pawn and rbd_fast of the same library return NaN. sobol.analyze
# returns 0 for each input, first order and total, and 0 for each width of confidence: no input has
# any influence, for certain. No error and no warning (with a constant output, for which the same
# zeros stand, it does warn). The variance of all runs is NaN, NaN is not above the least variance
# that is divided by, and what is not divided is left at 0. One of 1280 runs is enough.
# Why it matters: inputs with no influence are fixed or left out of a model of wear, and no
# maintenance is planned around them.
# Seen, 2a + b of a, b, c, 1280 runs: shares 0.80 0.20 0.00; with one run NaN 0 0 0 and widths 0 0
# 0; constant output 0 0 0 with a warning; pawn and rbd_fast NaN.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    SALib==1.6.0 scipy==1.17.1 pandas==3.0.5 numpy==2.4.6
MPLBACKEND=agg OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PY'
import warnings
import numpy as np
from SALib.analyze import pawn, rbd_fast, sobol
from SALib.sample import latin
from SALib.sample import sobol as sobol_sample

PROBLEM = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1]] * 3}

def model(inputs: np.ndarray, failed: int | None = None) -> np.ndarray:
    output = 2 * inputs[:, 0] + inputs[:, 1]
    if failed is not None:
        output[failed] = np.nan
    return output

def shares(output: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """First order, total, their widths, and how many warnings there were."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        told = sobol.analyze(PROBLEM, output, calc_second_order=False, seed=1)
    widths = np.r_[told["S1_conf"], told["ST_conf"]]
    return told["S1"], told["ST"], widths, len(caught)

inputs = sobol_sample.sample(PROBLEM, 256, calc_second_order=False, seed=1)
whole, gap = shares(model(inputs)), shares(model(inputs, failed=10))
constant = shares(np.full(len(inputs), 5.0))
print(len(inputs), "runs", whole[0].round(2), "one failed", gap, "constant", constant)
assert np.allclose(whole[0], [0.8, 0.2, 0], atol=0.01) and (whole[2][:2] > 0).all()
assert not np.concatenate(gap[:3]).any() and gap[3] == 0, "CHANGED: one run without a result"
assert not np.concatenate(constant[:2]).any() and constant[3] > 0

spread = latin.sample(PROBLEM, 500, seed=1)
output = model(spread, failed=3)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    others = pawn.analyze(PROBLEM, spread, output)["median"], rbd_fast.analyze(
        PROBLEM, spread, output)["S1"]
assert all(np.isnan(np.asarray(told, dtype=float)).all() for told in others)
PY
echo "as described"
