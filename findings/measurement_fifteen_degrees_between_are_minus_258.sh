#!/usr/bin/env bash
# measurement 3.2.2 and unitpy 0.0.19, quantities with units. Supply less return is what a heat
# exchanger is judged by, so one would think that 65 less 50 degrees Celsius is 15 degrees, or is
# refused, as by others. Both subtract kelvins and tell the 15 kelvin that are left as a
# temperature: -258.15 degrees Celsius, and -429.67 of 150 less 120 degrees Fahrenheit. In
# measurement twice a temperature is reckoned in kelvin, too, 403.15 for 65, and in unitpy it is
# 130; there the sum of two is told as 388.15 degrees and halved as that, so that the mean of 65 and
# 50 degrees is 194. No error and no warning. And guess, which measurement has to find the quantity
# of a unit that is read from a table, takes 20 C for 20 kilocalories.
# Why it matters: differences and means of temperatures are the most common figures of a machine; a
# limit of 10 degrees between two sensors is never reached by -258.
# Seen: 65 - 50 C by both -258.15 C, by unitpy in kelvin 15; 150 - 120 F -429.67 F; (65 + 50) / 2
# measurement 57.5, unitpy 194.075; 2 * 65 measurement 403.15, unitpy 130; guess(20, "C") Energy.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    measurement==3.2.2 unitpy==0.0.19 sympy==1.14.0 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import re
from math import isclose
from measurement.measures import Energy, Temperature
from measurement.utils import guess
from unitpy import Q

def number(quantity: object) -> float:
    """What a quantity of unitpy is shown as, which must be degrees Celsius."""
    found = re.fullmatch(r"(\S+) Celsius", str(quantity))
    assert found, quantity
    return float(found[1])

supply, back = Temperature(c=65), Temperature(c=50)
assert isclose(supply.k, 338.15) and isclose(supply.f, 149)
told = {
    "less": (supply - back).c,
    "less, F": (Temperature(f=150) - Temperature(f=120)).f,
    "mean": ((supply + back) / 2).c,
    "twice": (supply * 2).c,
}
print("measurement", told)
assert isclose(told["mean"], 57.5)
assert isclose(told["less"], -258.15) and isclose(told["less, F"], -429.67), "CHANGED: less"
assert isclose(told["twice"], 403.15), "CHANGED: twice"
assert isinstance(guess(20, "C"), Energy), "CHANGED: guess"

supply, back = Q("65 degC"), Q("50 degC")
told = {
    "less": number(supply - back), "mean": number((supply + back) / 2), "twice": number(supply * 2)
}
print("unitpy", told, (supply - back).to("K"))
assert isclose(told["less"], -258.15), "CHANGED: less"
assert isclose(told["mean"], 194.075) and isclose(told["twice"], 130), "CHANGED: mean"
PY
echo "as described"
