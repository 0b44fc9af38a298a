#!/usr/bin/env bash
# fastparquet 2026.9.0 with pandas 3.1.1. append=True adds rows to a Parquet file, and the package
# compares the columns of both first. It compares their names only. The first day's type stays, and
# what comes is turned into it, with no error and no warning: where the first day happened to read
# whole numbers, 90.9 of the next is 90 and -0.7 is 0; a counter that began as 32 bits (as drivers
# and databases give it) is negative once it has passed 2,147,483,647. The reading is gone from the
# file, so no other reader has it either. One would expect a refusal, which pyarrow's writer gives
# for a table of another type, or a wider column. Each day written to a file of its own is right,
# and so is astype(float) before the first.
# Seen, first day 20 and 21, next day 20.7, 90.9 and -0.7: 20, 90, 0; a counter of 5, then of 3
# billion: -1,294,967,296.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    fastparquet==2026.9.0 pyarrow==26.0.1 numpy==2.4.6 pandas==3.1.1
cd "$folder"
"$folder/venv/bin/python" -W error::RuntimeWarning -W error::UserWarning - <<'PY'
import fastparquet
import numpy as np
import pandas as pd
import pyarrow
import pyarrow.parquet

def appended(first: np.ndarray, later: np.ndarray) -> list:
    """The values of the second write, as pyarrow reads them."""
    fastparquet.write("x.parquet", pd.DataFrame({"x": first}))
    fastparquet.write("x.parquet", pd.DataFrame({"x": later}), append=True)
    return pyarrow.parquet.read_table("x.parquet")["x"].to_pylist()[len(first) :]

decimals = appended(np.array([20, 21]), np.array([20.7, 90.9, -0.7]))
counter = appended(np.array([5], dtype="int32"), np.array([3_000_000_000], dtype="int64"))
right = appended(np.array([20.0, 21.0]), np.array([20.7, 90.9, -0.7]))
print("after whole numbers", decimals, "counter", counter, "after floats", right)
assert decimals == [20, 90, 0], "CHANGED: decimals after whole numbers"
assert counter == [-1_294_967_296], "CHANGED: a counter beyond 32 bits"
assert right == [20.7, 90.9, -0.7]

with pyarrow.parquet.ParquetWriter("y.parquet", pyarrow.schema([("x", pyarrow.int64())])) as writer:
    try:
        writer.write_table(pyarrow.table({"x": [20.7]}))
    except ValueError as error:
        print("pyarrow:", str(error).splitlines()[0])
    else:
        raise SystemExit("CHANGED: pyarrow takes it")
PY
echo "as described"
