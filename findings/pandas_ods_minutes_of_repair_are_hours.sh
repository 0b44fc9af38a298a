#!/usr/bin/env bash
# pandas 3.1.1 with odfpy 1.4.1, the default for reading OpenDocument sheets (.ods, LibreOffice's).
# A cell with a time holds it twice: exactly, as an ISO 8601 duration, and as the text that is drawn
# in the cell's format. For numbers, percentages and dates read_excel takes the exact one. Of a time
# it reads the drawn text, as a time of day. So 12 minutes and 30 seconds in a column of the format
# MM:SS, which LibreOffice draws as 12:30, come back as half past twelve: 60 times as long, with no
# error and no warning. Of seconds that are not drawn nothing is left. What is drawn as more than 23
# raises. python-calamine 0.9.1, the other engine that pandas has for these files, takes the exact
# one for each. So read with engine="calamine", or write minutes as numbers.
# Why it matters: times of repair and of standstill are typed in just so, and they become costs.
# Seen, cells of 12 min 30 s, 45 s and 1 h 30 min 20 s, drawn as 12:30, 00:45 and 01:30: by odf
# 12:30:00, 00:45:00 and 01:30:00; by calamine 00:12:30, 00:00:45 and 01:30:20.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pandas==3.1.1 odfpy==1.4.1 python-calamine==0.9.1
cd "$folder"
venv/bin/python -W error - <<'PY'
from datetime import time
import pandas as pd
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

# What LibreOffice writes for a cell: the duration, and the text in the cell's format.
REPAIRS = {"PT00H12M30S": "12:30", "PT00H00M45S": "00:45", "PT01H30M20S": "01:30"}

def cell(drawn: str, **what: str) -> TableCell:
    made = TableCell(**what)
    made.addElement(P(text=drawn))
    return made

book, sheet = OpenDocumentSpreadsheet(), Table(name="repairs")
cells = [cell("repair", valuetype="string")]
cells += [cell(drawn, valuetype="time", timevalue=exact) for exact, drawn in REPAIRS.items()]
for made in cells:
    row = TableRow()
    row.addElement(made)
    sheet.addElement(row)
book.spreadsheet.addElement(sheet)
book.save("repairs.ods")

read = {
    engine: pd.read_excel("repairs.ods", engine=engine)["repair"].tolist()
    for engine in (None, "odf", "calamine")
}
for engine, times in read.items():
    print(engine, [str(of) for of in times])
assert read["calamine"] == [time(0, 12, 30), time(0, 0, 45), time(1, 30, 20)]
assert read["odf"] == [time(12, 30), time(0, 45), time(1, 30)], "CHANGED: the duration is read"
assert read[None] == read["odf"], "CHANGED: another engine is the default"
PY
echo "as described"
