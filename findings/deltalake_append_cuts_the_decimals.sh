#!/usr/bin/env bash
# deltalake 1.6.6 (delta-rs). write_deltalake with mode="append", of rows whose column has another
# type than the table's, casts the new rows to the table's type. Where a value does not fit it
# raises an error: 300 for a column of 8 bits, a text, a NaN for one of whole numbers. Where just
# its digits do not, it does not: 22.7 appended to a column of whole numbers is 22, and -0.9 is 0.
# schema_mode="merge" makes no difference. So a table whose first day had whole readings cuts all
# days after it. No error and no warning; Arrow's own safe cast refuses the same values ("Float
# value 22.7 was truncated").
# Seen: 21 and 22, then 22.7 and -0.9 appended: 21, 22, 22, 0; with merge the same; 300 to int8
# raises; Arrow raises.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet deltalake==1.6.6 pyarrow==26.0.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import tempfile
import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

def appended(first: pa.Array, then: pa.Array, **options: str) -> list[object]:
    with tempfile.TemporaryDirectory() as folder:
        write_deltalake(folder, pa.table({"reading": first}))
        write_deltalake(folder, pa.table({"reading": then}), mode="append", **options)
        return DeltaTable(folder).to_pyarrow_table()["reading"].to_pylist()

def refused(first: pa.Array, then: pa.Array) -> bool:
    try:
        appended(first, then)
    except Exception as error:
        return str(error).startswith("Cast error")
    return False

whole, later = pa.array([21, 22]), pa.array([22.7, -0.9])
told, merged = appended(whole, later), appended(whole, later, schema_mode="merge")
print(told, merged)
assert refused(pa.array([1], pa.int8()), pa.array([300]))
assert refused(whole, pa.array(["high"])) and refused(whole, pa.array([float("nan")]))
assert sorted(told) == [0, 21, 22, 22], "CHANGED: decimals in a column of whole numbers"
try:
    later.cast(pa.int64())
    raise AssertionError("CHANGED: Arrow's cast")
except pa.ArrowInvalid as error:
    assert "truncated" in str(error)
PY
echo "as described"
