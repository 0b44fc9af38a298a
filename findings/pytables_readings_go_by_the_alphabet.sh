#!/usr/bin/env bash
# PyTables (tables) 3.11.1, tables in HDF5, the format of measured series. A table is described by a
# class with a line for each column, and filled with rows, tuples of a value each. One would think
# that both are in the same order, as with dataclasses and named tuples. Unless each column is told
# its place (pos=0, 1, ...), the columns are sorted by their names. Numbers are cast to any type of
# numbers, so nothing refuses: a reading is stored under the name of another, and cut to whole
# numbers where that is its type. No error and no warning. Rows that are filled by name
# (row["celsius"]) are right.
# Why it matters: a column that is added later under a name from the front of the alphabet moves all.
# Seen, of a class with machine, celsius and bar the row (7, 20.7, 3.2): bar is 7, celsius 20.7 and
# the machine 3; with a column age in front of them all, told last: age 7, bar 20.7, celsius 3.2,
# machine 12.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet tables==3.11.1 numpy==2.4.6
"$folder/venv/bin/python" -W error - "$folder/log.h5" <<'PY'
import sys
import tables

class Reading(tables.IsDescription):
    machine = tables.Int32Col()
    celsius = tables.Float64Col()
    bar = tables.Float64Col()

class Later(Reading):
    age = tables.Float64Col()

class Placed(tables.IsDescription):
    machine = tables.Int32Col(pos=0)
    celsius = tables.Float64Col(pos=1)
    bar = tables.Float64Col(pos=2)

def stored(file: tables.File, form: type, values: tuple) -> dict[str, float]:
    table = file.create_table("/", form.__name__, form)
    table.append([values])
    return {name: float(table[0][name]) for name in table.colnames}

with tables.open_file(sys.argv[1], "w") as file:
    seen = stored(file, Reading, (7, 20.7, 3.2))
    later = stored(file, Later, (7, 20.7, 3.2, 12))
    placed = stored(file, Placed, (7, 20.7, 3.2))
print(seen, later, placed)
assert placed == {"machine": 7, "celsius": 20.7, "bar": 3.2}
assert seen == {"bar": 7, "celsius": 20.7, "machine": 3}, "CHANGED: the order of the columns"
assert later == {"age": 7, "bar": 20.7, "celsius": 3.2, "machine": 12}, "CHANGED: with another one"
PY
echo "as described"
