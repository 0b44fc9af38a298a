#!/usr/bin/env bash
# enocean 0.60.1 speaks the radio protocol of sensors without batteries. A telegram has a profile,
# say A5-02-05: a temperature from 0 to 40 degrees in one byte. The values are given in units, and
# the library scales them. One would think that what is out of the profile's range is refused, or
# kept to the nearest limit. It is scaled as if the byte went on, and what does not fit in its bits
# is cut off: 41 degrees arrive as 0.8, 45 as 4.7 and 5 degrees of frost as 35. Where the byte does
# not use all its bits, as A5-04-01 with a humidity of 0 to 100 % in 0 to 250, 103 % is 0.4 %. No
# error and no warning; a name that the profile does not have is logged.
# Why it matters: a gateway that passes on the reading of an oven that is too hot sends that of a
# cold one, and what heats by it heats.
# Seen, in and out again: A5-02-05 20 20.08, 40 40, 41 0.78, 45 4.71, -5 35.29, 79.5 39.2; A5-04-01
# 20 degrees 20, 45 4; 50 % 50, 103 % 0.4, 110 % 7.6.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    enocean==0.60.1 beautifulsoup4==4.15.0 pyserial==3.5
"$folder/venv/bin/python" -W ignore - <<'PY'
import logging
from math import isclose
from enocean.protocol.constants import RORG
from enocean.protocol.packet import RadioPacket

class Refused(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        raise AssertionError(f"CHANGED: logged, {record.getMessage()}")

logging.getLogger().addHandler(Refused())

def there_and_back(function: int, kind: int, **values: float) -> dict[str, float]:
    """What a receiver reads from the telegram of a sensor of profile A5 that sends these values."""
    telegram = RadioPacket.create(
        rorg=RORG.BS4, rorg_func=function, rorg_type=kind, sender=[1, 2, 3, 4],
        destination=[0xFF] * 4, learn=False, **values,
    )
    telegram.parse_eep(function, kind)
    return {name: telegram.parsed[name]["value"] for name in values}

for degrees in (0, 20, 39, 40):
    told = there_and_back(0x02, 0x05, TMP=degrees)["TMP"]
    assert abs(told - degrees) < 40 / 255, degrees
for degrees, wrong in ((41, 0.784), (45, 4.706), (-5, 35.294), (79.5, 39.216)):
    told = there_and_back(0x02, 0x05, TMP=degrees)["TMP"]
    print(f"{degrees} degrees arrive as {told:.1f}")
    assert isclose(told, wrong, abs_tol=0.001), f"CHANGED: {degrees}"
right = there_and_back(0x04, 0x01, TMP=20, HUM=50)
assert isclose(right["TMP"], 20) and isclose(right["HUM"], 50)
for humidity, wrong in ((103, 0.4), (110, 7.6)):
    told = there_and_back(0x04, 0x01, TMP=20, HUM=humidity)["HUM"]
    print(f"{humidity} % arrive as {told:.1f}")
    assert isclose(told, wrong), f"CHANGED: {humidity} %"
PY
echo "as described"
