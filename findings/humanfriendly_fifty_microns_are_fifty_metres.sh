#!/usr/bin/env bash
# humanfriendly 10.0, which reads quantities that people write. parse_length is documented for nm to
# km and raises InvalidLength for what it does not know: "2 inches", "5 dm", "3 centimetres" are
# refused. But what follows the number is taken for a metre if it just begins with an m, and for a
# millimetre if it is "mm" in any case. So 50 microns and 50 micrometers are 50 metres, 2 miles 2, 5
# mil 5, 3 millimeters 3, and 5 m/s, a speed, is a length of 5. parse_size goes by the first letter
# as well: 5 thousand is 5 terabytes, 3 gallons 3 gigabytes, 7 bar 7 bytes, 100 mbit 100 megabytes,
# eight times too much; only a first letter that it does not know is refused. parse_timespan
# compares whole words, and is right or refuses. No warning.
# Why it matters: a limit for vibration or wear comes in microns or mils, and a limit of 50 metres
# is never reached.
# Seen: 50 microns 50, 50 mm 0.05, 2 miles 2, 2 inches InvalidLength; 100 mbit 100000000, 5 thousand
# 5000000000000, 7 bar 7; 5 months InvalidTimespan.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet humanfriendly==10.0
"$folder/venv/bin/python" -W error - <<'PY'
from humanfriendly import (
    InvalidLength, InvalidTimespan, parse_length, parse_size, parse_timespan
)

def refused(error: type[Exception], parse: object, text: str) -> bool:
    try:
        parse(text)
    except error:
        return True
    return False

assert (parse_length("50 mm"), parse_length("2 km"), parse_length("5 nm")) == (0.05, 2000, 5e-9)
for text in ("2 inches", "5 dm", "3 centimetres"):
    assert refused(InvalidLength, parse_length, text)
lengths = {
    "50 microns": 50, "50 micrometers": 50, "3 millimeters": 3, "2 miles": 2, "5 mil": 5, "5 m/s": 5
}
told = {text: parse_length(text) for text in lengths}
sizes = {"100 mbit": 100e6, "5 thousand": 5e12, "3 gallons": 3e9, "7 bar": 7}
of_sizes = {text: parse_size(text) for text in sizes}
print(told, of_sizes)
assert told == lengths, "CHANGED: units that begin with m"
assert of_sizes == sizes, "CHANGED: sizes by their first letter"
assert refused(InvalidTimespan, parse_timespan, "5 months") and parse_timespan("5 min") == 300
PY
echo "as described"
