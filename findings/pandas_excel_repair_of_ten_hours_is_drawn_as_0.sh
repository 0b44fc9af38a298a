#!/usr/bin/env bash
# pandas 3.1.1 with openpyxl 3.1.5 and XlsxWriter 3.3.1. How long a repair took is a difference of
# two columns of times, and to_excel writes it for those who read sheets. One would expect it as a
# duration, as openpyxl itself writes a timedelta ([hh]:mm:ss), or as a text, or a number one sees
# as such. It is written as a number of days, with the format of whole numbers, 0. The cell holds
# 0.4167, and what is drawn, printed and copied is 0: less than half a day is nothing, 36 hours are
# 2. By neither engine is there a way to name a format for it (date_format and datetime_format are
# for others), no error and no warning. A float column of the same numbers has no such format and is
# drawn with its decimals. So turn it to hours before, or set the cells' format after.
# Why it matters: the page that a shift or an insurer sees says 0 for nearly every repair, and the
# sum below, of the true numbers, does not agree with it.
# Seen, 45 minutes, 10, 36 and 80 hours, by both engines: the numbers 0.03125, 0.4167, 1.5 and 3.333
# in the format 0, which SheetJS 0.18.5, tried by hand, draws as 0, 0, 2 and 3; of openpyxl alone
# the format [hh]:mm:ss.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pandas==3.1.1 openpyxl==3.1.5 XlsxWriter==3.3.1
cd "$folder"
venv/bin/python -W error - <<'PY'
from datetime import timedelta
import openpyxl
import pandas as pd

MINUTES = [45, 600, 2160, 4800]
faults = pd.Series([pd.Timestamp("2026-03-01 08:00")] * len(MINUTES))
repairs = pd.DataFrame({"fault": faults, "repaired": faults + pd.to_timedelta(MINUTES, unit="min")})
repairs["repair"] = repairs["repaired"] - repairs["fault"]
repairs["days"] = repairs["repair"] / pd.Timedelta("1D")

for engine in ("openpyxl", "xlsxwriter"):
    with pd.ExcelWriter(
        "repairs.xlsx", engine=engine, date_format="yyyy-mm-dd", datetime_format="[h]:mm"
    ) as writer:
        repairs.to_excel(writer, index=False)
    sheet = openpyxl.load_workbook("repairs.xlsx").active
    cells = {column[0].value: column[1:] for column in sheet.columns}
    print(engine, [(round(cell.value, 4), cell.number_format) for cell in cells["repair"]])
    # The format 0 is that of whole numbers: a reader of sheets draws the value rounded.
    assert {cell.number_format for cell in cells["repair"]} == {"0"}, "CHANGED: another format"
    for cell, days, minutes in zip(cells["repair"], cells["days"], MINUTES, strict=True):
        assert abs(cell.value - minutes / 1440) < 1e-9
        assert days.number_format == "General" and abs(days.value - minutes / 1440) < 1e-9
    assert [format(cell.value, ".0f") for cell in cells["repair"]] == ["0", "0", "2", "3"]

own = openpyxl.Workbook().active
own["A1"] = timedelta(hours=10)
assert own["A1"].number_format == "[hh]:mm:ss"
PY
echo "as described"
