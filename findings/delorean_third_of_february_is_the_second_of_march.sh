#!/usr/bin/env bash
# delorean 2.0.0. parse reads a date as written anywhere. The year first, as ISO 8601 has it, leaves
# nothing to guess: a text that the standard allows is read by the standard. One with a blank before
# the zone, as Git, Ruby, Rails and many loggers write it ("2026-02-03 10:00:00 -0300", or with UTC),
# is not quite by the standard, and goes another way: the year, then the day, then the month, which
# nobody writes. So the same date, in two rows of one file, is in February with "+00:00" and in
# March with " UTC". Days after the twelfth are right in both. No error and no warning. One would
# expect the month after the year.
# Why it matters: the first twelve days of each month are spread over the year, and the rest of the
# month looks right.
# Seen: 2026-02-03 10:00:00+00:00 is the 3rd of February, 2026-02-03 10:00:00 UTC and 2026-02-03
# 10:00:00 -0300 are the 2nd of March, 2026-02-13 10:00:00 UTC the 13th of February.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet delorean==2.0.0 python-dateutil==2.9.0.post0
"$folder/venv/bin/python" -W error - <<'PY'
import delorean

seen = {}
for text in (
    "2026-02-03", "2026-02-03 10:00:00", "2026-02-03 10:00:00+00:00",
    "2026-02-13 10:00:00 UTC", "2026-02-03 10:00:00 UTC", "2026-02-03 10:00:00 -0300",
):
    moment = delorean.parse(text).datetime
    seen[text] = (moment.month, moment.day)
    print(f"{text!r} is {moment.isoformat()}")
*right, late, utc, offset = seen.values()
assert right == [(2, 3)] * 3 and late == (2, 13)
assert utc == offset == (3, 2), "CHANGED: year, day, month"
PY
echo "as described"
