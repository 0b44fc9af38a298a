#!/usr/bin/env bash
# csvkit 2.2.0 with agate 1.14.2, the tools for CSV files at the command line, which guess what
# each column is. How long a repair took and when a shift begins is written as hours and minutes,
# "8:30". One would think that such a column stays text, or becomes hours and minutes. It becomes a
# duration of minutes and seconds, 0:08:30, in what csvsort, csvjson and csvjoin write, and csvstat
# adds up and averages a sixtieth. With no error and no warning, though "24:15" and "0:45" stand
# side by side. Places of parts ("1-2") become days of 2001 in the same way. --no-inference (-I)
# leaves all as it is.
# Why it matters: the table that goes on to a warehouse is another one, and its durations look
# plausible: eight minutes for a repair.
# Seen: 8:30, 24:15 and 0:45 sorted are 0:00:45, 0:08:30 and 0:24:15, their sum 0:33:30 for 33.5
# hours; the places 1-2 and 3-4 are 2001-01-02 and 2001-03-04.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet csvkit==2.2.0 agate==1.14.2
cd "$folder"
printf 'machine,repair,place\na,8:30,1-2\nb,24:15,3-4\nc,0:45,1-2\n' >repairs.csv
PYTHONWARNINGS=error venv/bin/csvsort -c repair repairs.csv >sorted.csv
PYTHONWARNINGS=error venv/bin/csvsort -I -c machine repairs.csv >untouched.csv
PYTHONWARNINGS=error venv/bin/csvstat -c repair --sum repairs.csv >sum.txt
cat sorted.csv sum.txt
cmp repairs.csv untouched.csv
python3 - <<'PY'
from csv import DictReader
from pathlib import Path

rows = list(DictReader(Path("sorted.csv").open()))
repairs = {row["machine"]: row["repair"] for row in rows}
assert repairs == {"a": "0:08:30", "b": "0:24:15", "c": "0:00:45"}, "CHANGED: hours are hours"
assert [row["machine"] for row in rows] == ["c", "a", "b"]
assert Path("sum.txt").read_text().strip() == "0:33:30"
places = {row["machine"]: row["place"] for row in rows}
expected = {"a": "2001-01-02", "b": "2001-03-04", "c": "2001-01-02"}
assert places == expected, "CHANGED: places stay text"
PY
echo "as described"
