#!/usr/bin/env bash
# arcticdb 6.28.2, a store of tables of time series. With dynamic_schema=True a batch may bring a
# column that the earlier ones did not have, as when a controller learns to count its alarms. In the
# rows before it a column of whole numbers is read as 0 and one of truth values as False, where
# floats are NaN and texts None. One would think that what is read as 0 is 0. A query does not look
# at what is read: where the batch has no such column, alarms == 0, alarms < 1, alarms != 4, on ==
# False and isin([0]) find nothing, isnull finds all of it, and ~(alarms > 0) finds it as well. A new
# column alarms + 1 is 0 in these rows, not 1. groupby leaves them out of mean, least and count. So a
# filter within the store and the same one on the table it gives are of other rows. No error, no
# warning. And written anew, by write(read().data), the zeros are there and all of it changes.
# Seen, four hours without the column, then 0 and 4 alarms: read are 0, 0, 0, 0, 0, 4; below 1 are
# five rows of the table and one by the query, not above 0 five and five; the mean is 2 for 0.67.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet arcticdb==6.28.2 pandas==2.3.3 numpy==2.4.6
"$folder/venv/bin/python" -W ignore - "$folder/store" <<'PY'
import sys
import numpy as np
import pandas as pd
from arcticdb import Arctic, LibraryOptions, QueryBuilder

HOURS = pd.date_range("2026-03-01", periods=6, freq="h")
store = Arctic(f"lmdb://{sys.argv[1]}")
library = store.create_library("plant", LibraryOptions(dynamic_schema=True))
library.write("pump", pd.DataFrame({"line": ["a"] * 4, "bar": [2.0] * 4}, index=HOURS[:4]))
later = {"line": ["a"] * 2, "bar": [2.0] * 2, "alarms": np.array([0, 4]), "on": [True, True]}
library.append("pump", pd.DataFrame(later, index=HOURS[4:]))
table = library.read("pump").data
library.write("anew", table)

def asked(query: QueryBuilder, name: str = "pump") -> pd.DataFrame:
    return library.read(name, query_builder=query).data

def found(condition, name: str = "pump") -> int:
    query = QueryBuilder()
    return len(asked(query[condition(query)], name))

CONDITIONS = {
    "== 0": lambda rows: rows["alarms"] == 0,
    "< 1": lambda rows: rows["alarms"] < 1,
    "!= 4": lambda rows: rows["alarms"] != 4,
    "off": lambda rows: rows["on"] == False,  # noqa: E712
    "not > 0": lambda rows: ~(rows["alarms"] > 0),
}
expected = {name: int(condition(table).sum()) for name, condition in CONDITIONS.items()}
seen = {name: found(condition) for name, condition in CONDITIONS.items()}
means = asked(QueryBuilder().groupby("line").agg({"alarms": "mean"}))["alarms"]
query = QueryBuilder()
one_more = asked(query.apply("more", query["alarms"] + 1))["more"].tolist()
print("read", table["alarms"].tolist(), "of the table", expected, "by a query", seen)
print("mean", means.tolist(), "for", table["alarms"].mean(), "one more", one_more)
assert table["alarms"].tolist() == [0, 0, 0, 0, 0, 4] and expected["off"] == 4
assert {name: found(condition, "anew") for name, condition in CONDITIONS.items()} == expected
assert seen == {"== 0": 1, "< 1": 1, "!= 4": 1, "off": 0, "not > 0": 5}, "CHANGED: the filter"
assert means.tolist() == [2.0], "CHANGED: the mean"
assert one_more == [0, 0, 0, 0, 1, 5], "CHANGED: the new column"
PY
echo "as described"
