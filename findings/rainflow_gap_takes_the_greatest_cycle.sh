#!/usr/bin/env bash
# rainflow 3.2.0, which counts the load cycles that tire a part. A series with one reading missing
# (NaN) is neither refused nor does the count skip the reading: a turning point is told by the
# product of the two steps around it, and a product with NaN in it is not below 0. So the readings
# on both sides of the gap are no turning points. Where the gap lies between the highest and the
# lowest load, just the greatest cycles go, which make nearly all of the damage; the count looks
# like one of a calmer day. One would expect an error, NaN, or the count without the reading, which
# dropping the NaN beforehand gives.
# Seen, loads 0, 10, gap, -10, 8, -8, 0: ranges 8 and 16, damage (slope 5) 557,056; with the gap
# dropped: 8, 10, 16, 18 and 20, damage 3,135,456, which is 5.6 times as much.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet rainflow==3.2.0
"$folder/venv/bin/python" -W error - <<'PY'
from math import nan
import rainflow

def damage(cycles: list[tuple[float, float]]) -> float:
    return sum(count * size**5 for size, count in cycles)

whole = rainflow.count_cycles([0.0, 10.0, -10.0, 8.0, -8.0, 0.0])
gap = rainflow.count_cycles([0.0, 10.0, nan, -10.0, 8.0, -8.0, 0.0])
print("whole", whole, damage(whole))
print("gap", gap, damage(gap))
assert whole == [(8, 0.5), (10, 0.5), (16, 0.5), (18, 0.5), (20, 0.5)]
assert gap == [(8, 1.0), (16, 0.5)], "CHANGED: a gap does not take its neighbours along"
assert damage(whole) == 3_135_456 and damage(gap) == 557_056
PY
echo "as described"
