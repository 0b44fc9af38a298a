#!/usr/bin/env bash
# plotly 7.1.0. px.ecdf draws which share of the values is up to each value; of hours to failure it
# is the curve of failures, with ecdfmode="complementary" (more than) that of survivors, with
# "reversed" (at least) the same but for ties. One would think that machines without the value are
# left out, or counted alike in all three. They are counted as the greatest values and not drawn:
# the curve of failures ends at a half where half the machines have no value. "reversed" counts from
# the other end without them, but divides by all: it begins at a half and falls to nothing. So in
# one library "last more than 400 hours" is a greater share than "last 400 hours or more", and the
# middle life read where a curve crosses 0.5 is the greatest of all, or the least. After dropna the
# three agree.
# Seen, lives of 100, 200, 300, 400 hours and four machines without: up to each value 0.125 0.25
# 0.375 0.5; more than it 0.875 0.75 0.625 0.5; at least it 0.5 0.375 0.25 0.125. After dropna 0.25
# to 1, 0.75 to 0 and 1 to 0.25.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet plotly==7.1.0 "pandas<3" numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 venv/bin/python -W error::UserWarning - <<'PY'
import pandas as pd
import plotly.express as px

lives = pd.DataFrame({"hours": [None, 100, None, 200, 300, None, 400, None]}, dtype=float)

def drawn(rows: pd.DataFrame, mode: str) -> dict[float, float]:
    """The share at each of the hours that are drawn."""
    (curve,) = px.ecdf(rows, x="hours", ecdfmode=mode).data
    return {float(x): float(y) for x, y in zip(curve.x, curve.y) if x == x}

hours = [100, 200, 300, 400]
expected = {
    "standard": ([0.125, 0.25, 0.375, 0.5], [0.25, 0.5, 0.75, 1]),
    "complementary": ([0.875, 0.75, 0.625, 0.5], [0.75, 0.5, 0.25, 0]),
    "reversed": ([0.5, 0.375, 0.25, 0.125], [1, 0.75, 0.5, 0.25]),
}
for mode, (with_gaps, without) in expected.items():
    shares, known = drawn(lives, mode), drawn(lives.dropna(), mode)
    print(mode, [shares[at] for at in hours], "after dropna", [known[at] for at in hours])
    assert [known[at] for at in hours] == without
    assert [shares[at] for at in hours] == with_gaps, "CHANGED: how missing values count"
assert drawn(lives, "complementary")[400] > drawn(lives, "reversed")[400]
PY
echo "as described"
