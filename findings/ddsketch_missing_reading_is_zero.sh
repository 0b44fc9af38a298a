#!/usr/bin/env bash
# ddsketch 3.0.1 keeps quantiles of a stream in little memory and merges those of many machines; what
# it tells of a quantile is within a share of the true one, and that is proven. A missing reading
# (NaN) is taken without a word, and one would expect it to be left out, or NaN to come out, as it
# does of avg and sum. What is neither above the least positive number nor below the greatest
# negative one counts as zero, and NaN is neither: each missing reading is a reading of 0. Of 120
# temperatures of which 80 are missing the median is 0, and the 95th percentile is the one of rank
# 34 in 40 and not 38; of temperatures below zero it is 0, warmer than all. A sketch that had only
# missing ones tells 0, and merged into those of other machines it lowers theirs. No error, no
# warning.
# Why it matters: the temperature that 95 % stay below looks the better, the more readings are lost,
# and a limit that is learnt from it alarms of healthy machines.
# Seen, 60 to 99 degrees, each once: median 79.1 and 95th percentile 96.6 (79.5 and 97.05 are
# exact); with 80 NaN besides 0 and 92.8; -99 to -60 with 80 NaN 0 and 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet ddsketch==3.0.1 numpy==2.4.6
"$folder/venv/bin/python" -W error - <<'PY'
from math import isnan, nan
import numpy as np
from ddsketch import DDSketch

def sketch(values: list[float]) -> DDSketch:
    made = DDSketch(relative_accuracy=0.01)
    for value in values:
        made.add(value)
    return made

def told(made: DDSketch) -> tuple[float, float]:
    """Median and 95th percentile."""
    return made.get_quantile_value(0.5), made.get_quantile_value(0.95)

warm = [float(degrees) for degrees in range(60, 100)]
cold = [-degrees for degrees in warm]
print("none missing", told(sketch(warm)), "80 missing", told(sketch(warm + [nan] * 80)))
print("below zero", told(sketch(cold)), "80 missing", told(sketch(cold + [nan] * 80)))
for values in (warm, cold):
    ranked = np.quantile(values, [0.5, 0.95], method="lower")
    assert np.allclose(told(sketch(values)), ranked, rtol=0.01)
    assert isnan(sketch([*values, nan]).avg)
merged = sketch(warm)
merged.merge(sketch([nan] * 80))
with_gaps = told(sketch(warm + [nan] * 80))
assert with_gaps == told(sketch(warm + [0.0] * 80)), "CHANGED: a missing reading is none of 0"
assert with_gaps[0] == 0 and 92 < with_gaps[1] < 93, "CHANGED: missing readings count"
assert told(sketch(cold + [nan] * 80)) == (0, 0), "CHANGED: missing readings below zero"
assert told(sketch([nan])) == (0, 0), "CHANGED: missing readings alone"
assert told(merged) == with_gaps, "CHANGED: missing readings of another machine"
PY
echo "as described"
