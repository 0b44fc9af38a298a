#!/usr/bin/env bash
# timelength 3.0.4 reads durations out of free text. Its result has success, and invalid: what it
# could not read, if anything. A minus it passes over and does not list among the invalid: "-90
# minutes" is 90 minutes, and "5 hours - 2 hours" are seven. "one and a half hours" is half an hour
# and "an hour and a half" a whole one; there a number is listed as invalid, but success is True and
# the object is true as well. One would expect a negative duration, or no success. No error and no
# warning; "2.5 hours" and "1h30m" are right.
# Why it matters: deviations from a plan, and repair times out of notes. What was early is late, and
# a repair takes a third of its time.
# Seen, in minutes: -90 minutes 90, 5 hours - 2 hours 420, one and a half hours 30, an hour and a
# half 60; 2.5 hours 150; all with success.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet timelength==3.0.4
"$folder/venv/bin/python" -W error - <<'PY'
from timelength import TimeLength

seen = {}
for text in (
    "2.5 hours", "1h30m", "-90 minutes", "5 hours - 2 hours",
    "one and a half hours", "an hour and a half",
):
    read = TimeLength(text)
    seen[text] = (read.result.seconds / 60, len(read.result.invalid))
    print(f"{text}: {seen[text][0]} minutes, {seen[text][1]} invalid, {read.result.success}")
    assert read.result.success, "CHANGED: it says that it failed"
assert seen["2.5 hours"] == (150, 0) and seen["1h30m"] == (90, 0)
assert seen["-90 minutes"] == (90, 0), "CHANGED: the minus"
assert seen["5 hours - 2 hours"] == (420, 0), "CHANGED: the difference"
assert seen["one and a half hours"][0] == 30, "CHANGED: one and a half"
assert seen["an hour and a half"][0] == 60, "CHANGED: and a half"
PY
echo "as described"
