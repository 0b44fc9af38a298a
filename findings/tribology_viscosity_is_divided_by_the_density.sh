#!/usr/bin/env bash
# tribology 0.4.5 computes bearings, contacts and films of oil. Makers of oil tell the kinematic
# viscosity, in mm2/s; what carries the load in a film is the dynamic one, which is the kinematic
# times the density, and which vdowham, dowhampoint and barus take. kin2dyn, to turn the first into
# the second, divides by the density, and dyn2kin multiplies, each the other's way round. Together
# they give back what went in, so a test of both passes. In SI units, for an oil of 880 kg/m3, the
# result is 774,400 times too small, and a film made of it thousands of times too thin; with the
# density as 0.88 g/cm3 it is 29 % too large, which looks right.
# Why it matters: whether the film keeps the roughness apart decides the life of a bearing.
# Seen, 100 mm2/s and 880 kg/m3: 1.136e-7 Pa s for 0.088; 0.88: 113.6 mPa s for 88; central film of
# a contact 0.075 nm for 663.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    tribology==0.4.5 opencv-python-headless==5.0.0.93 matplotlib==3.10.7 numpy==2.4.6
OMP_NUM_THREADS=1 MPLBACKEND=agg "$folder/venv/bin/python" -W error - <<'PY'
from math import isclose
import tribology

KINEMATIC, DENSITY = 100e-6, 880.0  # m2/s, kg/m3
true = KINEMATIC * DENSITY
told = tribology.kin2dyn(KINEMATIC, DENSITY)
in_grams = tribology.kin2dyn(100.0, 0.88)
print("Pa s", told, "for", true, "mPa s", in_grams, "for 88")
assert isclose(tribology.dyn2kin(told, DENSITY), KINEMATIC)

def film(viscosity: float) -> float:
    """The central film of a steel ball on steel, in nm."""
    return 1e9 * tribology.dowhampoint(2.0, 50.0, 2e-8, 2.3e11, 0.01, viscosity)

print("nm", film(told), "for", film(true))
assert 100 < film(true) < 1000
assert isclose(told, KINEMATIC / DENSITY), "CHANGED: kin2dyn"
assert isclose(in_grams, 100 / 0.88) and film(told) < 1, "CHANGED: kin2dyn"
assert isclose(tribology.dyn2kin(true, DENSITY), true * DENSITY), "CHANGED: dyn2kin"
PY
echo "as described"
