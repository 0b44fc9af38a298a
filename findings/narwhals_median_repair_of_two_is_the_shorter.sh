#!/usr/bin/env bash
# narwhals 2.29.0 runs one program on the tables of polars, pandas, pyarrow, DuckDB and others. Its
# median says of itself that results may slightly differ by what computes them. By groups on a
# table of pyarrow it takes pyarrow's approximate median, made for many values; of a group of two
# that is the lesser one, however far the other is. Of the same rows without groups the median is
# exact, on pyarrow too. No error and no warning.
# Why it matters: a machine has two repairs a year; its median repair is the shorter one, so those
# with one long standstill look best, by what kind of table the rows came in, from Parquet
# pyarrow's.
# Seen, repairs of half an hour and a hundred: 0.5, by polars, pandas and DuckDB 50.25; without
# groups 50.25 on each; of 1, 2, 90 and 100 hours 46 in each way.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    narwhals==2.29.0 pyarrow==25.0.1 polars==2.1.0 pandas==3.1.1 duckdb==2.0.1 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import duckdb
import narwhals as nw
import polars as pl
import pyarrow as pa

REPAIRS = {
    "machine": ["a", "a", "b", "b", "b", "b"],
    "hours": [0.5, 100.0, 1.0, 2.0, 90.0, 100.0],
}
table = pa.table(REPAIRS)
tables = {
    "pyarrow": table,
    "polars": pl.DataFrame(REPAIRS).lazy(),
    "pandas": table.to_pandas(),
    "duckdb": duckdb.from_arrow(table),
}
median = nw.col("hours").median()

def told(native: object) -> list[float]:
    """The median of machine a, of b, and of a's rows alone, without groups."""
    frame = nw.from_native(native).lazy()
    groups = frame.group_by("machine").agg(median).sort("machine").collect("pyarrow")
    alone = frame.filter(nw.col("machine") == "a").select(median).collect("pyarrow")
    return groups["hours"].to_list() + alone["hours"].to_list()

found = {name: told(native) for name, native in tables.items()}
print(found)
assert all(found[name] == [50.25, 46, 50.25] for name in ("polars", "pandas", "duckdb"))
assert found["pyarrow"] == [0.5, 46, 50.25], "CHANGED: the median by groups"
PY
echo "as described"
