#!/usr/bin/env bash
# deltalake 1.6.6 (delta-rs). DeltaTable.delete and update take a predicate, and skip the files
# whose statistics, the least and the greatest value, say that no row can fulfil it. NaN is left out
# of these statistics, but in the predicate itself NaN is greater than any number. So whether a
# missing reading is deleted by "temperature > 80" hangs on the other rows of its file: beside a
# reading of 90 it is, beside readings up to 70 it stays, and the same rows written as one file or
# as two leave another table. update does the same: the missing reading is overwritten or not. Read
# with the same condition, to_pyarrow_table(filters=...) selects no missing reading at all. No
# error, no warning.
# Seen, readings of 20, NaN, 70 and 90, deleted where greater than 80: as one file 20 and 70 remain;
# with the 90 in a second file 20, NaN and 70; selected by the filter: 90.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet deltalake==1.6.6 pyarrow==26.0.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import math
import tempfile
import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

ABOVE = "temperature > 80"

def table_of(folder: str, files: list[list[float]]) -> DeltaTable:
    for readings in files:
        write_deltalake(folder, pa.table({"temperature": readings}), mode="append")
    return DeltaTable(folder)

def readings(table: DeltaTable) -> list[float]:
    return table.to_pyarrow_table()["temperature"].to_pylist()

def left(files: list[list[float]]) -> tuple[list[float], int]:
    """Readings left by a delete, and rows that an update changes."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        table = table_of(one, files)
        table.delete(ABOVE)
        changed = table_of(other, files).update(predicate=ABOVE, updates={"temperature": "0.0"})
        return readings(table), changed["num_updated_rows"]

gap = math.nan
together, apart = left([[20.0, gap, 70.0, 90.0]]), left([[20.0, gap, 70.0], [90.0]])
print(together, apart)
with tempfile.TemporaryDirectory() as folder:
    table = table_of(folder, [[20.0, gap, 70.0, 90.0]])
    selected = table.to_pyarrow_table(filters=[("temperature", ">", 80)])
assert selected["temperature"].to_pylist() == [90.0]
assert together[1] == 2 and sorted(together[0]) == [20.0, 70.0], "CHANGED: missing beside 90"
assert apart[1] == 1 and len(apart[0]) == 3, "CHANGED: a missing reading in a file of low ones"
assert sum(map(math.isnan, apart[0])) == 1
PY
echo "as described"
