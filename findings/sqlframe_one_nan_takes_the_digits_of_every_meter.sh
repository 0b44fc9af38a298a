#!/usr/bin/env bash
# sqlframe 4.10.0 with DuckDB 2.0.1, which runs programs written for Spark's data frames on a
# warehouse. createDataFrame, of rows or of a pandas frame, makes a column of doubles of Python's
# floats, and told so ("x double") one would be sure of it. It writes the rows out as SQL, and there
# a NaN is CAST('NaN' AS REAL), a float of 32 bits, and so becomes the whole column: one missing
# reading of one machine, and each machine's numbers are cut to seven digits. A meter at 300 million
# Wh moves in steps of 32, so its consumption of an hour is 0 or 32; inf does the same. The schema
# still says double. And dropna, which drops NaN in Spark, leaves it in. No error and no warning.
# Without the NaN the same call keeps each digit; None in its place is right in both.
# Seen, 300,000,001.5 and 300,000,010.5 Wh: 9.0 Wh used; with a NaN of another machine 300,000,000
# twice, 0 Wh used; after dropna still three rows.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    "sqlframe[duckdb]==4.10.0" duckdb==2.0.1 numpy==2.4.6 pandas==3.1.1
"$folder/venv/bin/python" -W error::RuntimeWarning -W error::UserWarning - <<'PY'
from math import nan
import pandas as pd
from sqlframe.duckdb import DuckDBSession, functions

session = DuckDBSession()
METER = [("press", 300_000_001.5), ("press", 300_000_010.5)]
COLUMNS = ["machine", "wh"]

def used(frame) -> float:
    """What the press has used: its greatest less its least reading, in Wh."""
    press = frame.where(functions.col("machine") == "press")
    row = press.agg((functions.max("wh") - functions.min("wh")).alias("used")).collect()[0]
    return row["used"]

for name, other, true in (("alone", [], True), ("with a gap", [("fan", None)], True),
                          ("with NaN", [("fan", nan)], False),
                          ("with inf", [("fan", float("inf"))], False)):
    rows = METER + other
    frames = [session.createDataFrame(rows, COLUMNS),
              session.createDataFrame(rows, "machine string, wh double")]
    told = [used(frame) for frame in frames]
    print(f"{name}: {told}, {frames[0].schema.fields[1]}")
    assert told == ([9.0, 9.0] if true else [0.0, 0.0]), f"CHANGED: {name}"
    assert "double" in str(frames[0].schema.fields[1])

gap = METER + [("fan", nan)]
by_pandas = session.createDataFrame(pd.DataFrame(gap, columns=COLUMNS))
readings = [row["wh"] for row in by_pandas.where(functions.col("machine") == "press").collect()]
kept = len(session.createDataFrame(gap, COLUMNS).dropna().collect())
print("of pandas", readings, "rows after dropna", kept)
assert readings == [300_000_000.0] * 2, "CHANGED: a frame of pandas"
assert kept == 3, "CHANGED: dropna drops NaN"
PY
echo "as described"
