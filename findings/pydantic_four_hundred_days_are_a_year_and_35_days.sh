#!/usr/bin/env bash
# pydantic 2.14.4 writes a duration in JSON by ISO 8601, and tells so in the schema. From 365 days
# on it puts each 365 of them as a year: 400 days are P1Y35D. A year is one of the calendar there,
# and of 366 days if it holds a 29 February; pydantic itself reads it back as 365, so a test there
# and back finds nothing. Who reads it by the standard adds a day each four years: isodate, and
# DuckDB as an interval. datetime's own number of days, isodate's way to write it, and what pydantic
# writes of up to 364 days are right. ser_json_timedelta="float", seconds, is so, too.
# Why it matters: intervals of service, warranties and lives are such durations, and handed on.
# Seen, 3,650 days: P10Y, from 1 March 2027 by isodate and DuckDB 3,653 days on; 400 days: P1Y35D
# and 401; 364 days: P364D and 364.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pydantic==2.14.4 isodate==0.7.2 duckdb==2.0.1
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import date, timedelta
import duckdb
import isodate
from pydantic import TypeAdapter

START = date(2027, 3, 1)
adapter = TypeAdapter(timedelta)
assert adapter.json_schema() == {"type": "string", "format": "duration"}

def on(days: int) -> tuple[str, int, int]:
    """What is written, and how many days on that is by isodate and by DuckDB."""
    written = adapter.dump_python(timedelta(days=days), mode="json")
    assert adapter.validate_python(written) == timedelta(days=days)
    reached = START + isodate.parse_duration(written)
    words = written.removeprefix("P").replace("Y", " years ").replace("D", " days")
    query = f"SELECT CAST(DATE '{START}' + INTERVAL '{words}' AS DATE) - DATE '{START}'"
    return written, (reached - START).days, duckdb.sql(query).fetchall()[0][0]

found = {days: on(days) for days in (364, 400, 3650)}
print(found)
assert isodate.duration_isoformat(timedelta(days=400)) == "P400D"
assert found[364] == ("P364D", 364, 364)
assert found[400] == ("P1Y35D", 401, 401), "CHANGED: 400 days"
assert found[3650] == ("P10Y", 3653, 3653), "CHANGED: ten years"
PY
echo "as described"
