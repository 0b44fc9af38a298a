#!/usr/bin/env bash
# datafusion 55.0.0, an SQL engine for Parquet and Arrow, whose dialect follows PostgreSQL's. How
# long a repair took is repaired - fault, and one would think that `repaired - fault > interval '1
# day'` finds those of more than a day, as DuckDB and PostgreSQL do. A difference of times is a
# number of seconds, and an interval has months, days and a rest; compared are the months first,
# then the days, then the rest. A difference has no days, so it is less than interval '1 day'
# however long it is: none of more than a day is found, all are told as shorter, and each lies
# between an hour and a day. No error and no warning. The same limit as interval '24 hours', or
# added to the time of the fault, finds what it should, and the greatest difference and the order by
# it are right. Two intervals are compared so, too: 100 hours are less than a day, and 45 days less
# than a month.
# Why it matters: days are what overdue orders, terms of service and lead times are counted in.
# Seen, repairs of 1, 23, 25, 36 and 50 hours: above a day none, below it all five; above 24 hours,
# and with the limit added, the last three. DuckDB: the last three.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet datafusion==55.0.0 duckdb==1.5.6 pyarrow==25.0.1
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import datetime, timedelta
import datafusion
import duckdb
import pyarrow as pa

FAULT = datetime(2026, 3, 1, 8)
HOURS = [1, 23, 25, 36, 50]
repairs = pa.table({
    "hours": HOURS,
    "fault": [FAULT] * len(HOURS),
    "repaired": [FAULT + timedelta(hours=hours) for hours in HOURS],
})
engine = datafusion.SessionContext()
engine.from_arrow(repairs, name="repairs")

def found(where: str) -> list[int]:
    """The hours of the repairs that fulfil the condition."""
    rows = engine.sql(f"select hours from repairs where {where} order by hours")
    return rows.to_pydict()["hours"]

LIMITS = {
    "longer": "repaired - fault > interval '1 day'",
    "shorter": "repaired - fault < interval '1 day'",
    "between": "repaired - fault between interval '1 hour' and interval '1 day'",
    "in hours": "repaired - fault > interval '24 hours'",
    "added": "repaired > fault + interval '1 day'",
}
told = {name: found(where) for name, where in LIMITS.items()}
print(told)
assert told["longer"] == [], "CHANGED: a repair takes more than a day"
assert told["shorter"] == told["between"] == HOURS, "CHANGED: not all are shorter"
assert told["in hours"] == told["added"] == HOURS[2:]
peer = duckdb.sql(f"select hours from repairs where {LIMITS['longer']} order by hours").fetchall()
assert [hours for (hours,) in peer] == HOURS[2:]

compared = engine.sql(
    "select interval '100 hours' < interval '1 day' as hours, "
    "interval '45 days' < interval '1 month' as days, "
    "interval '60 minutes' = interval '1 hour' as minutes"
).to_pydict()
print(compared)
assert compared["hours"] == compared["days"] == [True], "CHANGED: intervals are compared by length"
assert compared["minutes"] == [True]
longest = engine.sql("select max(repaired - fault) as most from repairs").to_pydict()["most"]
assert longest == [timedelta(hours=50)]
PY
echo "as described"
