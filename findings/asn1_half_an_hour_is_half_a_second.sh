#!/usr/bin/env bash
# pyasn1 0.6.5 and asn1tools 0.169.0 read ASN.1, in which telecontrol, the management of networks
# and certificates send their times. A GeneralizedTime may end with its hours or its minutes, and
# its last part may have a fraction: 2026030110.5Z is half past ten, 202603011020.5Z is thirty
# seconds past 10:20. pyasn1 minds that seconds or minutes are left out, and asn1tools has a way to
# read each form; both then take any fraction for one of a second: half a second past 10:20. Of
# hours pyasn1 makes half a second past ten, and asn1tools half a second past 1:00, as its reader
# of minutes takes the 0 of the 10. No error and no warning.
# Why it matters: decimals of an hour are how simple controllers count; a quarter to eleven is ten.
# Seen: 10.5 h by pyasn1 10:00:00.5, by asn1tools 01:00:00.5; 10:20.5 min by both 10:20:00.5; with
# seconds both right. asn1crypto 1.5.1: 10:30:00 and 10:20:30.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    pyasn1==0.6.5 asn1tools==0.169.0 asn1crypto==1.5.1
"$folder/venv/bin/python" -W ignore - <<'PY'
from datetime import datetime, timedelta, timezone
import asn1crypto.core
import asn1tools
from pyasn1.codec.ber.decoder import decode

MODULE = "Log DEFINITIONS AUTOMATIC TAGS ::= BEGIN Time ::= GeneralizedTime END"
TAG_OF_A_TIME = 0x18
TEN = datetime(2026, 3, 1, 10, tzinfo=timezone.utc)
HALF_A_SECOND = timedelta(seconds=0.5)
log = asn1tools.compile_string(MODULE, "ber")

def read(text: str) -> list[datetime]:
    """A time as pyasn1, asn1tools and asn1crypto read it."""
    sent = bytes([TAG_OF_A_TIME, len(text)]) + text.encode()
    return [
        decode(sent)[0].asDateTime,
        log.decode("Time", sent),
        asn1crypto.core.GeneralizedTime.load(sent).native,
    ]

hours, minutes, seconds = map(read, ("2026030110.5Z", "202603011020.5Z", "20260301102030.5Z"))
for name, found in (("hours", hours), ("minutes", minutes), ("seconds", seconds)):
    print(name, [f"{time:%H:%M:%S.%f}" for time in found])
later = TEN.replace(minute=20)
assert seconds == [later + timedelta(seconds=30.5)] * 3
assert hours[2] == TEN.replace(minute=30) and minutes[2] == later.replace(second=30)
assert minutes[:2] == [later + HALF_A_SECOND] * 2, "CHANGED: a fraction of a minute"
assert hours[0] == TEN + HALF_A_SECOND, "CHANGED: pyasn1, a fraction of an hour"
assert hours[1] == TEN.replace(hour=1) + HALF_A_SECOND, "CHANGED: asn1tools, of an hour"
PY
echo "as described"
