#!/usr/bin/env bash
# polars 2.1.0 with fastexcel 0.21.0, which reads sheets of Excel for it. Oil and water are
# analysed in a laboratory, and what is above its range is written as ">1000" in a column of
# numbers. polars takes a column's type from its first 100 rows. Where the text stands among these,
# the column is one of texts. Where it comes later, one would think of an error, as read_csv of the
# same package has it for the same rows. The text is left out: the sample has no value, with no
# error and no warning, and so are dates that were typed as text; where the first 100 rows are true
# or false, a number becomes true. engine="openpyxl" and infer_schema_length=None read the whole
# column before and keep the text.
# Why it matters: the samples that are left out are those with the most iron, and the column looks
# like one with a gap.
# Seen, 20.5 in 99 rows, then ">1000": a column of texts; in 100 rows: 20.5 and a missing value;
# read_csv raises; 20.7 after 100 times true is true.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet polars==2.1.0 fastexcel==0.21.0 openpyxl==3.1.5
cd "$folder"
POLARS_MAX_THREADS=1 venv/bin/python -W error - <<'PY'
import openpyxl
import polars as pl

def write(first: object, rows: int, last: object) -> None:
    """The same column as a sheet and as a CSV file."""
    book = openpyxl.Workbook()
    column = [first] * rows + [last]
    for row in [("sample", "iron_ppm"), *enumerate(column)]:
        book.active.append(row)
    book.save("iron.xlsx")
    pl.DataFrame({"iron_ppm": map(str, column)}, strict=False).write_csv("iron.csv")

def last_of_sheet(**options: object) -> object:
    return pl.read_excel("iron.xlsx", **options)["iron_ppm"][-1]

write(20.5, 99, ">1000")
within = last_of_sheet()
write(20.5, 100, ">1000")
later = last_of_sheet()
print("among 100 rows:", within, "later:", later)
assert within == ">1000"
assert later is None, "CHANGED: the text is not left out"
assert pl.read_excel("iron.xlsx")["iron_ppm"].dtype == pl.Float64
assert last_of_sheet(infer_schema_length=None) == last_of_sheet(engine="openpyxl") == ">1000"
try:
    pl.read_csv("iron.csv")
except pl.exceptions.ComputeError as refused:
    print("read_csv:", str(refused).splitlines()[0])
else:
    raise AssertionError("CHANGED: read_csv takes it as well")
write(True, 100, 20.7)
print("after 100 times true:", last_of_sheet())
assert last_of_sheet() is True, "CHANGED: a number stays a number"
PY
echo "as described"
