#!/usr/bin/env bash
# ibis 12.0.0 with DuckDB 1.5.6. In SQL a sum over (order by day) runs up to the row, and a frame of
# "1 preceding" ends at it. ibis writes SQL, and ibis.window has the same words: order_by and
# preceding, documented as the number of preceding rows. Left alone they mean something else: the
# frame goes on to the last row of all. So window(order_by="day", preceding=6) is no mean of a week,
# it is the mean of a week and of all that comes after, and the same with an interval of days; a feature
# made like that knows the future, scores well and fails in production. Nothing is said. Right are
# trailing_window(6, ...), cumulative_window(...) and a following=0 beside the preceding.
# Seen, 1, 10, 100, 1000 on four days, one day preceding: 1111, 1111, 1110, 1100, for 1, 11, 110, 1100;
# with order_by alone 1111 on each.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    "ibis-framework[duckdb]==12.0.0" duckdb==1.5.6 "pandas<3"
"$folder/venv/bin/python" -W ignore - <<'PY'
import duckdb
import ibis
import pandas as pd
from ibis import _

days = pd.DataFrame({"day": pd.date_range("2026-03-01", periods=4), "x": [1, 10, 100, 1000]})
rows, day = ibis.memtable(days), ibis.interval(days=1)

def total(window) -> list[int]:
    summed = rows.mutate(total=_.x.sum().over(window)).order_by("day")
    return [int(value) for value in summed.execute()["total"]]

ahead = {
    "order_by": ibis.window(order_by="day"),
    "preceding=1": ibis.window(order_by="day", preceding=1),
    "preceding=one day": ibis.window(order_by="day", preceding=day),
}
right = {
    "preceding=1, following=0": ibis.window(order_by="day", preceding=1, following=0),
    "trailing_window": ibis.trailing_window(1, order_by="day"),
    "trailing_range_window": ibis.trailing_range_window(day, order_by="day"),
}
for name, window in (ahead | right).items():
    print(f"{name}: {total(window)}")
assert total(ahead.pop("order_by")) == [1111] * 4, "CHANGED: an ordered sum runs up to the row"
for name, window in ahead.items():
    assert total(window) == [1111, 1111, 1110, 1100], f"CHANGED: {name} ends at the row"
for window in right.values():
    assert total(window) == [1, 11, 110, 1100]
assert total(ibis.cumulative_window(order_by="day")) == [1, 11, 111, 1111]
by_sql = duckdb.sql(
    "select sum(x) over (order by day rows 1 preceding) from days order by day"
).fetchall()
assert [int(row[0]) for row in by_sql] == [1, 11, 110, 1100]
PY
echo "as described"
