#!/usr/bin/env bash
# pyiceberg 0.12.0, tables of Iceberg without an engine. A scan with a filter and a delete with the same
# filter should be of the same rows: what a delete takes is what a scan had shown. Of columns with
# NaN that holds for some files only. Where all numbers of a file fulfil the filter, the file is
# taken whole, by its smallest and largest value, which know nothing of NaN; the count of NaN, by
# which Iceberg would keep it, is not among what pyiceberg writes of a file. Where one number does
# not fulfil it, the rows are looked at and NaN stays. So to delete what is below 5 takes a
# sensor's NaN with it or not, by what else arrived in that batch.
# Seen, x < 5, which a scan answers by 1 and 2 both times: of (NaN, 1, 2) nothing is left, of (NaN,
# 1, 2, 7) NaN and 7.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    "pyiceberg[pyarrow,sql-sqlite]==0.12.0" pyarrow==25.0.1
cd "$folder"
venv/bin/python -W ignore - <<'PY'
from pathlib import Path
import pyarrow as pa
from pyiceberg.catalog.memory import InMemoryCatalog

catalog = InMemoryCatalog("plant", warehouse=Path("lake").resolve().as_uri())
catalog.create_namespace("raw")

def select_and_delete(name: str, values: list[float]) -> tuple[list, list]:
    """What a scan with the filter shows, and what a delete with it leaves."""
    rows = pa.table({"x": pa.array(values, pa.float64())})
    table = catalog.create_table(f"raw.{name}", schema=rows.schema)
    table.append(rows)
    selected = table.scan(row_filter="x < 5").to_arrow()["x"].to_pylist()
    table.delete("x < 5")
    return selected, [str(value) for value in table.scan().to_arrow()["x"].to_pylist()]

nan = float("nan")
for name, values, left in (
    ("low", [nan, 1.0, 2.0], []),
    ("mixed", [nan, 1.0, 2.0, 7.0], ["nan", "7.0"]),
):
    selected, is_left = select_and_delete(name, values)
    print(f"{values}: a scan shows {selected}, a delete leaves {is_left}")
    assert selected == [1, 2]
    assert is_left == left, "CHANGED: what a delete leaves"
PY
echo "as described"
