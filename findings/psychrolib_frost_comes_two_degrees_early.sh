#!/usr/bin/env bash
# PsychroLib 2.5.0, CoolProp 8.0.0 and MetPy 1.7.1, moist air. Below freezing there are two measures
# of how much vapour air can hold, over water and, less, over ice. Sensors of relative humidity
# mostly tell it over water at all temperatures, as the WMO has it for weather stations. MetPy takes
# it so unless told otherwise (phase). PsychroLib and CoolProp (HAPropsSI) take it over ice, and
# nothing in the names, parameters and units of their humidities says so; above zero the three
# agree. So a sensor's 80 % at -20 degrees becomes 18 % too little water in PsychroLib and CoolProp,
# and the temperature at which frost forms on a surface comes out 2 kelvin too low: what is freezing
# up is told as dry. No error and no warning. So make a vapour pressure of the reading over water
# first (e = rh * es), and go on with that.
# Why it matters: the frost on heat pumps, intakes and gearboxes' breathers is foretold by it.
# Seen, 80 % by a sensor at -20 degrees, 1013.25 hPa: 0.51 g of water in a kg of air by PsychroLib
# and CoolProp, 0.62 by MetPy; frost below -22.3 by the two, -20.3 by the vapour pressure over
# water. At 20 degrees and 50 % 7.26, 7.29 and 7.25 g.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet PsychroLib==2.5.0 CoolProp==8.0.0 MetPy==1.7.1
HOME="$folder" "$folder/venv/bin/python" -W ignore - <<'PY'
from math import exp
import metpy.calc
import psychrolib
from CoolProp.CoolProp import HAPropsSI
from metpy.units import units

PASCAL = 101325.0
psychrolib.SetUnitSystem(psychrolib.SI)

def water(celsius: float, humidity: float) -> list[float]:
    """Grams of water in a kilogram of dry air by PsychroLib, CoolProp and MetPy."""
    by_metpy = metpy.calc.mixing_ratio_from_relative_humidity(
        PASCAL * units.Pa, celsius * units.degC, humidity * units.dimensionless
    )
    return [round(1000 * grams, 3) for grams in (
        psychrolib.GetHumRatioFromRelHum(celsius, humidity, PASCAL),
        HAPropsSI("W", "T", celsius + 273.15, "P", PASCAL, "R", humidity),
        by_metpy.to("dimensionless").magnitude,
    )]

cold, warm = water(-20, 0.8), water(20, 0.5)
print("-20 degrees", cold, "20 degrees", warm)
assert max(warm) / min(warm) < 1.01
assert max(cold[:2]) / cold[2] < 0.84, "CHANGED: the three take the same humidity"

frost = [
    psychrolib.GetTDewPointFromRelHum(-20, 0.8),
    HAPropsSI("D", "T", 253.15, "P", PASCAL, "R", 0.8) - 273.15,
]
# The vapour pressure over water by Magnus' formula (WMO), of which PsychroLib's own frost point.
vapour = 0.8 * 611.2 * exp(17.62 * -20 / (243.12 - 20))
from_vapour = psychrolib.GetTDewPointFromVapPres(-20, vapour)
print("frost below", [round(celsius, 2) for celsius in frost], "and", round(from_vapour, 2))
assert all(abs(celsius + 22.3) < 0.05 for celsius in frost), "CHANGED: another frost point"
assert abs(from_vapour + 20.3) < 0.05
PY
echo "as described"
