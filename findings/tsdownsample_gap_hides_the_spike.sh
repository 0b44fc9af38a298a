#!/usr/bin/env bash
# tsdownsample 0.1.5.1, which thins readings for charts (plotly-resampler draws by it). LTTB keeps of
# each bucket the point that spans the largest triangle. Where a reading is missing (NaN) behind a
# spike in the same bucket, the spike is not among the points; missing before it, it is. No warning.
# One would expect a missing reading to be passed over, as MinMaxDownsampler of the same package
# does wherever the gap lies.
# Seen, 1,000 readings between -1 and 1 with one of 50 at place 500, 40 points: drawn without a gap
# and with one at 495; with one at 501 or 525 the highest point drawn is 1. MinMax draws 50 always.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet tsdownsample==0.1.5.1 numpy==2.4.6
"$folder/venv/bin/python" -W error - <<'PY'
import numpy as np
from tsdownsample import LTTBDownsampler, MinMaxDownsampler

readings = np.sin(np.arange(1000.0) / 20)
readings[500] = 50.0

def draw(thin: LTTBDownsampler | MinMaxDownsampler, gap: int | None) -> float:
    seen = readings.copy()
    if gap is not None:
        seen[gap] = np.nan
    return float(np.nanmax(seen[thin.downsample(seen, n_out=40)]))

highest = {gap: draw(LTTBDownsampler(), gap) for gap in (None, 495, 501, 525, 526)}
print("LTTB", highest)
assert highest[None] == highest[495] == highest[526] == 50
assert highest[501] <= 1 and highest[525] <= 1, "CHANGED: a gap hides no spike before it"
assert all(draw(MinMaxDownsampler(), gap) == 50 for gap in (None, 495, 501, 525, 526))
PY
echo "as described"
