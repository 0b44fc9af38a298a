#!/usr/bin/env bash
# pandas 3.1.1 with pyarrow 26.0.1. A whole number out of a database of decimals, NUMERIC(38, 0) as
# Oracle's and Snowflake's NUMBER is, stays one in pandas' Arrow types: decimal128(38, 0). The mean
# of such a column is of the column's own type, so a whole number again, and rounded: where one
# machine in three is in alarm, the share in alarm is 0, where two are, it is 1. groupby does the
# same, and the median and a column of one decimal lose as much. No error and no warning, and sums
# are right. Arrow's documentation of its own function says that the type stays, pandas' does not,
# and of whole numbers of any other type the mean is a float, as in every database. cast to float64
# beforehand is right.
# Seen: alarms 1, 0, 0: mean 0; 1, 1, 0: 1; by machine 0 and 1; as int64 0.333 and 0.667.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pandas==3.1.1 pyarrow==26.0.1 numpy==2.4.6
"$folder/venv/bin/python" -W error - <<'PY'
from decimal import Decimal
import pandas as pd
import pyarrow as pa

def column(values: list, kind: pa.DataType) -> pd.Series:
    return pd.Series(values, dtype=pd.ArrowDtype(kind))

number = pa.decimal128(38, 0)
one, two = [Decimal(1), Decimal(0), Decimal(0)], [Decimal(1), Decimal(1), Decimal(0)]
means = column(one, number).mean(), column(two, number).mean()
table = pd.DataFrame({"machine": list("aaabbb"), "alarm": column(one + two, number)})
by_machine = table.groupby("machine")["alarm"].mean().tolist()
whole = column([1, 0, 0], pa.int64()).mean(), column([1, 1, 0], pa.int64()).mean()
as_float = column(one, number).astype("float64[pyarrow]").mean()
tenths = column([Decimal("0.1"), Decimal("0.1"), Decimal("0.0")], pa.decimal128(5, 1)).mean()
print("decimal", means, "by machine", by_machine, "int64", whole, "tenths", tenths)
assert round(whole[0], 3) == 0.333 and round(whole[1], 3) == 0.667
assert round(as_float, 3) == 0.333
assert column(two, number).sum() == 2
assert means == (0, 1), "CHANGED: the mean"
assert by_machine == [0, 1], "CHANGED: the mean by machine"
assert tenths == Decimal("0.1"), "CHANGED: a column of tenths"
PY
echo "as described"
