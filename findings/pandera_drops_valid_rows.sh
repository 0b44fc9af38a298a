#!/usr/bin/env bash
# pandera 0.35.0 with pandas 2. A schema with drop_invalid_rows=True gives back the rows that hold.
# It takes them out by their label of the index, not by their place. Where two rows share a label, and
# they do after pd.concat of two machines or with the time as index, a bad row takes the good ones of
# the same label with it, of whichever machine: one wild reading at six o'clock empties six o'clock
# in the whole fleet. No error, no warning, and the schema says nothing of unique labels. With
# reset_index before, one row goes.
# Seen, three machines with three hours each, one reading of 900 degrees: 6 of 9 rows are left; after
# reset_index 8.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pandera==0.35.0 "pandas<3" numpy==2.4.6
"$folder/venv/bin/python" -W error - <<'PY'
import pandas as pd
import pandera.pandas as pa

hours = pd.date_range("2026-03-01 05:00", periods=3, freq="h")
fleet = pd.concat(
    pd.DataFrame({"machine": machine, "celsius": [180.0, celsius, 182.0]}, index=hours)
    for machine, celsius in (("a", 181.0), ("b", 900.0), ("c", 179.0))
)
schema = pa.DataFrameSchema(
    {"machine": pa.Column(str), "celsius": pa.Column(float, pa.Check.lt(400))},
    drop_invalid_rows=True,
)
kept = schema.validate(fleet, lazy=True)
kept_by_place = schema.validate(fleet.reset_index(drop=True), lazy=True)
print(f"{len(kept)} of {len(fleet)} rows are left, after reset_index {len(kept_by_place)}")
lost = sorted({f"{time:%H:%M}" for time in hours.difference(kept.index)})
print("lost in each machine:", lost)
assert len(fleet) == 9 and len(kept_by_place) == 8
assert len(kept) == 6, "CHANGED: rows are not dropped by their label"
assert lost == ["06:00"] and set(kept["machine"]) == {"a", "b", "c"}
PY
echo "as described"
