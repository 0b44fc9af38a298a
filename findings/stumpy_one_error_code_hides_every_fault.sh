#!/usr/bin/env bash
# stumpy 1.14.1, matrix profiles: of each window of a signal the distance to its nearest like, so that
# the most distant one is a fault. Windows are compared by their shape, each with its own mean
# and deviation, so one would think that a wild value spoils the windows it lies in. One value of the
# size of an error code (9999999999, or 3.4e38, the largest of a 4-byte float) spoils all after it:
# stump goes from window to window with what it has summed so far, which has no digit left for
# the rest. Each later window is told a distance of exactly 0, to a window that does not look
# like it at all, and a fault among them is as normal as all else. No warning. 99999999 does no
# harm, and NaN in its place does none either.
# Seen, a fault at row 1500 and a code at row 300: with NaN or 99999999 the fault's distance is 4.57,
# with either of the two 0.0, as of each window from row 400 on, where 14 is true of what was told.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet stumpy==1.14.1 scipy==1.17.1 numpy==2.4.6
NUMBA_NUM_THREADS=1 OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import numpy as np
import stumpy

WINDOW, FAULT, CODE_AT = 50, 1500, 300
draw = np.random.default_rng(0)
signal = np.sin(np.arange(2000) * 0.2) + draw.normal(0, 0.05, 2000)
signal[FAULT : FAULT + 20] += 1.5

def profile(code: float) -> tuple[np.ndarray, np.ndarray]:
    """The distances from row 400 on, as told, and of the likes that were told for them."""
    coded = signal.copy()
    coded[CODE_AT] = code
    told = stumpy.stump(coded, WINDOW)
    windows = np.lib.stride_tricks.sliding_window_view(coded, WINDOW)
    rows = np.arange(400, len(windows))
    shapes = [windows[places] for places in (rows, told[rows, 1].astype(int))]
    ours, theirs = (
        (shape - shape.mean(axis=1, keepdims=True)) / shape.std(axis=1, keepdims=True)
        for shape in shapes
    )
    return told[rows, 0].astype(float), np.linalg.norm(ours - theirs, axis=1)

clean = profile(signal[CODE_AT])[0]
assert clean.argmax() + 400 in range(FAULT - WINDOW, FAULT + 20)
for code in (np.nan, 99999999.0, 9999999999.0, 3.4028235e38):
    told, true = profile(code) if not np.isnan(code) else (profile(code)[0], clean)
    fault = told[FAULT - 400]
    print(f"{code}: the fault {fault:.2f}, zero {(told == 0).mean():.0%}, true {true.mean():.2f}")
    if code > 1e9:
        assert (told == 0).all(), "CHANGED: the code spoils only its own windows"
        assert true.mean() > 5
    else:
        assert abs(fault - clean[FAULT - 400]) < 0.5 and fault > 4
PY
echo "as described"
