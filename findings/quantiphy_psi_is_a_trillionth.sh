#!/usr/bin/env bash
# QuantiPhy 2.23 reads quantities with their units as engineers write them, "4.7 kOhm". The first
# letter behind the number is taken for a prefix wherever it can be one, and the rest for the unit,
# whether that is a unit or not: "30 psi" is 30 pico-"si", "80 Pa" 80 peta-"a", "20 min" 20
# milli-"in", "3000 ft" 3 pico-"t", "1.2 atm" 1.2 atto-"tm". "800 kPa" and "5 cSt" are right, and
# printed again "30 psi" looks as it was written. No error and no warning. Units that begin like a
# prefix must be named beforehand (known_units), or number and unit be given apart.
# Why it matters: data sheets, alarm lists and work orders give limits as such texts; one of 30 psi
# that became 3e-11 is always exceeded, one of 80 Pa never, and pressures of two spellings do not
# compare.
# Seen: 3e-11, 8e+16, 0.02, 3e-12, 1.2e-18; known_units="psi Pa min ft atm": 30, 80, 20, 3000, 1.2.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet quantiphy==2.23
"$folder/venv/bin/python" -W error - <<'PY'
from math import isclose
from quantiphy import Quantity

TEXTS = {"30 psi": 3e-11, "80 Pa": 8e16, "20 min": 0.02, "3000 ft": 3e-12, "1.2 atm": 1.2e-18}

for text, taken in TEXTS.items():
    quantity, (number, unit) = Quantity(text), text.split()
    print(f"{text!r} is {float(quantity):g} of {quantity.units!r}, printed {quantity}")
    assert isclose(quantity, taken) and quantity.units == unit[1:], f"CHANGED: {text}"
    apart = Quantity(float(number), unit)
    assert float(apart) == float(number) and apart.units == unit
assert isclose(Quantity("800 kPa"), 800_000) and Quantity("800 kPa").units == "Pa"
assert isclose(Quantity("5 cSt"), 0.05)
Quantity.set_prefs(known_units="psi Pa min ft atm")
for text in TEXTS:
    assert float(Quantity(text)) == float(text.split()[0])
PY
echo "as described"
