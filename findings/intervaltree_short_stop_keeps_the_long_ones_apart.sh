#!/usr/bin/env bash
# intervaltree 3.2.1, sets of intervals, such as the stops of a machine. merge_neighbors is
# documented to join all adjacent intervals whose ends are no further apart than the distance: 0 to
# 10 and 10.5 to 13 are one stop. It looks at each interval and the one that began before it only. A
# short stop within the long one, 2 to 3, stands between them then, and 10.5 to 13 is compared with
# its end, 7.5 away: nothing is joined, not even 10 to 13, which begins where the long one ends.
# What begins within the long one after the short one is joined with that. No error and no warning;
# strict=False, which takes overlaps in, is right.
# Why it matters: intervals come from several alarms of one machine, short ones within long ones,
# and are joined to count stops. Stops are too many, and the mean time between them too short.
# Seen: 0-10, 10.5-13 one; with 2-3 three; 0-10, 2-3, 10-13 three; by strict=False one each.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet intervaltree==3.2.1
"$folder/venv/bin/python" -W error - <<'PY'
from intervaltree import IntervalTree

LONG, SHORT, NEAR, TOUCHING = (0, 10), (2, 3), (10.5, 13), (10, 13)

def merged(*stops: tuple[float, float], **choice: bool) -> list[tuple[float, float]]:
    tree = IntervalTree.from_tuples(stops)
    tree.merge_neighbors(distance=1, **choice)
    return [(stop.begin, stop.end) for stop in sorted(tree)]

for stop in (NEAR, TOUCHING):
    alone, nested = merged(LONG, stop), merged(LONG, SHORT, stop)
    loose = merged(LONG, SHORT, stop, strict=False)
    print("without", alone, "with a short stop", nested, "not strict", loose)
    assert alone == loose == [(0, 13)]
    assert nested == [LONG, SHORT, stop], "CHANGED: a short stop hides the end of the long one"
within = merged(LONG, SHORT, (3.5, 4))
print("within", within)
assert within == [LONG, (2, 4)]
PY
echo "as described"
