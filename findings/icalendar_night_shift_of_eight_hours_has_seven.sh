#!/usr/bin/env bash
# icalendar 7.3.2, recurring-ical-events 3.8.2 and ical 14.3.1, calendars (iCalendar, RFC 5545), in
# which shifts and services come. An entry has a start and an end, or a start and a DURATION. By the
# RFC a duration in hours is that time exactly, and one in days is by the calendar, whatever the
# clocks do: PT8H are eight hours, P1D is the same hour of the next day. All three add both by the
# clock on the wall. So a night shift of PT8H over the change of the clocks in spring ends an hour
# early, and has seven hours, and in autumn one too late, with nine. No error, no warning: the end
# that is told bears the right zone, and start plus duration looks right on paper.
# Seen, Berlin, 22:00 and PT8H: on 28 March until 06:00 of +02:00, after seven hours (07:00 is
# right), on 24 October until 06:00 of +01:00, after nine, by each of the three.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    ical==14.3.1 recurring-ical-events==3.8.2 icalendar==7.3.2
"$folder/venv/bin/python" -W ignore - <<'PY'
from datetime import date, datetime, timezone
import icalendar
import recurring_ical_events
from ical.calendar_stream import IcsCalendarStream

def calendar(day: str) -> str:
    return "\r\n".join([
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//plant//EN",
        "BEGIN:VEVENT", "UID:shift", "DTSTAMP:20260101T000000Z",
        f"DTSTART;TZID=Europe/Berlin:2026{day}T220000", "DURATION:PT8H",
        "END:VEVENT", "END:VCALENDAR", "",
    ])

def hours(start: datetime, end: datetime) -> float:
    """The time that goes by between two moments."""
    return (end.astimezone(timezone.utc) - start.astimezone(timezone.utc)).total_seconds() / 3600

def lengths(day: str) -> dict[str, float]:
    text = calendar(day)
    read = icalendar.Calendar.from_ical(text)
    (event,) = read.walk("VEVENT")
    (found,) = recurring_ical_events.of(read).between(date(2026, 1, 1), date(2026, 12, 31))
    (told,) = IcsCalendarStream.calendar_from_ics(text).timeline
    return {
        "icalendar": hours(event.start, event.end),
        "recurring-ical-events": hours(found.start, found.end),
        "ical": hours(told.dtstart, told.end),
    }

for day, expected in (("0327", 8), ("0328", 7), ("1024", 9)):
    print(day, lengths(day))
    assert set(lengths(day).values()) == {expected}, f"CHANGED: {day}"
PY
echo "as described"
