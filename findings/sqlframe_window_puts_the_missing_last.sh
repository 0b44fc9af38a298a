#!/usr/bin/env bash
# sqlframe 4.10.0 with DuckDB 2.0.1, which is there to run a program of Spark's data frames
# unchanged on a warehouse. Most of it is the same to the row, so one trusts the rest. In Spark a
# missing value comes first in ascending order. sqlframe's orderBy of a frame heeds that; the
# orderBy of a Window, spelt alike, does not, and puts it last. So row_number, rank and lag over a
# window count otherwise than the frame beside them is sorted, and "the first of each machine" is
# another row. cast("int") rounds, where Spark cuts: 20.7 degrees are 21, -20.7 are -21, and a text
# "20.7", which Spark refuses or cuts, is 21; rint rounds a half away from zero, where Spark takes
# the even one. No error and no warning. Checked beside Spark (pyspark 4), which is not run here.
# Seen, readings missing, 1.0 and 3.5: the frame missing, 1.0, 3.5; the window numbers them 3, 1, 2
# for Spark's 1, 2, 3. cast 21, -21 for 20, -20; rint(2.5) 3 for 2.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    "sqlframe[duckdb]==4.10.0" duckdb==2.0.1
"$folder/venv/bin/python" -W error::RuntimeWarning -W error::UserWarning - <<'PY'
from sqlframe.duckdb import DuckDBSession, Window, functions

session = DuckDBSession()
rows = session.createDataFrame([("fan", 1.0), ("fan", 3.5), ("fan", None)], ["machine", "bar"])
ordered = [row["bar"] for row in rows.orderBy("bar").collect()]
window = Window.partitionBy("machine").orderBy("bar")
numbered = rows.withColumn("place", functions.row_number().over(window)).collect()
places = {row["bar"]: row["place"] for row in numbered}
print("frame", ordered, "window", places)
assert ordered == [None, 1.0, 3.5]
assert places == {1.0: 1, 3.5: 2, None: 3}, "CHANGED: a window puts the missing first"

degrees = session.createDataFrame([(20.7,), (-20.7,), (1.0,)], ["degrees"])
whole = [row["whole"] for row in
         degrees.select(functions.col("degrees").cast("int").alias("whole")).collect()]
other = degrees.select(functions.lit("20.7").cast("int").alias("text"),
                       functions.rint(functions.lit(2.5)).alias("half")).collect()[0]
print("cast", whole, "of a text", other["text"], "rint", other["half"])
assert whole == [21, -21, 1], "CHANGED: cast cuts"
assert other["text"] == 21, "CHANGED: cast of a text"
assert other["half"] == 3.0, "CHANGED: rint takes the even one"
PY
echo "as described"
