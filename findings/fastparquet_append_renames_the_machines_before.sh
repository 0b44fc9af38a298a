#!/usr/bin/env bash
# fastparquet 2026.9.0 with pandas 3.1.1. append=True adds the readings of a day to a Parquet file.
# With the machine as a category, as pandas and this library advise for a column of few names, each
# part of the file has a list of names of its own and numbers that point into it. Reading all of it,
# fastparquet keeps the list of the last part and lets the numbers of each part point into that: if
# the last day knows other machines than the first, the first day's readings bear the last day's
# names. pandas with this engine does the same, and so does a data set of several files
# (file_scheme="hive"). No error and no warning, and each number lies in a machine that exists. The
# file is right: pyarrow, part by part (iter_row_groups) and to_pandas(categories=[]) read it
# rightly, so who writes it finds nothing. (Reported to its developers in February 2025, issue 949.)
# Seen, a pump at 95 degrees and a fan at 40, then a fan at 41 and an oven at 180: the 95 are the
# oven's, and there is no pump.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    fastparquet==2026.9.0 pyarrow==26.0.1 numpy==2.4.6 pandas==3.1.1
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PY'
import fastparquet
import pandas as pd
import pyarrow.parquet

def day(machines: list[str], degrees: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"machine": pd.Categorical(machines), "degrees": degrees})

DAYS = [day(["pump", "fan"], [95.0, 40.0]), day(["fan", "oven"], [41.0, 180.0])]
TRUE = ["pump", "fan", "fan", "oven"]
for path, scheme in (("one.parquet", "simple"), ("many", "hive")):
    fastparquet.write(path, DAYS[0], file_scheme=scheme)
    fastparquet.write(path, DAYS[1], file_scheme=scheme, append=True)
    file = fastparquet.ParquetFile(path)
    told = file.to_pandas()
    parts = [machine for part in file.iter_row_groups() for machine in part["machine"]]
    texts = file.to_pandas(categories=[])["machine"].tolist()
    print(scheme, dict(zip(told["degrees"], told["machine"])), "by parts", parts)
    assert told["degrees"].tolist() == [95, 40, 41, 180]
    assert told["machine"].tolist() == ["oven", "fan", "fan", "oven"], f"CHANGED: {scheme}"
    assert parts == texts == TRUE

by_pandas = pd.read_parquet("one.parquet", engine="fastparquet")["machine"].tolist()
by_arrow = pyarrow.parquet.read_table("one.parquet")["machine"].to_pylist()
print("pandas", by_pandas, "pyarrow", by_arrow)
assert by_pandas == ["oven", "fan", "fan", "oven"], "CHANGED: pandas with fastparquet"
assert by_arrow == TRUE
PY
echo "as described"
