#!/usr/bin/env bash
# formulas 1.3.4 and pycel 1.0b30 compute Excel's sheets in Python, so that a plant's sheet runs in
# a pipeline. Each function they do not know is an error or #NAME?, so one would think that the
# others give Excel's numbers. In Excel COUNTIF(range, "<>0") counts whatever is not 0, texts,
# truth values and empty cells as well; formulas counts numbers alone. In Excel COUNTIF and SUMIF
# by ">0" look at numbers alone; pycel takes TRUE for 1 as well, so a flag in the column is a
# reading above the limit. And the sign binds closer than the power in Excel, -2^2 is 4; in pycel
# it is -4, as in Python, so a curve like =EXP(-A1^2) differs. No error and no warning. Each is
# right where the other is wrong.
# Seen, 20.5, empty, "n/a", 0, TRUE, -3.5, 21: not 0 are 6, by formulas 3; above 0 are 2, by pycel
# 3, their sum of places 8, by pycel 13; -2^2 by pycel -4.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    formulas==1.3.4 pycel==1.0b30 openpyxl==3.1.5 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - "$folder/sheet.xlsx" 2>"$folder/bars" <<'PY'
import sys
import formulas
import openpyxl
from pycel import ExcelCompiler

SHEET = sys.argv[1]
READINGS = [20.5, None, "n/a", 0, True, -3.5, 21]
IN_EXCEL = {
    '=COUNTIF(A1:A7,"<>0")': 6,
    '=COUNTIF(A1:A7,">0")': 2,
    '=SUMIF(A1:A7,">0",B1:B7)': 8,
    "=-2^2": 4,
    "=SUM(A1:A7)": 38,
}
book = openpyxl.Workbook()
book.active.title = "Day"
for row, reading in enumerate(READINGS, 1):
    book.active.cell(row, 1, reading)
    book.active.cell(row, 2, row)
for row, formula in enumerate(IN_EXCEL, 1):
    book.active.cell(row, 3, formula)
book.save(SHEET)

solution = formulas.ExcelModel().loads(SHEET).finish().calculate()
by_formulas = [
    float(solution[f"'[sheet.xlsx]DAY'!C{row}"].value[0, 0]) for row in range(1, len(IN_EXCEL) + 1)
]
compiled = ExcelCompiler(SHEET)
by_pycel = [compiled.evaluate(f"Day!C{row}") for row in range(1, len(IN_EXCEL) + 1)]
for formula, *numbers in zip(IN_EXCEL, IN_EXCEL.values(), by_formulas, by_pycel):
    print(formula, "Excel {}, formulas {:g}, pycel {:g}".format(*numbers))
assert by_formulas == [3, 2, 8, 4, 38], "CHANGED: formulas"
assert by_pycel == [6, 3, 13, -4, 38], "CHANGED: pycel"
PY
echo "as described"
