#!/usr/bin/env bash
# asn1tools 0.169.0 reads and writes ASN.1, in which substations, vehicles at the roadside and
# telecontrol send their messages. A GeneralizedTime may leave its seconds out and end in the
# distance from UTC. The library writes just that itself where the seconds are zero, "202603011020"
# and "-0530" for twenty past ten, and by none of BER, OER, JER and XER can read it: it looks for
# seconds all the same, makes them of the last digit of the minutes, and gives 10:02:00. No error
# and no warning, and what another system sends in that form is read so, too. In UTC it is read
# rightly, and so is a time with seconds that are not zero.
# Why it matters: of one log those events alone that fell on a full minute lie up to 54 minutes
# before they were, so alarm and trip change their order, and repairs get longer or negative.
# Seen, of the 1,440 full minutes of a day at 5:30 west of UTC: by each of the four 1,416 are read
# as another time, all but the full hours; 10:20 as 10:02, 10:59 as 10:05:09. Seven seconds later
# none is. DER and PER turn the time into UTC first and are right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet asn1tools==0.169.0
"$folder/venv/bin/python" -W ignore - <<'PY'
from datetime import datetime, timedelta, timezone
import asn1tools

MODULE = "Log DEFINITIONS AUTOMATIC TAGS ::= BEGIN Time ::= GeneralizedTime END"
WEST = timezone(timedelta(hours=-5, minutes=-30))
FULL = [datetime(2026, 3, 1, tzinfo=WEST) + timedelta(minutes=minute) for minute in range(1440)]
LATER = [time + timedelta(seconds=7) for time in FULL]
TWENTY_PAST_TEN = 620

def read(codec: str, times: list[datetime]) -> list[datetime]:
    """The times as they are read from what was written of them."""
    log = asn1tools.compile_string(MODULE, codec)
    return [log.decode("Time", log.encode("Time", time)) for time in times]

for codec in ("ber", "oer", "jer", "xer"):
    came = read(codec, FULL)
    early = [time - found for time, found in zip(FULL, came) if time != found]
    print(codec, len(early), "of", len(FULL), "early, by up to", max(early))
    print(FULL[TWENTY_PAST_TEN], "is", came[TWENTY_PAST_TEN])
    assert came[TWENTY_PAST_TEN] == FULL[TWENTY_PAST_TEN].replace(minute=2), "CHANGED: no seconds"
    assert len(early) == 1416 and max(early) == timedelta(minutes=53, seconds=51)
    assert read(codec, LATER) == LATER
for codec in ("der", "uper"):
    assert [time.replace(tzinfo=timezone.utc) for time in read(codec, FULL)] == FULL
PY
echo "as described"
