#!/usr/bin/env bash
# sqlglot 30.30.0 turns SQL of one database into that of another. The hours between two moments are
# counted in two ways: DuckDB's date_diff counts how often the clock strikes between them; MySQL's
# and Spark's timestampdiff and Trino's date_diff count whole hours gone by. From DuckDB to Trino
# and Postgres sqlglot minds that. From MySQL, Spark, Databricks and Trino to DuckDB it leaves the
# name as it is, so 7:59 to 8:01 becomes an hour; and from DuckDB to SQLite the whole hours are
# counted, and the months as 30 days each, so a year has twelve of them on its last day. (It warns
# of weeks and quarters to SQLite, of these not.) So days, months and years go wrong as well.
# Why it matters: the hours to repair and between failures differ by what the warehouse is.
# Seen, 7:59 to 8:01: by all four on DuckDB 1; by DuckDB's own 1, on SQLite 0, minutes 1 for 2; 1
# January to 31 December: DuckDB 11 months, SQLite 12.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet sqlglot==30.30.0 duckdb==2.0.1 pytz
"$folder/venv/bin/python" -W error - <<'PY'
import sqlite3
import duckdb
from sqlglot import ErrorLevel, transpile

HOURS = {
    "mysql": "SELECT TIMESTAMPDIFF(HOUR, {}, {})",
    "spark": "SELECT timestampdiff(HOUR, {}, {})",
    "databricks": "SELECT timestampdiff(HOUR, {}, {})",
    "trino": "SELECT date_diff('hour', {}, {})",
}
BREAK = "TIMESTAMP '2026-03-02 07:59:00'", "TIMESTAMP '2026-03-02 08:01:00'"
YEAR = "TIMESTAMP '2026-01-01 00:00:00'", "TIMESTAMP '2026-12-31 00:00:00'"
to_duckdb = {}
for read, query in HOURS.items():
    (made,) = transpile(
        query.format(*BREAK), read=read, write="duckdb", unsupported_level=ErrorLevel.RAISE
    )
    to_duckdb[read] = duckdb.sql(made).fetchall()[0][0]
print("whole hours, on DuckDB:", to_duckdb)
assert set(to_duckdb.values()) == {1}, "CHANGED: whole hours are counted"
(trino,) = transpile("SELECT date_diff('hour', a, b)", read="duckdb", write="trino")
assert trino.count("DATE_TRUNC") == 2

def on_both(unit: str, span: tuple[str, str]) -> tuple[int, int]:
    """What DuckDB counts, and SQLite by what is made of it."""
    query = f"SELECT date_diff('{unit}', {span[0]}, {span[1]})"
    (made,) = transpile(
        query, read="duckdb", write="sqlite", unsupported_level=ErrorLevel.RAISE
    )
    here = sqlite3.connect(":memory:").execute(made).fetchone()[0]
    return duckdb.sql(query).fetchall()[0][0], here

found = on_both("hour", BREAK), on_both("minute", BREAK), on_both("month", YEAR)
print("DuckDB, SQLite:", found)
assert found == ((1, 0), (2, 1), (11, 12)), "CHANGED: on SQLite"
PY
echo "as described"
