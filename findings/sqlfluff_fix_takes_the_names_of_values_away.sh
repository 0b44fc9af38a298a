#!/usr/bin/env bash
# sqlfluff 4.4.0 finds and mends what is amiss in SQL. Its rule AL05, on by default, removes the
# name of a table that is nowhere referred to, which changes no result. Rows that are written out,
# from (values (1, 20.5)) as limits (machine, warm), get the names of their columns in that same
# place, and fix removes these with it, for DuckDB, Spark, Trino, SQLite and more; not for Postgres
# and Snowflake. With "select *" the query runs on: its columns are col0 and col1, and what takes
# them by name, a dbt model on it or union all by name, fails or has missing values. Where they are
# named in the query, it does not run any more. lint asks for the same, so who mends by hand does
# it, too. Refer to the name once, limits.machine, and it stays.
# Seen, limits of two machines: columns machine and warm before, col0 and col1 after; united by name
# with a table of the right ones, 1 of 3 machines has a name; with "select machine" an error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet sqlfluff==4.4.0 duckdb==2.0.1
cd "$folder"
"$folder/venv/bin/python" -W error::UserWarning - <<'PY'
import duckdb
import sqlfluff

ROWS = "from (values (1, 20.5), (2, 21.5)) as limits (machine, warm)\n"
EVERY, NAMED = "select *\n" + ROWS, "select machine\n" + ROWS
QUALIFIED = "select limits.machine\n" + ROWS

def fixed(query: str, dialect: str = "duckdb") -> str:
    return sqlfluff.fix(query, dialect=dialect)

def columns(query: str) -> list[str]:
    return duckdb.sql(query).columns

codes = {fault["code"] for fault in sqlfluff.lint(EVERY, dialect="duckdb")}
print("lint", codes, "before", columns(EVERY), "after", columns(fixed(EVERY)))
assert codes == {"AL05"}, "CHANGED: lint"
assert columns(EVERY) == ["machine", "warm"]
assert columns(fixed(EVERY)) == ["col0", "col1"], "CHANGED: the names stay"
assert fixed(QUALIFIED) == QUALIFIED

united = f"select 3 as machine, 22.5 as warm union all by name ({fixed(EVERY)})"
rows = duckdb.sql(f"select machine from ({united})").fetchall()
machines = sorted(row[0] is None for row in rows)
print("machines without a number", machines)
assert machines == [False, True, True]
try:
    columns(fixed(NAMED))
    raise AssertionError("CHANGED: the names stay")
except duckdb.BinderException:
    pass

loses = [dialect for dialect in ("sparksql", "trino", "sqlite", "postgres", "snowflake")
         if "machine" not in fixed(EVERY, dialect)]
print("names lost in", loses)
assert loses == ["sparksql", "trino", "sqlite"], "CHANGED: the dialects"
PY
echo "as described"
