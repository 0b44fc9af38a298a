#!/usr/bin/env bash
# python-controlchart 0.2.0. Spc judges readings by the rules of a control chart; the first is that
# a reading is beyond three deviations. Each rule waits until it has as many readings as it needs,
# and waits for one more: the first reading, which needs no other, is never judged, and seven on one
# side are seen from the eighth on. So a series that begins with its worst reading is in control. No
# error and no warning; the documentation shows an example in which the last reading is beyond. One
# would expect the rule of one reading to judge every reading.
# Why it matters: charts are begun anew after a repair, and the reading right after it is the one of
# interest. The run after a repair is told a lot later than it could be.
# Seen, limits 0 to 10: 50 as the first of eight readings is not beyond, as the second it is; seven
# readings above the centre are no run, eight are one, told at the eighth.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet python-controlchart==0.2.0 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import controlchart as chart

def judge(readings: list[float]) -> dict[str, list[int]]:
    """Readings against a centre of 5 and limits of 0 and 10."""
    return chart.Spc(readings, chart.CHART_X_MR_X, stats_custom=(5, 0, 10)).get_violating_points()

calm = [4.0, 6.0, 4.0, 6.0, 4.0, 6.0, 4.0]
first, second = judge([50.0, *calm]), judge([calm[0], 50.0, *calm[1:]])
seven, eight = judge([6.0] * 7), judge([6.0] * 8)
print("first", first, "second", second, "seven", seven, "eight", eight)
assert second[chart.RULES_1_BEYOND_3SIGMA] == [1]
assert not first, "CHANGED: the first reading"
assert not seven and eight == {chart.RULES_7_ON_ONE_SIDE: [7]}, "CHANGED: seven on one side"
PY
echo "as described"
