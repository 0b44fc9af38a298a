#!/usr/bin/env bash
# pyshewhart 1.1.0, control charts with the rules of Western Electric: two of three beyond two
# deviations, four of five beyond one, eight in a row on one side of the mean.
# passing_western_elec_rules and in_control say whether the samples keep them. It counts how many of
# so many are beyond, and asks for more than the rule says instead of as many: three of three, five
# of five, and nine of eight, which there never are. So the third rule, the one for a shift of the
# level, never strikes, and the others miss what they are named for. No error and no warning; what
# they find they print under the rule's name. A single sample beyond three deviations is told.
# Why it matters: wear shows as a level that shifts by less than the limits, and this rule is there
# to see it.
# Seen: twenty samples of 9.7 and then twenty of 10.3 pass all and are in control; two of three and
# four of five pass; three of three and five of five do not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pyshewhart==1.1.0 matplotlib==3.11.2 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import matplotlib

matplotlib.use("Agg")
from contextlib import redirect_stdout
from io import StringIO
from pyshewhart.control_charts import XbarRControlChart

CALM = [10.1, 9.9] * 8

def passes(means: list[float]) -> bool:
    """Samples of five with a range of 2: a deviation of the mean is 0.385."""
    readings = [mean + off for mean in means for off in (-1.0, 0.0, 1.0, 0.0, 0.0)]
    with redirect_stdout(StringIO()):
        chart = XbarRControlChart(readings, sample_size=5)
    return chart.passing_western_elec_rules and chart.in_control

seen = {
    "as always": passes(CALM),
    "beyond three": passes([*CALM, 12.0]),
    "three of three": passes([*CALM, 10.95, 10.95, 10.95]),
    "five of five": passes(CALM + [10.6] * 5),
    "two of three": passes([*CALM, 10.95, 9.9, 10.95]),
    "four of five": passes([*CALM, 10.6, 10.6, 10.6, 10.6, 9.9]),
    "twenty on one side": passes([9.7] * 20 + [10.3] * 20),
}
print(seen)
assert seen["as always"] and not seen["beyond three"]
assert not seen["three of three"] and not seen["five of five"]
assert seen["two of three"] and seen["four of five"], "CHANGED: m of n"
assert seen["twenty on one side"], "CHANGED: a run on one side"
PY
echo "as described"
