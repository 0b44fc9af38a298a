#!/usr/bin/env bash
# python-controlchart 0.2.0. Spc judges a list of lots by a control chart and gives the numbers of
# those beyond its limits; in its example for readings they count from 0. In the p chart, the share
# of faulty pieces, and the u chart, faults by piece, a lot of 0 is put before the first: the chart
# has one point more than there were lots, and every number is one too high. The np chart and the c
# chart of the same lots give the right number. No error, no warning. One would expect the same.
# Why it matters: the batch that is held back is the good one after it. It is worse when the last
# lot is the bad one: then its number is beyond the list, which at least is an error to whoever
# looks it up.
# Seen, 13 lots of 100, the bad one has the number 10: np 10, c 10, p 11, u 11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet python-controlchart==0.2.0 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import controlchart as chart

LOTS = [3, 2, 4, 3, 2, 3, 4, 3, 2, 3, 15, 3, 2]
BAD = LOTS.index(15)
seen = {}
for kind in (chart.CHART_NP, chart.CHART_C, chart.CHART_P, chart.CHART_U):
    judged = chart.Spc(LOTS, kind, sizes=100)
    seen[kind] = judged.get_violating_points()[chart.RULES_1_BEYOND_3SIGMA]
    print(f"{kind}: beyond the limits {seen[kind]}, bad is {BAD}")
assert seen[chart.CHART_NP] == seen[chart.CHART_C] == [BAD]
assert seen[chart.CHART_P] == [BAD + 1], "CHANGED: the p chart"
assert seen[chart.CHART_U] == [BAD + 1], "CHANGED: the u chart"
PY
echo "as described"
