#!/usr/bin/env bash
# pyorc 0.12.0 and pyarrow 26.0.1 with ORC, the column files of data lakes. Given a number that its
# column's type cannot hold, pyorc neither refuses nor widens: into a tinyint it writes the
# remainder; into a smallint or an int it writes the number as it is, under the narrower type. pyorc
# itself reads that back, so each test of the writer passes; pyarrow, and what is built on it, cuts
# it to the type, and the same file tells two stories. No error and no warning from either. (A text
# or a fraction is refused.) So declare bigint for counters, or check the ranges before.
# Why it matters: speeds, counters and operating seconds outgrow a type when the machine is old or
# runs too fast, which is when they are looked at; a type checked with the readings of its youth
# holds them.
# Seen, 70,000 in a smallint: by pyorc 70,000, by pyarrow 4,464; -2,147,483,649 in an int
# 2,147,483,647; 300 in a tinyint 44 by both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pyorc==0.12.0 pyarrow==26.0.1
cd "$folder"
venv/bin/python -W error - <<'PY'
import pyarrow.orc
import pyorc

CASES = [  # type, written, read by pyorc, read by pyarrow
    ("smallint", 32_767, 32_767, 32_767),
    ("smallint", 70_000, 70_000, 4_464),
    ("int", -(2**31) - 1, -(2**31) - 1, 2**31 - 1),
    ("int", 2**40, 2**40, 0),
    ("tinyint", 300, 44, 44),
    ("bigint", 2**40, 2**40, 2**40),
]

def rewrite(kind: str, number: int) -> tuple[int, int]:
    with open("speed.orc", "wb") as file, pyorc.Writer(file, f"struct<speed:{kind}>") as writer:
        writer.write((number,))
    with open("speed.orc", "rb") as file:
        (own,) = next(pyorc.Reader(file))
    return own, pyarrow.orc.read_table("speed.orc")["speed"][0].as_py()

for kind, number, by_pyorc, by_pyarrow in CASES:
    seen = rewrite(kind, number)
    print(f"{number:,} as {kind}: by pyorc {seen[0]:,}, by pyarrow {seen[1]:,}")
    assert seen == (by_pyorc, by_pyarrow), f"CHANGED: {kind}"
try:
    rewrite("int", 20.7)
except TypeError as error:
    print("20.7 as int:", error)
else:
    raise SystemExit("CHANGED: a fraction is taken")
PY
echo "as described"
