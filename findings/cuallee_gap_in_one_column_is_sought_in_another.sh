#!/usr/bin/env bash
# cuallee 0.15.4 checks tables, alike for pandas, polars, DuckDB and more, as it says. is_daily of a
# column tells whether a day is missing in it, of those from Monday to Friday. For polars it takes
# the expected days from that column, and looks for them in the first column of the table, whatever
# that is. If it is another date, say of the loading, that has all days, each gap passes; if it is
# the machine's name, all days are missing. The order of the columns decides. And timestamps never
# match the days at all. No error and no warning. pandas looks in the column that was named.
# Seen, two weeks with two weekdays missing beside a day of loading without a gap: polars PASS with
# no violation, with the columns in the other order FAIL with 2, pandas FAIL with 2; all days there
# and a machine first: polars FAIL with 10.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    cuallee==0.15.4 polars==2.1.0 pandas==2.3.3 pyarrow==26.0.1 numpy==2.4.6
"$folder/venv/bin/python" -W ignore - <<'PY'
from datetime import date, timedelta
import polars as pl
from cuallee import Check, CheckLevel

def checked(table: object) -> tuple[str, float]:
    """Status and violations of "no day is missing" of the column day."""
    told = Check(CheckLevel.WARNING, "days").is_daily("day").validate(table)
    row = told.to_dicts()[0] if isinstance(told, pl.DataFrame) else told.to_dict("records")[0]
    return row["status"], row["violations"]

days = [date(2026, 1, 5) + timedelta(days=day) for day in range(12)]
gaps = days.copy()
gaps[2], gaps[8] = gaps[3], gaps[9]  # Wednesday the 7th and Tuesday the 13th are missing.
loaded_first = pl.DataFrame({"loaded": days, "day": gaps})
day_first = loaded_first.select("day", "loaded")
by_pandas = checked(loaded_first.to_pandas().astype("datetime64[ns]"))
no_gap = pl.DataFrame({"machine": ["M1"] * 12, "day": days})
found = checked(loaded_first), checked(day_first), by_pandas, checked(no_gap)
print(found)
assert by_pandas == checked(day_first) == ("FAIL", 2)
assert checked(no_gap.select("day", "machine")) == ("PASS", 0)
assert checked(loaded_first) == ("PASS", 0), "CHANGED: the gaps are found"
assert checked(no_gap) == ("FAIL", 10), "CHANGED: the days are found"
PY
echo "as described"
