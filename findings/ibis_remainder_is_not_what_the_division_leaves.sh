#!/usr/bin/env bash
# ibis 12.0.0 (ibis-framework), expressions of Python's that run on DuckDB, SQLite, polars and
# others alike. x // n is rounded down on each of them, as in Python, also below zero, where the
# databases by themselves cut; one would think that x % n is what this leaves, as in Python. On
# DuckDB and SQLite it is not: the remainder is the database's own, which has the sign of x, so -7
# is not -4 times 2 and the rest. On polars it is. So hours that are counted from the start of a
# shift or from a failure, before it below zero, fall into other hours of the day by what the
# expression runs on, and some into none. No error and no warning. Write (x % n + n) % n.
# Seen, -7 // 2 and -7 % 2: DuckDB and SQLite -4 and -1, polars and Python -4 and 1. The hour of
# the day of what happened 5 hours before a shift that starts at 3: by (3 - 5) % 24 -2, polars 22.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    "ibis-framework[duckdb,polars,sqlite]==12.0.0" duckdb==2.0.1 polars==2.1.0 pandas==3.1.1
"$folder/venv/bin/python" -W ignore - <<'PY'
import ibis

ROWS = {"x": [-7, -2, 7], "n": [2, 24, 2]}
IN_PYTHON = [(x // n, x % n) for x, n in zip(ROWS["x"], ROWS["n"])]
table = ibis.memtable(ROWS)
asked = table.select(quotient=table.x // table.n, rest=table.x % table.n)
print("Python", IN_PYTHON)
for backend in (ibis.duckdb, ibis.sqlite, ibis.polars):
    found = [tuple(map(int, row)) for row in backend.connect().execute(asked).to_numpy()]
    print(backend.name, found)
    assert [quotient for quotient, _ in found] == [quotient for quotient, _ in IN_PYTHON]
    if backend.name == "polars":
        assert found == IN_PYTHON
    else:
        assert found == [(-4, -1), (-1, -2), (3, 1)], "CHANGED: the remainder"
PY
echo "as described"
