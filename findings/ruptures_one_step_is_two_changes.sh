#!/usr/bin/env bash
# ruptures 1.1.10, a finder of change points. Pelt is documented to minimise the penalised error over
# all segmentations, so one clean step in a signal should be one change, at its row. Unless told
# jump=1 it looks only at each fifth row, and a step between two of these is told as two changes
# five rows apart, with a segment of its own between them: the step costs more than a change does.
# So of the same step, some days have one change and some two, by the row at which it happened; a
# count of changes per machine is made of that. A gap (NaN) is not refused: every fifth row after
# it is a change. KernelCPD, of the same library, looks at each row and finds one.
# Seen, a step at row 100, 101, 102, 103, 104 of 200: 100; 100; 100 and 105; 100 and 105; 105. With
# jump=1 the row itself; after a NaN in row 50: 29 changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet ruptures==1.1.10 numpy==2.4.6
"$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
import ruptures

def step(row: int) -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, 0.1, 200)
    return noise + np.where(np.arange(200) < row, 0.0, 3.0)

def find(search, signal: np.ndarray) -> list[int]:
    # The last one of what is returned is the signal's length.
    return [int(row) for row in search.fit(signal).predict(pen=3)][:-1]

unasked = {row: find(ruptures.Pelt(model="l2"), step(row)) for row in range(100, 105)}
print(unasked)
expected = {100: [100], 101: [100], 102: [100, 105], 103: [100, 105], 104: [105]}
assert unasked == expected, "CHANGED: it does not look at each fifth row"
for row in range(100, 105):
    assert find(ruptures.Pelt(model="l2", jump=1), step(row)) == [row]
    assert find(ruptures.KernelCPD(kernel="linear"), step(row)) == [row]

gap = step(100)
gap[50] = np.nan
after_a_gap = find(ruptures.Pelt(model="l2"), gap)
print("after a gap in row 50:", after_a_gap)
assert after_a_gap == list(range(55, 200, 5)), "CHANGED: a gap is told"
PY
echo "as described"
