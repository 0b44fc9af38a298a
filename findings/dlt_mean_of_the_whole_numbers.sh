#!/usr/bin/env bash
# dlt 1.31.0 with DuckDB 2.0.1. Rows of a sensor, brought without types, as from a web API: 20,
# 20.5, 21.0, 90.75. dlt infers a table; one would expect a column of doubles, or an error at the
# second row. The first value is a whole number, so the column is one of whole numbers, and every
# reading with decimals goes to a second column, value__v_double, with NULL in the first; 21.0
# goes back to the first. No warning, and the run is a success. So the mean of the value is that
# of the readings that happen to be whole, and the failing machine's is the one left out. The
# other way round, a decimal first, all four are in one column.
# Seen: mean 20.5 of 2 readings; with a decimal first 38.0625 of 4.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet "dlt[duckdb]==1.31.0" duckdb==2.0.1
cd "$folder"
RUNTIME__DLTHUB_TELEMETRY=false OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import dlt
import duckdb

def bring(values: list, name: str) -> tuple[list, tuple]:
    warehouse = duckdb.connect(f"{name}.duckdb")
    place = dlt.destinations.duckdb(warehouse)
    pipeline = dlt.pipeline(name, destination=place, dataset_name="raw", pipelines_dir="state")
    run = pipeline.run([{"value": value} for value in values], table_name="readings")
    run.raise_on_failed_jobs()
    columns = [row[0] for row in warehouse.sql("describe raw.readings").fetchall()]
    mean = warehouse.sql("select avg(value), count(value) from raw.readings").fetchall()[0]
    return [column for column in columns if column.startswith("value")], mean

whole_first = bring([20, 20.5, 21.0, 90.75], "whole_first")
decimal_first = bring([20.5, 20, 21.0, 90.75], "decimal_first")
print("whole first", whole_first)
print("decimal first", decimal_first)
assert whole_first == (["value", "value__v_double"], (20.5, 2)), "CHANGED: decimals are kept"
assert decimal_first == (["value"], (38.0625, 4))
PY
echo "as described"
