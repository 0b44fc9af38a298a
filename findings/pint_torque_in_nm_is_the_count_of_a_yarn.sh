#!/usr/bin/env bash
# Pint 0.25.3 reads units as text and raises UndefinedUnitError for what it does not know. What
# mechanics write it knows as something else, without a word. "Nm", as every torque wrench has it:
# the metric number of a yarn, metres a gram. "mil", a thousandth of an inch, in which a shaft's
# displacement is given: an angle, one 6400th of a turn (the thousandth of an inch is "thou" alone).
# "cfm", cubic feet a minute: hundredths of a fermi. "PS", the metric horse power: petasiemens. One
# would expect the unit of the trade or the error. Only a conversion to what one meant says so;
# dividing, comparing with each other or storing does not.
# Why it matters: limits and readings out of data sheets are read with another dimension.
# Seen in base units: 5 Nm 5000 m/kg (5 N*m 5 kg m2/s2), 40 mil 0.0039 rad (40 thou 0.001016 m), 40
# cfm 4e-16 m, 40 PS 4e16 A2 s3/kg/m2.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pint==0.25.3
"$folder/venv/bin/python" -W error - <<'PY'
import pint

units = pint.UnitRegistry()
for text in ("5 Nm", "5 N*m", "40 mil", "40 thou", "40 cfm", "40 PS"):
    print(text, "is", units(text), "is", units(text).to_base_units())
try:
    units("40 gpm")
except pint.UndefinedUnitError:
    pass
else:
    raise AssertionError("no error for a unit that it does not know")
assert units("5 N*m").check("[energy]") and units("40 thou").check("[length]")
assert units("5 Nm").check("[length] / [mass]"), "CHANGED: Nm"
assert units("40 mil").check("[]"), "CHANGED: mil"
assert units("40 cfm").check("[length]") and units("40 cfm").to("m").m < 1e-15, "CHANGED: cfm"
assert units("40 PS").check("1/[resistance]"), "CHANGED: PS"
PY
echo "as described"
