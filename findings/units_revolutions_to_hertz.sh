#!/usr/bin/env bash
# pint 0.25.3, quantities 0.16.4, astropy 8.0.2, unyt 3.2.0. A shaft at 3,000 revolutions a minute
# turns 50 times a second, and the frequencies at which bearings and gears fail are multiples of
# that, in hertz. Units are there to make such a conversion safe; asked for hertz, pint and
# quantities answer 314.16, with no warning: a revolution is 2 pi radians, a radian is the number
# 1, and a hertz is 1/s, so 2 pi is left over. Back again, 50 Hz are 477 rpm, and a band sought
# around the wrong line is empty. astropy refuses, and gives 314.16 once angles are said to be
# numbers; unyt refuses. Right in pint: .to("revolutions_per_second") and the magnitude of that.
# Seen: pint 314.16 Hz, 477.46 rpm, 50 rps; quantities 314.16 Hz; astropy and unyt an error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    pint==0.25.3 quantities==0.16.4 astropy==8.0.2 unyt==3.2.0
"$folder/venv/bin/python" -W ignore - <<'PY'
from math import isclose, pi
import astropy.units as astropy
import pint
import quantities
import unyt

registry = pint.UnitRegistry()
shaft = registry.Quantity(3000, "rpm")
hertz = shaft.to("Hz").magnitude
back = registry.Quantity(50, "Hz").to("rpm").magnitude
turns = shaft.to("revolutions_per_second").magnitude
others = float((3000 * quantities.Quantity(1, "rpm")).rescale("Hz").magnitude)
print(f"pint {hertz:.2f} Hz, {back:.2f} rpm, {turns:.2f} rps; quantities {others:.2f} Hz")
assert isclose(hertz, 100 * pi), "CHANGED: pint's hertz"
assert isclose(back, 1500 / pi) and isclose(turns, 50)
assert isclose(others, 100 * pi), "CHANGED: quantities' hertz"

by_astropy = 3000 * astropy.cycle / astropy.min
as_numbers = by_astropy.to("Hz", astropy.dimensionless_angles()).value
assert isclose(as_numbers, 100 * pi)
for name, convert, error in (
    ("astropy", lambda: by_astropy.to("Hz"), astropy.UnitConversionError),
    ("unyt", lambda: unyt.unyt_quantity(3000, "rpm").to("Hz"), unyt.exceptions.UnitConversionError),
):
    try:
        convert()
    except error:
        print(f"{name} refuses")
    else:
        raise SystemExit(f"CHANGED: {name} converts")
PY
echo "as described"
