#!/usr/bin/env bash
# pycayennelpp 2.4.0 makes and reads Cayenne LPP, the short messages of sensors on LoRaWAN. A value is
# a whole number of some bytes in steps of its type: an analog value has two bytes with a sign, in
# hundredths, so from -327.68 to 327.67. What does not fit is refused ("exceed value range"). So one
# would think that all that is sent comes back. The limit that is checked is the one without a sign,
# twice as high, and downwards there is none: from 327.68 to 655.35 a value is sent as a negative one,
# below -327.68 as a positive one. Likewise a load in kilograms from 8,388.608 on, an acceleration
# from 32.768 g on and an altitude from 32,768 m on. No error and no warning.
# Why it matters: a pressure that is too high reads as a vacuum; the alarm above a limit stays silent.
# Seen: 400 bar come back as -255.36, -400 as 255.36, a load of 9,000 kg as -7,777.216, and 700 bar
# are refused; -700 are -44.64.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pycayennelpp==2.4.0
"$folder/venv/bin/python" -W error - <<'PY'
from cayennelpp import LppFrame

def there_and_back(kind: str, value: float) -> float | str:
    frame = LppFrame()
    try:
        getattr(frame, f"add_{kind}")(1, value)
        sent = bytes(frame)
    except ValueError:
        return "refused"
    return LppFrame().from_bytes(sent).data[0].value[0]

BAR = (250.0, 327.5, 400.0, 700.0, -400.0, -700.0)
bar = {value: there_and_back("analog_input", value) for value in BAR}
load = {value: there_and_back("load", value) for value in (8000.0, 9000.0, 20000.0)}
print("analog", bar, "load", load)
assert bar[250.0] == 250.0 and bar[327.5] == 327.5 and load[8000.0] == 8000.0
assert bar[700.0] == load[20000.0] == "refused"
assert (bar[400.0], bar[-400.0], bar[-700.0]) == (-255.36, 255.36, -44.64), "CHANGED: analog"
assert load[9000.0] == -7777.216, "CHANGED: load"
PY
echo "as described"
