#!/usr/bin/env bash
# deepdiff 9.1.0, which tells in what two objects differ, deep down in them: numbers in lists in
# dictionaries, arrays of numpy, a pandas Series. So one would think that it tells it of two tables
# of pandas as well, or refuses; its DeepHash has a case for them and gives two different hashes.
# DeepDiff has none: it goes through a table as through any iterable, and what a table gives then is
# the names of its columns. Two tables with the same columns are the same, whatever is in them, and
# however many rows they have, none included. No error and no warning. Inside of a dictionary or a
# list, and with ignore_order=True, it is the same. A table of polars, a Series, the values as an
# array and to_dict() are compared by their values.
# Why it matters: a check that last night's limits, features or forecasts are those of the release
# before passes for ever, as soon as there is a table in what is compared.
# Seen, limits of 80 and 90 against 80 and 9: {} as a table, and {} against no rows; by Series,
# array, to_dict() and polars 90 -> 9.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    deepdiff==9.1.0 pandas==3.0.6 polars==2.1.0 numpy==2.4.6
"$folder/venv/bin/python" -W error - <<'PY'
import pandas as pd
import polars as pl
from deepdiff import DeepDiff, DeepHash

before = {"machine": ["A", "B"], "limit": [80.0, 90.0]}
after = {"machine": ["A", "B"], "limit": [80.0, 9.0]}
left, right = pd.DataFrame(before), pd.DataFrame(after)
assert not left.equals(right)

told = {
    "table": DeepDiff(left, right),
    "no rows": DeepDiff(left, right.iloc[:0]),
    "in a dictionary": DeepDiff({"limits": left}, {"limits": right}),
    "any order": DeepDiff(left, right, ignore_order=True),
}
right_ones = {
    "Series": DeepDiff(left["limit"], right["limit"]),
    "array": DeepDiff(left.to_numpy(), right.to_numpy()),
    "to_dict": DeepDiff(left.to_dict(), right.to_dict()),
    "polars": DeepDiff(pl.DataFrame(before), pl.DataFrame(after)),
}
for name, difference in (told | right_ones).items():
    print(f"{name}: {difference}")
assert all(difference == {} for difference in told.values()), "CHANGED: tables are compared"
for difference in right_ones.values():
    (change,) = difference["values_changed"].values()
    assert (change["old_value"], change["new_value"]) == (90, 9)
assert DeepDiff(left, right.rename(columns={"limit": "bound"})), "names are all that counts"
assert set(DeepHash(left).hashes.values()) != set(DeepHash(right).hashes.values())
PY
echo "as described"
