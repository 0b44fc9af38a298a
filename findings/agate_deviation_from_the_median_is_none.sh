#!/usr/bin/env bash
# agate 1.14.2, the tables of csvkit and of dbt-core. MAD is the median of how far values lie from
# their median, which one bad reading does not move, so limits of a machine are set by it. agate
# takes the distances in the order of the values and the middle one of them for the median, as if
# they were in order themselves. The middle one is that of the median from itself: of an odd number
# of values MAD is 0, whatever they are, of an even number about nothing. No error, no warning. MAD
# of 1 to 101 is 0 where it is 25; the other measures, variance and quartiles, are right.
# Why it matters: with a spread of zero each reading but one is beyond the limit, or, where zero is
# taken for "all alike", none ever is.
# Seen: 1 to 101: MAD 0, of the definition 25; 1 to 100: 0.5, 25; 20, 24, 31, 29, 22: 0, 4.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet agate==1.14.2
"$folder/venv/bin/python" -W error::UserWarning -W error::RuntimeWarning - <<'PY'
from statistics import median
import agate

def both(values: list[int]) -> tuple[float, float]:
    table = agate.Table([[value] for value in values], ["reading"])
    by_agate = float(table.aggregate(agate.MAD("reading")))
    middle = median(values)
    assert float(table.aggregate(agate.Median("reading"))) == middle
    right = median([abs(value - middle) for value in values])
    print(f"{len(values)} readings: MAD {by_agate}, of the definition {right}")
    return by_agate, right

assert both(list(range(1, 102))) == (0, 25), "CHANGED: an odd number"
assert both(list(range(1, 101))) == (0.5, 25), "CHANGED: an even number"
assert both([20, 24, 31, 29, 22]) == (0, 4), "CHANGED: five readings"
PY
echo "as described"
