#!/usr/bin/env bash
# narwhals 2.29.0, one way of writing for pandas, polars and Arrow, in the words of polars. What
# becomes of a reading that is NaN, when clip puts readings into the range of the sensor? In polars
# and in pandas it stays NaN. In a table of Arrow, and in pandas with columns of Arrow, it becomes
# the upper limit; with a lower limit alone it becomes that one. max_horizontal and min_horizontal,
# documented as null where no column has a value: of a NaN and a null in pandas with columns of
# Arrow the greatest is minus infinity, the least plus infinity. No error and no warning, and no
# word of it in the description of clip. A null stays null everywhere.
# Why it matters: the same code reads a Parquet file by another library, and a broken sensor is a
# machine at 80 degrees, or, with a lower limit of 0, one at rest; counts and means take it in.
# Seen, 90, NaN and null clipped to 0 to 80: polars and pandas 80, NaN, missing; both with Arrow 80,
# 80, null; from 0 on 90, 0, null; of NaN and null in pandas with Arrow -inf and inf.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    narwhals==2.29.0 polars==2.1.0 pyarrow==26.0.1 pandas==2.3.3 numpy==2.4.6
OMP_NUM_THREADS=1 POLARS_MAX_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
from math import inf, isnan, nan
import narwhals as nw
import pandas as pd
import polars as pl

READINGS = pl.DataFrame({"x": [90.0, nan, None], "y": [nan, None, None]}, strict=False)
READINGS = READINGS.with_columns(pl.col("y").cast(pl.Float64))
FRAMES = {
    "polars": READINGS, "pandas": pd.DataFrame({"x": [90.0, nan, nan], "y": [nan, nan, nan]}),
    "arrow": READINGS.to_arrow(),
    "pandas of arrow": READINGS.to_pandas(use_pyarrow_extension_array=True),
}
X = nw.col("x")

def plain(value: object) -> object:
    """A value that can be compared: missing ones and NaN by their names."""
    if value is None or value is pd.NA:
        return "null"
    return "nan" if isnan(value) else float(value)

def told(name: str, expression: nw.Expr) -> list[object]:
    return [plain(value) for value in nw.from_native(FRAMES[name]).select(z=expression)["z"]]

ranged = {name: told(name, X.clip(0, 80)) for name in FRAMES}
from_zero = {name: told(name, X.clip(lower_bound=0)) for name in FRAMES}
greatest = {name: told(name, nw.max_horizontal("x", "y"))[1] for name in FRAMES}
least = {name: told(name, nw.min_horizontal("x", "y"))[1] for name in FRAMES}
print("0 to 80", ranged, "\nfrom 0", from_zero, "\ngreatest", greatest, "\nleast", least)
assert ranged["polars"][:2] == ranged["pandas"][:2] == [80, "nan"]
assert from_zero["polars"][:2] == from_zero["pandas"][:2] == [90, "nan"]
for name in ("arrow", "pandas of arrow"):
    assert ranged[name] == [80, 80, "null"], "CHANGED: NaN is the upper limit"
    assert from_zero[name] == [90, 0, "null"], "CHANGED: NaN is the lower limit"
assert greatest["polars"] == greatest["arrow"] == "nan"
assert greatest["pandas of arrow"] == -inf and least["pandas of arrow"] == inf, "CHANGED"
PY
echo "as described"
