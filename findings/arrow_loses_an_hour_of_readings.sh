#!/usr/bin/env bash
# arrow 1.4.0 keeps times with their zones. It adds and subtracts by the clock on the wall, hours
# and minutes too: where clocks change, shift(hours=24) is 23 or 25 hours later, and the difference
# of the two times is told as 24 again, while their timestamps say otherwise. So range, interval and
# span_range by the hour leave out the second of the two hours that bear the same name in autumn: a
# day of 25 hours has 24 spans, and between two of them an hour belongs to none. No error and no
# warning. pendulum's hours are hours. Right in arrow: .to("utc") before, and the zone only for
# printing.
# Why it matters: hourly means and counters lose the readings of one hour, and what is due after 24
# hours of operation comes an hour early or late.
# Seen, Berlin, 25 October 2026: 24 spans of 25 hours, none that holds 02:30 of winter time; from
# noon before, shift(hours=24) is 25 h later, in spring 23, and both differences are 24.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet arrow==1.4.0 pendulum==3.3.0 tzdata
"$folder/venv/bin/python" -W error - <<'PY'
import arrow
import pendulum

ZONE = "Europe/Berlin"
HOUR = 3600

def later(year: int, month: int, day: int) -> tuple[float, float]:
    """Hours by the timestamps, and by the difference, from noon to what is 24 hours later."""
    noon = arrow.get(year, month, day, 12, tzinfo=ZONE)
    shifted = noon.shift(hours=24)
    by_timestamps = (shifted.timestamp() - noon.timestamp()) / HOUR
    return by_timestamps, (shifted - noon).total_seconds() / HOUR

def spans(module: str) -> list[tuple[float, float]]:
    start = arrow.get(2026, 10, 25, tzinfo=ZONE)
    end = arrow.get(2026, 10, 25, 23, tzinfo=ZONE)
    if module == "arrow":
        return [
            (first.timestamp(), last.timestamp())
            for first, last in arrow.Arrow.span_range("hour", start, end)
        ]
    hours = pendulum.instance(start.datetime).diff(pendulum.instance(end.datetime)).range("hours")
    return [(hour.timestamp(), hour.add(hours=1, microseconds=-1).timestamp()) for hour in hours]

autumn, spring = later(2026, 10, 24), later(2026, 3, 28)
print("24 hours are, by timestamps and by difference, in autumn", autumn, "in spring", spring)
assert autumn == (25, 24) and spring == (23, 24), "CHANGED: hours are hours"
assert pendulum.datetime(2026, 3, 28, 12, tz=ZONE).add(hours=24).hour == 13

reading = arrow.get("2026-10-25T02:30:00+01:00").timestamp()
holding = {}
for module in ("arrow", "pendulum"):
    found = spans(module)
    holding[module] = sum(first <= reading <= last for first, last in found)
    print(module, len(found), "spans,", holding[module], "with the reading of 02:30 winter time")
assert len(spans("arrow")) == 24 and holding["arrow"] == 0, "CHANGED: each hour has its span"
assert len(spans("pendulum")) == 25 and holding["pendulum"] == 1
PY
echo "as described"
