#!/usr/bin/env bash
# boost-histogram 1.8.1 counts readings in bins, a collective of loads or temperatures that tells how
# a machine has been used, and keeps two more bins: for what lies below the range (underflow) and
# above it (overflow). A missing reading (NaN) is neither, and one would think that it is not
# counted, as numpy does not, or refused. It goes into the bin for what lies above. So the hours
# above a limit, told by [loc(60)::sum] or [overflow], hold the hours without a reading, while below
# a limit they are right. No error and no warning. Edges of one's own, an axis that grows and even
# one that is circular, for angles, on which nothing lies beyond, do so too. Without an overflow bin
# (overflow=False) a missing reading is left out.
# Why it matters: a machine whose sensor was off for a day has a day beyond its limit in its
# collective, and its warranty or its remaining life is reckoned by that.
# Seen, 95 readings of 20 to 80 degrees and 5 missing, bins from 0 to 100: from 60 on 37 where 32 are
# true, beyond 100 5 where none is; below 60 63, as is true; nothing in the underflow.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet boost-histogram==1.8.1 numpy==2.4.6
"$folder/venv/bin/python" -W error - <<'PY'
import boost_histogram as bh
import numpy as np

degrees = np.r_[np.linspace(20, 80, 95), [np.nan] * 5]
LIMIT = 60

def filled(axis: bh.axis.Axis) -> bh.Histogram:
    return bh.Histogram(axis).fill(degrees)

histogram = filled(bh.axis.Regular(10, 0, 100))
told = {
    "from the limit on": histogram[bh.loc(LIMIT) :: sum],
    "below the limit": histogram[: bh.loc(LIMIT) : sum],
    "overflow": histogram[bh.overflow],
    "underflow": histogram[bh.underflow],
}
true = {
    "from the limit on": int((degrees >= LIMIT).sum()),
    "below the limit": int((degrees < LIMIT).sum()),
    "overflow": int((degrees >= 100).sum()),
    "underflow": int((degrees < 0).sum()),
}
print("told", told)
print("true", true)
assert true == {
    "from the limit on": 32, "below the limit": 63, "overflow": 0, "underflow": 0
}
assert np.array_equal(histogram.view(), np.histogram(degrees, bins=10, range=(0, 100))[0])
assert told == true | {"from the limit on": 37, "overflow": 5}, "CHANGED: where NaN is counted"
for axis in (
    bh.axis.Variable([0, 50, 100]),
    bh.axis.Regular(10, 0, 100, growth=True),
    bh.axis.Regular(10, 0, 100, circular=True),
):
    assert filled(axis)[bh.overflow] == 5, "CHANGED: other axes"
without = filled(bh.axis.Regular(10, 0, 100, overflow=False))
assert without[bh.loc(LIMIT) :: sum] == 32 and without.sum(flow=True) == 95
PY
echo "as described"
