#!/usr/bin/env bash
# DuckDB 1.5.6 and 2.0.1. A process that wrote to a database file and was killed leaves its last rows
# in FILE.wal. Where FILE is then replaced by another database, as who publishes a file does (written
# beside it, renamed over it), DuckDB adds those rows to the new database, without a word: the log of
# a file in the format v1.0.0, which 1.5.6 writes by default, does not say which database it is of.
# So who replaces a file removes its log first. Seen with both: 5,000 rows written, 5,001 read.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for version in 1.5.6 2.0.1; do
    python3 -m venv "$folder/$version"
    "$folder/$version/bin/python" -m pip install --quiet "duckdb==$version"
    (cd "$folder" && "$version/bin/python" - <<'PY'
import os
import subprocess
import sys
import duckdb

def publish(rows: int) -> None:
    with duckdb.connect() as connection:
        connection.execute("attach 'new.duckdb' as new (storage_version 'v1.0.0')")
        connection.execute(f"create table new.t as select range as x from range({rows})")
        connection.execute("detach new")
    os.replace("new.duckdb", "published.duckdb")

KILLED = """
import duckdb, os
connection = duckdb.connect("published.duckdb")
connection.execute("insert into t values (-1)")
os._exit(0)
"""
publish(1000)
subprocess.run([sys.executable, "-c", KILLED], check=True)
publish(5000)
with duckdb.connect("published.duckdb", read_only=True) as connection:
    read = connection.execute("select count(*) from t").fetchall()[0][0]
print(f"duckdb {duckdb.__version__}: 5000 rows written, {read} read")
assert read == 5001, "CHANGED: the log of the other file is not added"
os.remove("published.duckdb.wal")
PY
    )
done
echo "as described"
