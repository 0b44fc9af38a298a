#!/usr/bin/env bash
# cuallee 0.15.4 checks tables, alike for pandas, polars, DuckDB and more, as it says.
# is_composite_key, or are_unique, of machine and hour tells whether each pair of them stands once,
# as polars does. pandas and DuckDB count the different machines and the different hours, each for
# itself, and take their mean: a key of two columns is never unique unless each column is so alone,
# and how far it falls short, pass_rate, has nothing to do with what stands twice. A share that was
# set so that it passes passes with any number of doubles. On DuckDB the count is an estimate
# besides. No error and no warning. So check a column that joins the two.
# Seen, 4 machines with 24 hours each, every pair once: polars PASS, pandas and DuckDB FAIL with 82
# violations of 96; with one twice and one not at all polars FAIL with 2, the others as before.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    cuallee==0.15.4 polars==2.1.0 pandas==2.3.3 pyarrow==26.0.1 duckdb==2.0.1 numpy==2.4.6
"$folder/venv/bin/python" -W ignore - <<'PY'
import duckdb
import pandas as pd
import polars as pl
from cuallee import Check, CheckLevel

def checked(rows: pd.DataFrame) -> dict[str, tuple[str, float]]:
    """Status and violations of "machine and hour are a key", by kind of table."""
    connection = duckdb.connect()
    connection.register("readings", rows)
    found = {}
    for name, table in (("pandas", rows), ("polars", pl.from_pandas(rows)), ("duckdb", connection)):
        check = Check(CheckLevel.WARNING, "key").is_composite_key(("machine", "hour"))
        if name == "duckdb":
            check.table_name = "readings"
        told = check.validate(table)
        row = told.to_dicts()[0] if isinstance(told, pl.DataFrame) else told.to_dict("records")[0]
        found[name] = row["status"], row["violations"]
    return found

pairs = [(f"M{machine}", hour) for machine in range(4) for hour in range(24)]
key = checked(pd.DataFrame(pairs, columns=["machine", "hour"]))
doubles = checked(pd.DataFrame(pairs[:-1] + pairs[:1], columns=["machine", "hour"]))
single = checked(pd.DataFrame({"machine": ["a", "b", "c"], "hour": [1, 2, 3]}))
print("key", key)
print("doubles", doubles)
assert {status for status, _ in single.values()} == {"PASS"}
assert key["polars"] == ("PASS", 0) and doubles["polars"] == ("FAIL", 2)
assert key["pandas"] == ("FAIL", 82), "CHANGED: pandas knows the key"
assert key["duckdb"][0] == "FAIL", "CHANGED: DuckDB knows the key"
assert doubles["pandas"] == ("FAIL", 82), "CHANGED: pandas counts the doubles"
PY
echo "as described"
