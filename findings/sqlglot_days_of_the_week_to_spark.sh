#!/usr/bin/env bash
# sqlglot 30.30.0 with DuckDB 1.5.6. Asked to write a query of DuckDB's for Spark, sqlglot gives no
# warning (unsupported_level=RAISE raises nothing) and other numbers come out. isodow(d), Monday 1 to
# Sunday 7, becomes ((DAYOFWEEK(d) % 7) + 1), which with Spark's DAYOFWEEK (Sunday 1 to Saturday 7) is
# Monday 3, Friday 7, Saturday 1, Sunday 2: wrong on each day of the week. dayofweek(d), in DuckDB
# Sunday 0 to Saturday 6, stays DAYOFWEEK(d), which is one more in Spark. log(x), in DuckDB to base
# 10, stays LOG(x), which is natural in Spark, though log10(x) is written right, as LOG(10, x). So a
# translated model that groups by weekday runs and is off. Spark's numbers are computed here by
# DuckDB from Spark's definition of the two functions, so that no Spark is needed.
# Seen: isodow [1..7] becomes [3, 4, 5, 6, 7, 1, 2].
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet sqlglot==30.30.0 duckdb==1.5.6
"$folder/venv/bin/python" - <<'PY'
import duckdb
import sqlglot
from sqlglot import ErrorLevel

def to_spark(expression: str) -> str:
    sql = sqlglot.transpile(
        f"select {expression}", read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE
    )[0]
    return sql.removeprefix("SELECT ")

def evaluate(expression: str) -> list:
    # Monday, 2 March 2026, to Sunday
    week = "select date '2026-03-02' + cast(n as integer) as d, 10.0 ** n as x from range(7) as days(n)"
    return [row[0] for row in duckdb.sql(f"select {expression} from ({week}) order by d").fetchall()]

written = {name: to_spark(name) for name in ("isodow(d)", "dayofweek(d)", "log(x)", "log10(x)")}
for name, sql in written.items():
    print(f"{name:13} is written for Spark as {sql}")
assert written["isodow(d)"] == "((DAYOFWEEK(d) % 7) + 1)"
assert written["dayofweek(d)"] == "DAYOFWEEK(d)"
assert (written["log(x)"], written["log10(x)"]) == ("LOG(x)", "LOG(10, x)")

# Spark's DAYOFWEEK: Sunday is 1, so it is DuckDB's plus one.
sparks = written["isodow(d)"].replace("DAYOFWEEK(d)", "(dayofweek(d) + 1)")
meant, got = evaluate("isodow(d)"), evaluate(sparks)
print("meant", meant, "got", got)
assert meant == [1, 2, 3, 4, 5, 6, 7]
assert got == [3, 4, 5, 6, 7, 1, 2]
# Spark's LOG of one argument is DuckDB's ln.
assert evaluate("log(x)")[2] == 2.0 != evaluate("ln(x)")[2]
PY
echo "as described"
