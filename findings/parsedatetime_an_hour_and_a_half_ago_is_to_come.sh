#!/usr/bin/env bash
# parsedatetime 2.6 reads a moment as a person says it, from a form or a message: "2 hours ago",
# "in 90 minutes". Of a time of two units the word "ago" goes with the last alone, and the first
# counts forward: "1 hour 30 minutes ago" is an hour from now, less half an hour, so it is to come.
# It says of itself that it understood a time, as of every other (its second result is 2), no error
# and no warning. "half an hour ago" is a whole one. One would expect an hour and a half, as of
# "1.5 hours ago" or "90 minutes ago", which are right.
# Why it matters: a stop that began an hour and a half ago begins in half an hour, and what is
# written down in more detail is farther off.
# Seen from noon: 1 hour 30 minutes ago 12:30, 2 hours 15 minutes ago 13:45, half an hour ago
# 11:00; 90 minutes ago and 1.5 hours ago 10:30.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet parsedatetime==2.6
"$folder/venv/bin/python" - <<'PY'
from datetime import datetime, timedelta
from parsedatetime import Calendar

noon = datetime(2026, 6, 1, 12)

def off(text: str) -> timedelta:
    moment, kind = Calendar().parseDT(text, sourceTime=noon)
    assert kind == 2, text
    print(text, "is", moment)
    return moment - noon

assert off("90 minutes ago") == off("1.5 hours ago") == timedelta(hours=-1.5)
assert off("1 hour 30 minutes ago") == timedelta(hours=0.5), "CHANGED: an hour and a half"
assert off("2 hours 15 minutes ago") == timedelta(hours=1.75), "CHANGED: two hours and more"
assert off("half an hour ago") == timedelta(hours=-1), "CHANGED: half an hour"
PY
echo "as described"
