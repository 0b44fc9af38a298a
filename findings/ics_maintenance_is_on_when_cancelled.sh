#!/usr/bin/env bash
# ics 0.7.3 reads calendars (iCalendar, RFC 5545), in which planned maintenance and holidays of a
# plant come. What repeats carries a rule (RRULE); a date of it that is moved or called off comes as
# an entry of its own, with the date it stands for (RECURRENCE-ID) and, if called off,
# STATUS:CANCELLED. The timeline of ics, made to ask what is on when, shows the first date and the
# entries: so the dates that hold are missing, and those that do not are there, a moved first date
# twice. Rule and status are read, kept and written again, so the calendar looks whole. No error and
# no warning. recurring-ical-events expands the rule and puts each moved date in its place; the
# called off are there, with their status.
# Why it matters: a model leaves out stops, and a planner looks for a free machine, by such a
# calendar.
# Seen, greased on the 2nd from March to July, March's moved to the 5th, June's called off: by ics
# on the 2nd and 5th of March and in June.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    ics==0.7.3 icalendar==7.3.2 recurring-ical-events==3.8.2
"$folder/venv/bin/python" -W error - <<'PY'
import icalendar
import recurring_ical_events
from ics import Calendar

def entry(start: str, *lines: str) -> list[str]:
    head = ["BEGIN:VEVENT", "UID:grease", "DTSTAMP:20260101T000000Z", "SUMMARY:grease"]
    times = [f"DTSTART:2026{start}T060000Z", f"DTEND:2026{start}T080000Z"]
    return [*head, *times, *lines, "END:VEVENT"]

TEXT = "\r\n".join(
    [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//plant//maintenance//EN"),
        *entry("0302", "RRULE:FREQ=MONTHLY;COUNT=5"),
        *entry("0305", "RECURRENCE-ID:20260302T060000Z"),
        *entry("0602", "RECURRENCE-ID:20260602T060000Z", "STATUS:CANCELLED"),
        *("END:VCALENDAR", ""),
    ]
)
calendar = Calendar(TEXT)
shown = [f"{event.begin:MM-DD}" for event in calendar.timeline]
assert "RRULE:FREQ=MONTHLY;COUNT=5" in calendar.serialize()
assert "STATUS:CANCELLED" in calendar.serialize()
events = recurring_ical_events.of(icalendar.Calendar.from_ical(TEXT)).between(2026, 2027)
expanded = {f"{event['DTSTART'].dt:%m-%d}": event.get("STATUS") for event in events}
print("ics", shown)
print("recurring-ical-events", expanded)
assert sorted(expanded) == ["03-05", "04-02", "05-02", "06-02", "07-02"]
assert [date for date, status in expanded.items() if status == "CANCELLED"] == ["06-02"]
assert shown == ["03-02", "03-05", "06-02"], "CHANGED: ics goes by the rule"
PY
echo "as described"
