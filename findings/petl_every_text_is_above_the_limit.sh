#!/usr/bin/env bash
# petl 1.7.30, a library for small ETL. A table from a file has texts for numbers. One would think
# that selectgt(table, "celsius", 90) either compares the numbers or raises, as Python does for "20"
# > 90. Values of unlike kinds have an order of their own there: nothing is less than a number, a
# number is less than a text. So each reading of a file is above 90, and above a million, and none
# is below it; the file of a plant at rest is an alarm in each row, the check for a reading too low
# never is one. After convertnumbers the readings are compared rightly, but an empty one stays a
# text and is above every limit, while one that is None is below every limit: the same missing
# reading is too hot from a file and too cold from a database.
# Seen, a file with 20, 95, 100 and an empty reading: above 90 are all 4, below 90 none, above a
# million all 4; converted, above 90 are 95, 100 and the empty one; of None and 3, both are below
# 90.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet petl==1.7.30
cd "$folder"
printf 'machine,celsius\na,20\nb,95\nc,100\nd,\n' >readings.csv
venv/bin/python -W error - <<'PY'
import petl

def machines(table) -> list[str]:
    return list(petl.values(table, "machine"))

read = petl.fromcsv("readings.csv")
found = {
    "above 90": machines(petl.selectgt(read, "celsius", 90)),
    "above a million": machines(petl.selectgt(read, "celsius", 1_000_000)),
    "below 90": machines(petl.selectlt(read, "celsius", 90)),
    "from 10 to 90": machines(petl.selectrangeopen(read, "celsius", 10, 90)),
}
numbers = petl.convertnumbers(read)
found |= {
    "converted, above 90": machines(petl.selectgt(numbers, "celsius", 90)),
    "converted, below 90": machines(petl.selectlt(numbers, "celsius", 90)),
}
stored = [["machine", "celsius"], ["a", None], ["b", 3]]
found["stored, below 90"] = machines(petl.selectlt(stored, "celsius", 90))
for name, those in found.items():
    print(f"{name}: {' '.join(those) or 'none'}")
assert found == {
    "above 90": ["a", "b", "c", "d"],
    "above a million": ["a", "b", "c", "d"],
    "below 90": [],
    "from 10 to 90": [],
    "converted, above 90": ["b", "c", "d"],
    "converted, below 90": ["a"],
    "stored, below 90": ["a", "b"],
}, "CHANGED: which readings are beyond the limit"
PY
echo "as described"
