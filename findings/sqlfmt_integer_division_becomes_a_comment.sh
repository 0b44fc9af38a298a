#!/usr/bin/env bash
# sqlfmt 0.32.0 (shandy-sqlfmt) formats SQL and dbt models, and has no options for how, nor for
# which database, but ClickHouse. In DuckDB // divides whole numbers; in Snowflake it starts a
# comment, which sqlfmt takes it for everywhere, and writes as --. What stands behind it on its line
# is gone: the divisor, the name of the column, and the comma. So a column keeps its undivided
# numbers, and as the comma is gone, it takes the name of the next column, whose own values are
# nowhere. What is left is valid SQL in most cases, so the model runs on. Its check that formatting
# changed nothing compares both as it reads them itself, and passes. No error and no warning. So
# write floor(a / b) or a - a % b.
# Seen, 7,200 seconds // 3600 as hours, then 3 failures: one column, failures, of 7200, for hours 2
# and failures 3; alone in its line, and last, a column seconds of 7200.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet shandy-sqlfmt==0.32.0 duckdb==2.0.1
cd "$folder"
"$folder/venv/bin/python" -W error - <<'PY'
import subprocess
import sys
from pathlib import Path
import duckdb

FIRST = """
select
    seconds // 3600 as hours,
    failures
from (select 7200 as seconds, 3 as failures)
"""
LAST = """
select
    failures,
    seconds // 3600 as hours
from (select 7200 as seconds, 3 as failures)
"""

def result(query: str) -> dict[str, int]:
    cursor = duckdb.connect().execute(query)
    (row,) = cursor.fetchall()
    return dict(zip([column[0] for column in cursor.description], row, strict=True))

def formatted(query: str) -> str:
    """The query by the command line, whose check for safety is on."""
    file = Path("model.sql")
    file.write_text(query)
    command = [Path(sys.executable).with_name("sqlfmt"), "--no-progressbar", file]
    subprocess.run(command, check=True, capture_output=True)
    return file.read_text()

found = []
for query in (FIRST, LAST):
    made = formatted(query)
    found.append((result(query), result(made)))
    print(made, *found[-1])
assert found[0][0] == found[1][0] == {"hours": 2, "failures": 3}
assert found[0][1] == {"failures": 7200}, "CHANGED: first"
assert found[1][1] == {"failures": 3, "seconds": 7200}, "CHANGED: last"
PY
echo "as described"
