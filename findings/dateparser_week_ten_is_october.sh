#!/usr/bin/env bash
# dateparser 1.5.0 reads dates as people write them. Maintenance is planned in weeks, "2026-W10-1"
# for Monday of week 10 (ISO 8601). It finds a language in which the letter means nothing (W is
# Polish for "in"), leaves it out, and reads the week as a month: 1 October for 2 March. Week 13 and
# on is taken for the day, and the weekday for the month; where neither goes there is no date, so a
# list of weeks is read in part and wrong, with the gaps one would put down to bad spelling.
# STRICT_PARSING and a given DATE_ORDER change nothing. No error and no warning. languages=["en"]
# gives no date for any of them, date_formats=["%G-W%V-%u"] the right ones; arrow and pendulum read
# weeks unasked.
# Why it matters: repairs and their labels move by months, and what follows a failure comes before
# it.
# Seen, the 365 days of 2026: 1 right, 208 wrong, 156 without a date.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet dateparser==1.5.0 arrow==1.4.0 pendulum==3.3.0
"$folder/venv/bin/python" -W error - <<'PY'
from collections import Counter
from datetime import date, datetime, timedelta
import arrow
import dateparser
import pendulum

DAYS = [date(2026, 1, 1) + timedelta(number) for number in range(365)]
BASE = datetime(2026, 7, 15)

def read(text: str, **options: object) -> date | None:
    given = dateparser.parse(text, settings={"RELATIVE_BASE": BASE, "TIMEZONE": "UTC"} | options)
    return given and given.date()

def outcome(day: date, **options: object) -> str:
    given = read(f"{day:%G-W%V-%u}", **options)
    return "none" if given is None else "right" if given == day else "wrong"

plain = Counter(outcome(day) for day in DAYS)
monday, friday = read("2026-W10-1"), read("2026-W13-5")
print("2026-W10-1 is", monday, "and 2026-W13-5", friday, dict(plain))
assert all(arrow.get(f"{day:%G-W%V-%u}").date() == day for day in DAYS)
assert all(pendulum.parse(f"{day:%G-W%V-%u}").date() == day for day in DAYS)
assert monday == date(2026, 10, 1) and friday == date(2026, 5, 13), "CHANGED: weeks are read"
assert plain == {"right": 1, "wrong": 208, "none": 156}, f"CHANGED: {plain}"
for options in ({"STRICT_PARSING": True}, {"DATE_ORDER": "YMD"}):
    assert read("2026-W10-1", **options) == monday, f"CHANGED: {options}"
assert dateparser.parse("2026-W10-1", languages=["en"]) is None
assert dateparser.parse("2026-W10-1", date_formats=["%G-W%V-%u"]).date() == date(2026, 3, 2)
PY
echo "as described"
