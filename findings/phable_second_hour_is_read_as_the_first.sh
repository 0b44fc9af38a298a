#!/usr/bin/env bash
# phable 0.1.29 reads and writes Project Haystack's data, in which building and plant servers give
# their history, as Zinc (ph_from_zinc) or as JSON (ph_from_json). A time comes with its distance
# from UTC and the name of its zone: 2026-10-25T02:30:00+01:00 Berlin. In the hour that comes twice
# in autumn only the distance tells the two apart. From Zinc it is read, and then forgotten: the
# time on the wall in the zone is kept, which stands for the first of the two. 02:30+01:00 becomes
# 02:30+02:00, an hour early, and written again it is that. So the readings of two hours have the
# same times: sorted they are mixed, by hour they are counted twice in one and never in the other.
# Python calls both equal, as the times on the wall are, so a comparison does not show it. No error
# and no warning. From JSON the same text is right, and in Zinc each other hour is.
# Seen: 02:30+01:00 from Zinc 00:30 UTC, from JSON 01:30 UTC; of eight quarters of an hour from Zinc
# four times, from JSON eight.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet phable==0.1.29 tzdata==2026.3
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo
from phable.io.ph_json import ph_from_json, ph_to_json
from phable.io.ph_zinc import ph_from_zinc, ph_to_zinc

BERLIN, TEXT = ZoneInfo("Europe/Berlin"), "2026-10-25T02:30:00+01:00 Berlin"
second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
by_zinc = ph_from_zinc(TEXT).astimezone(UTC)
by_json = ph_from_json(
    '{"_kind": "dateTime", "val": "2026-10-25T02:30:00+01:00", "tz": "Berlin"}'
).astimezone(UTC)
print("Zinc", by_zinc, "JSON", by_json)
assert by_json == second
assert by_zinc == second - timedelta(hours=1), "CHANGED: the second hour"

def kept(first: datetime, encode: object, decode: object) -> list[bool]:
    """Whether each of eight quarters of an hour is the same after it was written and read."""
    times = [(first + timedelta(minutes=15 * n)).astimezone(BERLIN) for n in range(8)]
    read = [decode(encode(time)) for time in times]
    return [a.astimezone(UTC) == b.astimezone(UTC) for a, b in zip(times, read)]

autumn, day = datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC)
assert all(kept(autumn, ph_to_json, ph_from_json)) and all(kept(day, ph_to_zinc, ph_from_zinc))
told = kept(autumn, ph_to_zinc, ph_from_zinc)
print("kept by Zinc", told)
assert told == [True] * 4 + [False] * 4, "CHANGED: written and read"
again = ph_to_zinc(ph_from_zinc(TEXT))
assert again == TEXT.replace("+01", "+02"), "CHANGED: read and written again"
PY
echo "as described"
