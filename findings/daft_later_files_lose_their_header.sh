#!/usr/bin/env bash
# daft 0.7.26, data frames for data larger than memory. read_csv takes a pattern of files, each with
# its header, and one would think that a column is found by its name, as read_parquet and read_json
# of the same package do it. The names and the types are those of the first file, and what follows
# is put under them by its place: the headers of all other files are skipped unread. Where a logger
# writes its columns in another order since its update, or a new one between the old ones, pressure
# is temperature from then on, with no error and no warning. And where the first file happens to
# hold whole numbers only, each value with a decimal of the others is missing (null); of read_json
# it is cut to a whole one. Which file is first is decided by its name.
# Seen, a day of 3 bar and 21 degrees, then one of 4 bar and 80.5 degrees in the other order: bar 3
# and 80.5, degrees 21 and 4; with humidity 50 between them 50 degrees; as JSON or Parquet right;
# degrees of 20, 21 and then 20.7, 21.9: 20, 21, null, null as CSV; 20, 21, 20, 21 as JSON; the
# files named the other way round, or as Parquet, all four.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet daft==0.7.26 pyarrow==25.0.1
cd "$folder"
OMP_NUM_THREADS=1 DO_NOT_TRACK=true venv/bin/python - <<'PY'
import csv
import json
import tempfile
import warnings
from pathlib import Path
import daft
import pyarrow as pa
import pyarrow.parquet as pq

warnings.simplefilter("error")

def as_csv(path: Path, rows: list[dict]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)

def as_json(path: Path, rows: list[dict]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))

def as_parquet(path: Path, rows: list[dict]) -> None:
    pq.write_table(pa.Table.from_pylist(rows), path)

def read(kind: str, *days: list[dict]) -> dict[str, list]:
    """What daft reads of the days, a file each, in the order of their names."""
    write, reader = {
        "csv": (as_csv, daft.read_csv),
        "json": (as_json, daft.read_json),
        "parquet": (as_parquet, daft.read_parquet),
    }[kind]
    with tempfile.TemporaryDirectory(dir=".") as day_folder:
        for number, rows in enumerate(days):
            write(Path(day_folder) / f"day{number}.{kind}", rows)
        frame = reader(f"{day_folder}/*.{kind}").to_pydict()
    # The order of the files' rows is not daft's promise.
    order = sorted(range(len(frame["day"])), key=lambda row: frame["day"][row])
    return {name: [values[row] for row in order] for name, values in frame.items()}

first = [{"day": 1, "bar": 3.0, "degrees": 21.0}]
swapped = [{"day": 2, "degrees": 80.5, "bar": 4.0}]
wider = [{"day": 2, "bar": 4.0, "humidity": 50.0, "degrees": 80.5}]
for kind in ("csv", "json", "parquet"):
    in_other_order, with_another = read(kind, first, swapped), read(kind, first, wider)
    print(kind, in_other_order, with_another)
    if kind == "csv":
        assert in_other_order["bar"] == [3.0, 80.5], "CHANGED: a column goes by its name"
        assert in_other_order["degrees"] == [21.0, 4.0]
        assert with_another["degrees"] == [21.0, 50.0], "CHANGED: a new column is noticed"
    else:
        assert (in_other_order["bar"], in_other_order["degrees"]) == ([3.0, 4.0], [21.0, 80.5])
        assert with_another["degrees"] == [21.0, 80.5]

whole = [{"day": 1, "degrees": 20}, {"day": 2, "degrees": 21}]
decimal = [{"day": 3, "degrees": 20.7}, {"day": 4, "degrees": 21.9}]
degrees = {kind: read(kind, whole, decimal)["degrees"] for kind in ("csv", "json", "parquet")}
print(degrees, read("csv", decimal, whole)["degrees"])
assert degrees["csv"] == [20, 21, None, None], "CHANGED: decimals are read"
assert degrees["json"] == [20, 21, 20, 21], "CHANGED: decimals are kept"
assert degrees["parquet"] == [20, 21, 20.7, 21.9]
assert read("csv", decimal, whole)["degrees"] == [20, 21, 20.7, 21.9]
PY
echo "as described"
