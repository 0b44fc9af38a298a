#!/usr/bin/env bash
# pyspc 0.4, control charts. Of lots of several sizes the p chart shows the share that is faulty,
# about a centre with limits for each size. The centre, in every textbook, is all that is faulty by
# all that was inspected, and so it is in the u chart of the same library. In its p chart it is the
# plain mean of the shares: a lot of 150 pieces moves it as much as one of 2000. So small lots,
# which go wrong more often, lift the centre and the limits with it: they stay within, and the large
# ones, that are as always, fall below their lower limit. No error and no warning. With equal sizes
# both are the same.
# Why it matters: the alarm is of the lots that are right, and the bad ones are normal.
# Seen, 20 faults in each of two lots of 2000 and 12 in each of two of 150: centre 0.045 in the p
# chart, 0.0149 in the u chart; lots beyond the limits the two large ones, where it should be the
# two small.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pyspc==0.4 numpy==2.4.6 pandas==2.3.3 \
    matplotlib==3.11.2
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PY'
import numpy
import pyspc

lots = numpy.array([[2000, 20], [2000, 20], [150, 12], [150, 12]])

def judge(chart: object) -> tuple[float, list[bool]]:
    """Centre, and which lots are beyond their limits."""
    shares, centre, lower, upper, _ = chart.plot(lots, 2)
    return centre, [bool(s < a or s > b) for s, a, b in zip(shares, lower, upper, strict=True)]

(shares, beyond), (rate, right) = judge(pyspc.p()), judge(pyspc.u())
print("p chart", shares, beyond)
print("u chart", rate, right)
assert numpy.isclose(rate, 64 / 4300) and right == [False, False, True, True]
assert numpy.isclose(shares, (0.01 + 0.01 + 0.08 + 0.08) / 4), "CHANGED: the centre"
assert beyond == [True, True, False, False], "CHANGED: the lots beyond the limits"
PY
echo "as described"
