#!/usr/bin/env bash
# duckdb 1.5.6 and 2.0.1. age(later, earlier) tells how old a machine is, and DuckDB keeps it as
# months, days and microseconds, as Postgres does: six years are 72 months. Fetched in Python it is
# a timedelta, which knows days and seconds alone, and one would expect an error, or the days that
# lie between. Each month is made 30 days, so a year is 360, and no one is told. DuckDB itself
# counts a year as 365.25 days where it has to (epoch), so what is divided in SQL and what is
# divided in Python differ as well. Subtract the timestamps, or take date_diff. Arrow keeps the
# months.
# Why it matters: ages, warranties and mean times between failures are 1.4 % too short, 32 days in
# six years, and a failure rate by them is too high, for old machines alone: under a month all is
# right.
# Seen, 1 January 2020 to 1 January 2026: fetchall and df() 2,160 days, epoch(age) 2,191.5, the
# difference of the timestamps 2,192; 20 days are 20 in each way.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for version in 1.5.6 2.0.1; do
    python3 -m venv "$folder/venv"
    "$folder/venv/bin/python" -m pip install --quiet \
        "duckdb==$version" pandas==3.1.1 numpy==2.4.6
    OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import duckdb

def days(earlier: str) -> dict[str, float]:
    """The days until 1 January 2026, told in each way."""
    asked = duckdb.sql(f"""
        SELECT
            age(later, earlier) AS age,
            later - earlier AS difference,
            epoch(age(later, earlier)) / 86400 AS by_epoch
        FROM (SELECT TIMESTAMP '{earlier}' AS earlier, TIMESTAMP '2026-01-01' AS later)
    """)
    ((age, difference, by_epoch),) = asked.fetchall()
    return {
        "fetchall": age.days,
        "df": asked.df()["age"].iloc[0].days,
        "epoch": by_epoch,
        "difference": difference.days,
    }

old, new = days("2020-01-01"), days("2025-12-12")
print(duckdb.__version__, "six years", old, "twenty days", new)
assert set(new.values()) == {20}
assert (old["difference"], old["epoch"]) == (2192, 2191.5)
assert old["fetchall"] == old["df"] == 2160, "CHANGED: months in a timedelta"
PY
    rm -rf "$folder/venv"
done
echo "as described"
