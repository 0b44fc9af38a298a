#!/usr/bin/env bash
# vobject 0.9.9 reads calendars (iCalendar, RFC 5545), in which planned services come; the rruleset
# of an entry gives each time of one that repeats. A service at 8 in Berlin is at 8 by Berlin's
# clock in winter and summer. The rules of the zone come with the calendar, or, as CalDAV servers
# may do by RFC 7809, its name alone. By the name vobject finds the zone in pytz, and gives each
# time with the distance from UTC that the first one had: from April on 8:00 at +01:00, which is
# 9:00 in Berlin. Printed without the zone it looks right; compared, sorted or put into a database
# it is an hour late, and the last one before an UNTIL is lost. A calendar that brings its rules is
# right; read after one that did not, it is wrong as well, in the same process. No error and no
# warning.
# Seen, daily from 26 to 31 March 2026, the clocks change on the 29th: with the rules +02:00 from
# the 29th on; by the name all six at +01:00, and so with the rules, read again; until the 30th at
# 6:00 UTC four for five. recurring-ical-events 3.8.2: +02:00 in each case, and five.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    vobject==0.9.9 pytz==2026.6 recurring-ical-events==3.8.2 icalendar==7.3.2
for order in "rules first" "name first"; do
    "$folder/venv/bin/python" -W ignore - "$order" <<'PY'
import sys
from datetime import date
import icalendar
import recurring_ical_events
import vobject

ZONE = [
    "BEGIN:VTIMEZONE", "TZID:Europe/Berlin",
    "BEGIN:DAYLIGHT", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200",
    "DTSTART:19700329T020000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "END:DAYLIGHT",
    "BEGIN:STANDARD", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100",
    "DTSTART:19701025T030000", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD",
    "END:VTIMEZONE",
]

def calendar(rule: str, zone: list[str]) -> str:
    """A service at eight in Berlin that repeats."""
    return "\r\n".join([
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//plant//EN", *zone,
        "BEGIN:VEVENT", "UID:service", "DTSTAMP:20260101T000000Z",
        "DTSTART;TZID=Europe/Berlin:20260326T080000", "DURATION:PT1H", f"RRULE:{rule}",
        "END:VEVENT", "END:VCALENDAR", "",
    ])

def told(rule: str, zone: list[str]) -> list[str]:
    """Day and distance from UTC of each service, by vobject."""
    event = vobject.readOne(calendar(rule, zone)).vevent
    return [f"{time:%d %z}" for time in event.rruleset]

def peer(rule: str, zone: list[str]) -> list[str]:
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(calendar(rule, zone)))
    events = found.between(date(2026, 3, 1), date(2026, 5, 1))
    return [f"{event.start:%d %z}" for event in events]

SIX, UNTIL = "FREQ=DAILY;COUNT=6", "FREQ=DAILY;UNTIL=20260330T060000Z"
RIGHT = ["26 +0100", "27 +0100", "28 +0100", "29 +0200", "30 +0200", "31 +0200"]
WINTER = [f"{day} +0100" for day in range(26, 32)]
assert peer(SIX, ZONE) == peer(SIX, []) == RIGHT
assert peer(UNTIL, ZONE) == peer(UNTIL, []) == RIGHT[:5]
BY_NAME = sys.argv[1] == "name first"
if BY_NAME:
    print("by the name", told(SIX, []), "until", told(UNTIL, []))
    assert told(SIX, []) == WINTER, "CHANGED: times in summer"
    assert told(UNTIL, []) == WINTER[:4], "CHANGED: the last one"
print("by the rules", told(SIX, ZONE))
assert told(SIX, ZONE) == (WINTER if BY_NAME else RIGHT), "CHANGED: by the rules"
PY
done
echo "as described"
