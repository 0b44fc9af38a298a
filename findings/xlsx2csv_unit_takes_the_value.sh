#!/usr/bin/env bash
# xlsx2csv 0.8.6, which turns sheets of Excel into CSV for a pipeline. A cell of a spreadsheet is a
# number and a format that says how to show it, and a format may end in a unit in quotation marks:
# 0.0" h" shows 12.5 as 12.5 h. Quoted text is no part of the format, so one would expect 12.5 in
# the CSV, or 12.5 h. xlsx2csv takes a format it has no entry for as one of a date if there is an h,
# s, m, d or y anywhere in it, in the unit as well, and of mm/s, min, days, m3/h, kWh or mbar
# there is. The number is read as days since 1900 and the format is filled in with what that date
# has: 12.5 operating hours are the text 0.0" 12", 3.2 mm/s and 20.7 mm/s are the same text, and
# what is below 1 is a time of the day, 0.25 mm/s 06:00. No error and no warning, and the exit
# status is 0. Below zero and whole columns in other units (bar) are right, side by side with these.
# openpyxl and python-calamine read the numbers; --ignore-formats date time writes them, and true
# dates as numbers too. A repair of more than a day in [h]:mm:ss, which is a time, loses its days
# besides: 30:15:00 is 06:15.
# Why it matters: where a pipeline takes such texts for missing values, a column is empty from the
# day on which somebody put the unit into the format.
# Seen: 12.5 h 0.0" 12", 3.2 mm/s 0.0" 01/s" and 20.7 mm/s the same, 0.25 mm/s 06:00; 6.5 bar and
# -0.25 mm/s are 6.5 and -0.25 with some zeros; 30 h 15 min 06:15.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    xlsx2csv==0.8.6 openpyxl==3.1.5 python-calamine==0.9.1
"$folder/venv/bin/python" -W error - "$folder/book.xlsx" <<'PY'
import csv
import io
import sys
from datetime import timedelta
from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook
from xlsx2csv import Xlsx2csv

MM_S = '0.00" mm/s"'
CELLS = [
    (12.5, '0.0" h"'), (3.2, '0.0" mm/s"'), (20.7, '0.0" mm/s"'), (0.25, MM_S),
    (-0.25, MM_S), (6.5, '0.0" bar"'), (6.5, "0.0"), (timedelta(hours=30.25), "[h]:mm:ss"),
]
book = Workbook()
for row, (value, number_format) in enumerate(CELLS, start=1):
    book.active.cell(row, 1, value).number_format = number_format
book.save(sys.argv[1])

text = io.StringIO()
Xlsx2csv(sys.argv[1], outputencoding="utf-8").convert(text)
told = [row[0] for row in csv.reader(io.StringIO(text.getvalue()))]
values = [value for value, _ in CELLS]
for (value, number_format), found in zip(CELLS, told, strict=True):
    print(f"{value} as {number_format}: {found}")
assert [row[0] for row in load_workbook(sys.argv[1]).active.values] == values
assert [row[0] for row in CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).to_python()] \
    == values
assert told[0] == '0.0" 12"', "CHANGED: a unit with an h is not a date"
assert told[1] == told[2] == '0.0" 01/s"', "CHANGED: a unit with an m is not a date"
assert told[3] == "06:00", "CHANGED: what is below 1 is not a time"
assert [float(found) for found in told[4:7]] == [-0.25, 6.5, 6.5]
assert told[7] == "06:15", "CHANGED: a duration keeps its days"
PY
echo "as described"
