#!/usr/bin/env bash
# pytimeparse 1.1.10 reads durations as people and programs write them, among them Python's own text
# of a timedelta, with days and without: "1 day, 2:00:00" in its description. Of one below zero
# Python writes the days as negative and adds the rest: an hour less than nothing is "-1 day,
# 23:00:00". pytimeparse applies the minus to all of it: minus one day and minus 23 hours. No error,
# no None, no warning. One would expect what was written. So a text below zero is wrong by twice its
# hours, and only whole days come out right.
# Why it matters: "how much later than planned" from a log or a CSV that pandas or Python wrote. A
# service done an hour early is two days early.
# Seen, hours before and after: -1 and -47; -0.5 and -47.5; -23 and -25; -24 and -24; 26 and 26.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pytimeparse==1.1.10
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import timedelta
import pytimeparse

seen = {}
for hours in (-1, -0.5, -23, -24, 26):
    text = str(timedelta(hours=hours))
    seen[hours] = pytimeparse.parse(text) / 3600
    print(f"{hours} hours, written {text!r}, read {seen[hours]}")
assert seen[26] == 26 and seen[-24] == -24
assert (seen[-1], seen[-0.5], seen[-23]) == (-47, -47.5, -25), "CHANGED: below zero"
PY
echo "as described"
