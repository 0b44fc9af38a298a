#!/usr/bin/env bash
# ical 14.3.1 reads and writes calendars (iCalendar, RFC 5545), in which planned services come; its
# timeline tells what is on when. Services that follow no rule are listed: the first is the start of
# the entry (DTSTART), the others its RDATE; by the RFC the start counts as the first. The timeline
# has the listed ones alone: the first service is not there, or if it is the next one that is due,
# nothing is. With a rule beside the list, of that one day even, it is there. No error and no
# warning.
# Seen, a service on 5 January, and listed 1 February and 1 March: told are February and March.
# recurring-ical-events 3.8.2: all three.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    ical==14.3.1 recurring-ical-events==3.8.2 icalendar==7.3.2
"$folder/venv/bin/python" -W ignore - <<'PY'
from datetime import date
import icalendar
import recurring_ical_events
from ical.calendar_stream import IcsCalendarStream

CALENDAR = "\r\n".join([
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//plant//EN",
    "BEGIN:VEVENT", "UID:service", "DTSTAMP:20260101T000000Z",
    "DTSTART:20260105T080000Z", "DURATION:PT1H",
    "RDATE:20260201T080000Z,20260301T080000Z",
    "END:VEVENT", "END:VCALENDAR", "",
])

def told(text: str) -> list[int]:
    """The month of each service, by ical."""
    return [event.dtstart.month for event in IcsCalendarStream.calendar_from_ics(text).timeline]

found = recurring_ical_events.of(icalendar.Calendar.from_ical(CALENDAR))
peer = sorted(event.start.month for event in found.between(date(2026, 1, 1), date(2026, 6, 1)))
ruled = told(CALENDAR.replace("RDATE:", "RRULE:FREQ=DAILY;COUNT=1\r\nRDATE:"))
print("ical", told(CALENDAR), "with a rule", ruled, "peer", peer)
assert peer == ruled == [1, 2, 3]
assert told(CALENDAR) == [2, 3], "CHANGED: listed services"
PY
echo "as described"
