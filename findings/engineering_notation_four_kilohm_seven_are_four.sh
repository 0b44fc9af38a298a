#!/usr/bin/env bash
# engineering_notation 0.13.3, numbers with the prefixes of engineers; its documentation prefers to
# have them made of a text, "4.99k". float of it is the number. One would expect a text that is no
# such number to be refused. The number in front is read, one letter right after it is a prefix if
# it is one, and all that follows is dropped. So 4K7, as circuit diagrams and part lists write 4.7
# kilohms, is 4, and a K is no prefix; 4R7, 4.7 ohms there, is 4 with 27 zeros, since R is ronna.
# With a space before the prefix, as the rules of SI ask, 1.5 mm are 1.5, and 5 kHz are 5. 22meg are
# 22 thousandths, and of 1,5 the half is gone. No error and no warning. (That the m of a metre is
# taken for milli is documented, for its peer EngUnit.)
# Why it matters: a shunt or a sensor's series resistor read from a part list gives currents that
# are wrong by a thousand, or by a share that no plausibility check finds.
# Seen: 4.7k 4700, 4K7 4, 47K 47, 4R7 4e27, "1.5 mm" 1.5, "5 kHz" 5, 22meg 0.022, 1,5 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet engineering_notation==0.13.3
"$folder/venv/bin/python" -W error - <<'PY'
from math import isclose
from engineering_notation import EngNumber

RIGHT = {"4.7k": 4700, "47k": 47_000, "1.5mm": 0.0015, "5kHz": 5000, "22M": 22e6, "1e3": 1000}
WRONG = {
    "4K7": 4, "4k7": 4000, "47K": 47, "4R7": 4e27, "1.5 mm": 1.5, "5 kHz": 5, "22meg": 0.022,
    "1,5": 1,
}
for text, number in RIGHT.items():
    print(text, float(EngNumber(text)))
    assert isclose(float(EngNumber(text)), number), text
for text, number in WRONG.items():
    print(text, float(EngNumber(text)), "shown as", EngNumber(text))
    assert isclose(float(EngNumber(text)), number), f"CHANGED: {text}"
PY
echo "as described"
