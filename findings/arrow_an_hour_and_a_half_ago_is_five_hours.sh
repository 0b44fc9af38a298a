#!/usr/bin/env bash
# arrow 1.4.0. dehumanize turns "2 hours ago" into a moment, and refuses what it does not
# understand, with a ValueError that names the text. Much that it does not understand it reads a
# part of instead. A decimal number: it looks for whole numbers before a unit and finds one behind
# the point, so "1.5 hours ago" is five hours ago and "0.5 hours ago" as well, "2.25 days ago" is
# 25 days ago; with a decimal comma the same, and ahead in time too. One hour in figures: "1 hour
# and 30 minutes ago" is half an hour ago, "half an hour ago" a whole one. No error and no warning.
# One would expect the moment or the ValueError. Whole numbers of two and more are right.
# Why it matters: "stopped since" out of a form or a chat is read as of another shift.
# Seen from noon: 1.5 hours ago 07:00, 0.5 hours ago 07:00, in 1,5 hours 17:00, 2.25 days ago 25
# days before; 1 hour and 30 minutes ago 11:30; 2 hours and 30 minutes ago 9:30; two hours ago an
# error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet arrow==1.4.0
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import timedelta
import arrow

noon = arrow.get(2026, 6, 1, 12)

def off(text: str) -> timedelta | None:
    try:
        return noon.dehumanize(text) - noon
    except ValueError:
        return None

seen = {
    text: off(text)
    for text in (
        "2 hours ago",
        "2 hours and 30 minutes ago",
        "two hours ago",
        "1 hour and 30 minutes ago",
        "half an hour ago",
        "1.5 hours ago",
        "0.5 hours ago",
        "in 1,5 hours",
        "2.25 days ago",
    )
}
for text, told in seen.items():
    print(text, "is", told)
assert seen["2 hours ago"] == timedelta(hours=-2)
assert seen["2 hours and 30 minutes ago"] == timedelta(hours=-2.5)
assert seen["two hours ago"] is None
assert seen["1 hour and 30 minutes ago"] == timedelta(hours=-0.5), "CHANGED: one in figures"
assert seen["half an hour ago"] == timedelta(hours=-1), "CHANGED: half an hour"
assert seen["1.5 hours ago"] == timedelta(hours=-5), "CHANGED: one and a half"
assert seen["0.5 hours ago"] == timedelta(hours=-5), "CHANGED: a half"
assert seen["in 1,5 hours"] == timedelta(hours=5), "CHANGED: a decimal comma"
assert seen["2.25 days ago"] == timedelta(days=-25), "CHANGED: two and a quarter"
PY
echo "as described"
