#!/usr/bin/env bash
# polars 2.1.0. upsample is said to put a table on a regular frequency; the word says that rows are
# added. It makes a grid that begins at the first row and keeps of the table just the rows that lie
# on it to the microsecond. A reading that came one second late is gone, with null in its place, and
# who fills the nulls with the value before has the calm hour where the fault was. Where it is the
# first reading that came a second late, the grid is a second late, and each reading of that machine
# but the first is gone. No error, no warning, and a constant where the machine was. (Reported to
# its developers in February 2024, issue 14327, and still so.) pandas' asfreq does as polars does;
# group_by_dynamic keeps the readings, and truncating the time before upsample does.
# Seen, readings 20, 95, 94, 21 at each hour, the second one a second late: 20, null, 94, 21; the
# first one a second late: 20, null, null; group_by_dynamic: 20, 95, 94, 21 both times.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet polars==2.1.0
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import datetime, timedelta
import polars as pl

def machine(late: int) -> pl.DataFrame:
    times = [datetime(2026, 3, 1, hour) for hour in (6, 7, 8, 9)]
    times[late] += timedelta(seconds=1)
    return pl.DataFrame({"at": times, "celsius": [20, 95, 94, 21]})

second = machine(late=1).upsample("at", every="1h")["celsius"].to_list()
first = machine(late=0).upsample("at", every="1h")["celsius"].to_list()
whole = [
    machine(late).group_by_dynamic("at", every="1h").agg(pl.mean("celsius"))["celsius"].to_list()
    for late in (0, 1)
]
print("second late", second, "first late", first, "group_by_dynamic", whole)
assert second == [20, None, 94, 21], "CHANGED: a late reading is kept"
assert first == [20, None, None], "CHANGED: the readings after a late one are kept"
assert whole == [[20, 95, 94, 21]] * 2
truncated = machine(late=0).with_columns(pl.col("at").dt.truncate("1h")).upsample("at", every="1h")
assert truncated["celsius"].to_list() == [20, 95, 94, 21]
PY
echo "as described"
