#!/usr/bin/env bash
# qpd 0.4.4, SQL for tables of pandas: a project of Fugue's. sum(x) over (partition by
# machine order by hour) is by the standard, and in every database, the running total up to the row:
# with "order by" and no frame, the frame ends at the current row. qpd takes the whole partition:
# each hour has the total of all hours, the later ones included, and a running mean, count or maximum
# knows what is to come. Written out, "rows between unbounded preceding and current row", it is
# right. No error and no warning. As a feature of a model it leaks the future into each row.
# Seen, hours of operation of 1, 2 and 4: the running total is 7, 7, 7, the running maximum 4, 4, 4.
# DuckDB 1.5.6: 1, 3, 7 and 1, 2, 4, which qpd gives as well with the frame written out.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet qpd==0.4.4 pandas==2.3.3 numpy==2.4.6 duckdb==1.5.6
"$folder/venv/bin/python" -W ignore - <<'PY'
import duckdb
import pandas as pd
from qpd_pandas import run_sql_on_pandas

log = pd.DataFrame({"machine": ["a"] * 3, "day": [1, 2, 3], "hours": [1.0, 2.0, 4.0]})
FRAME = "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"

def both(function: str, frame: str = "") -> tuple[list[float], list[float]]:
    """What qpd and DuckDB answer to the same query, by day."""
    over = f"PARTITION BY machine ORDER BY day {frame}"
    query = f"SELECT day, {function}(hours) OVER ({over}) AS told FROM log"
    answers = (run_sql_on_pandas(query, {"log": log}), duckdb.sql(query).df())
    return tuple(answer.sort_values("day")["told"].tolist() for answer in answers)

for function, whole, running in (("SUM", 7, [1, 3, 7]), ("MAX", 4, [1, 2, 4])):
    seen, peer = both(function)
    print(function, "qpd", seen, "DuckDB", peer, "with a frame", *both(function, FRAME))
    assert peer == running and both(function, FRAME) == (running, running)
    assert seen == [whole] * 3, "CHANGED: order by without a frame"
PY
echo "as described"
