#!/usr/bin/env bash
# dbt-sqlite 1.10.0 with dbt-core 1.11.16. dbt.dateadd is dbt's way to write a date's arithmetic
# once for each warehouse, and a negative interval is its way back: no datesub exists. dbt-sqlite
# writes '+' before the number, SQLite does not know "+-7 days", and what it does not know gives
# NULL. So what lies some days back is NULL in each row, and `where at >= dateadd(-7 days, now)`,
# the last week, is an empty table: no readings, no failures, no drift, and the run is a success
# with no warning. Forwards is right. Added to a date without a time, hours are dropped: a day and
# 36 hours is the same day. The name of the part has to be quoted twice ("'day'"); as dbt documents
# it, "day", it is looked for as a column, which is an error, unless the table has a column of that
# name, as one of daily rows does: then the answer is NULL again.
# Seen, 7 days after 2026-03-08 06:00 2026-03-15 06:00:00, 7 days before NULL, an hour before NULL;
# rows of the week before now 0 of 1; unquoted beside a column day NULL.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet dbt-core==1.11.16 dbt-sqlite==1.10.0
mkdir "$folder/models"
cd "$folder"
printf '{name: plant, version: "1.0", profile: plant}\n' > dbt_project.yml
cat > profiles.yml <<'YAML'
plant:
  target: sqlite
  outputs:
    sqlite:
      type: sqlite
      threads: 1
      database: w
      schema: main
      schemas_and_paths: {main: w.sqlite}
      schema_directory: "."
YAML
cat > models/moved.sql <<'SQL'
select
    {{ dbt.dateadd("'day'", 7, "at") }} as week_later,
    {{ dbt.dateadd("'day'", -7, "at") }} as week_before,
    {{ dbt.dateadd("'hour'", -1, "at") }} as hour_before,
    {{ dbt.dateadd("'hour'", 36, "day") }} as day_and_a_half_later,
    {{ dbt.dateadd("day", 7, "at") }} as unquoted
from (select '2026-03-08 06:00:00' as at, '2026-03-08' as day)
SQL
cat > models/last_week.sql <<'SQL'
select * from (select {{ dbt.current_timestamp() }} as at)
where at >= {{ dbt.dateadd("'day'", -7, dbt.current_timestamp()) }}
SQL
DBT_SEND_ANONYMOUS_USAGE_STATS=false venv/bin/dbt --warn-error run --profiles-dir . > log.txt 2>&1
venv/bin/python - <<'PY'
import sqlite3

warehouse = sqlite3.connect("w.sqlite")
warehouse.row_factory = sqlite3.Row
moved = dict(warehouse.execute("select * from moved").fetchone())
week = warehouse.execute("select count(*) from last_week").fetchone()[0]
print(moved, "rows of the last week", week)
assert moved["week_later"] == "2026-03-15 06:00:00"
assert moved["week_before"] is None and moved["hour_before"] is None, "CHANGED: backwards"
assert moved["day_and_a_half_later"] == "2026-03-08", "CHANGED: hours after a date"
assert moved["unquoted"] is None, "CHANGED: a column named as the part"
assert week == 0, "CHANGED: the last week"
PY
echo "as described"
