#!/usr/bin/env bash
# pydantic 2.14.4 reads a moment from a text by ISO 8601, or from a number as seconds since 1970,
# and takes a text of digits for such a number. A date in ISO's basic form, 20260301, which plant
# software and file names are full of, is a text of digits as well: as a datetime it is a moment of
# August 1970, in UTC, and so is each day of this century, a few hours from the next. No error and
# no warning, not even with strict=True. From 20 thousand million on the number is milliseconds, so
# 20260301120000, with hours, is in the year 2612. With a T the basic form is refused, and date and
# NaiveDatetime refuse all of them. Python's own fromisoformat reads the date rightly.
# Seen: 20260301 and 20261231 as datetimes both 23 August 1970; 20260301120000 10 January 2612;
# 20260301T120000 refused; date and NaiveDatetime refuse 20260301; fromisoformat 1 March 2026.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pydantic==2.14.4
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import date, datetime
from pydantic import NaiveDatetime, TypeAdapter, ValidationError

def read(kind: type, text: str, **options: bool) -> str:
    try:
        return TypeAdapter(kind).validate_python(text, **options).isoformat()
    except ValidationError:
        return "refused"

TEXTS = ("20260301", "20261231", "20260301120000", "20260301T120000", "2026-03-01")
moments = {text: read(datetime, text) for text in TEXTS}
print(moments)
print("date, naive:", read(date, TEXTS[0]), read(NaiveDatetime, TEXTS[0]))
print("json, strict", TypeAdapter(datetime).validate_json(f'"{TEXTS[0]}"', strict=True))
assert datetime.fromisoformat(TEXTS[0]) == datetime(2026, 3, 1)
assert moments["2026-03-01"] == "2026-03-01T00:00:00"
assert read(date, TEXTS[0]) == read(NaiveDatetime, TEXTS[0]) == "refused"
assert moments["20260301"].startswith("1970-08-23"), "CHANGED: a compact date"
assert moments["20261231"].startswith("1970-08-23"), "CHANGED: a compact date"
assert moments["20260301120000"].startswith("2612"), "CHANGED: with hours"
assert moments["20260301T120000"] == "refused", "CHANGED: with a T"
PY
echo "as described"
