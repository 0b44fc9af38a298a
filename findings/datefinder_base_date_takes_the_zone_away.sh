#!/usr/bin/env bash
# datefinder 1.0.0 finds the dates in a text, as of a log of faults. A full timestamp with its
# distance from UTC comes back with that zone. find_dates also takes a base_date, for what a text
# leaves open, as the year of "3 May". With a base_date full timestamps, which leave nothing open,
# lose their zone: the clock stays as it is and the distance is gone, of +02:00, -05:00 and Z
# alike. So three moments seven hours apart are the same one, without an error or a warning. One
# would expect that a base_date fills gaps and takes nothing away, as dateutil's default does.
# Seen: 14:30+02:00, 14:30-05:00 and 14:30Z of 3 May 2026: with their zones three moments; with a
# base_date three times 14:30 of no zone.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet datefinder==1.0.0
"$folder/venv/bin/python" - <<'PY'
from datetime import UTC, datetime
from datefinder import find_dates
from dateutil import parser

texts = [f"stopped 2026-05-03T14:30:00{zone}" for zone in ("+02:00", "-05:00", "Z")]
base = datetime(2026, 1, 1)

alone = [next(iter(find_dates(text))) for text in texts]
with_base = [next(iter(find_dates(text, base_date=base))) for text in texts]
by_dateutil = [parser.parse(text.split()[1], default=base) for text in texts]
print("alone", *alone, "with a base", *with_base)
assert alone == by_dateutil
assert [moment.astimezone(UTC).hour for moment in alone] == [12, 19, 14]
assert with_base == [datetime(2026, 5, 3, 14, 30)] * 3, "CHANGED: with a base_date"
PY
echo "as described"
