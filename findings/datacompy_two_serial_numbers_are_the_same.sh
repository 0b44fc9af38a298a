#!/usr/bin/env bash
# datacompy 1.1.0, which tells in what two tables differ, as after a pipeline was changed. Its
# tolerances are 0 unless given, so one would think that two whole numbers are the same only if
# they are, as they are to pandas' equals. It compares them as floats, which have 53 bits: above 9
# * 10^15 neighbours are taken for the same, with no warning: matches() is true and no column has a
# difference. Times in nanoseconds since 1970 (int64), as sensors and historians give them, have
# steps of 256 there, numbers of 18 digits, as on RFID tags and chips, of 16 or more. So is it with
# PandasCompare and with PolarsCompare. As text they are told apart.
# Why it matters: the comparison that lets a change pass does not see that another part was put in.
# Seen: 304000000000000017 and 304000000000000018 match; two times 100 ns apart match; as texts
# they do not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    datacompy==1.1.0 "pandas<3" polars==1.33.1 numpy==2.4.6
POLARS_MAX_THREADS=1 "$folder/venv/bin/python" -W error -W ignore::DeprecationWarning - <<'PY'
import pandas as pd
import polars as pl
from datacompy import PandasCompare, PolarsCompare

def same(before: list[object], after: list[object]) -> bool:
    """Whether the two columns are the same, by both comparisons."""
    tables = [pd.DataFrame({"machine": ["a", "b"], "part": part}) for part in (before, after)]
    by_pandas = PandasCompare(*tables, join_columns="machine")
    by_polars = PolarsCompare(*map(pl.from_pandas, tables), join_columns="machine")
    assert by_pandas.abs_tol == by_pandas.rel_tol == 0
    found = {bool(by_pandas.matches()), bool(by_polars.matches())}
    assert len(found) == 1, "CHANGED: the two comparisons differ"
    if found == {True}:
        assert by_pandas.count_matching_rows() == 2 and not by_pandas.all_mismatch().size
    assert tables[0].equals(tables[1]) == (before == after)
    return found.pop()

chips, others = [304000000000000017, 5], [304000000000000018, 5]
moment = 1_782_900_000_000_000_000
answers = {
    "chips": same(chips, others),
    "times": same([moment, 5], [moment + 100, 5]),
    "small": same([17, 5], [18, 5]),
    "texts": same(list(map(str, chips)), list(map(str, others))),
}
print(answers)
assert answers == {"chips": True, "times": True, "small": False, "texts": False}, "CHANGED"
PY
echo "as described"
