#!/usr/bin/env bash
# tribology 0.4.5 computes bearings and contacts. dhertz tells by how much two bodies come closer
# under a load, which is what the stiffness of a bearing is made of, by Hertz. Its modulus is what
# eeff makes, twice the one that stands in Hertz' formula, which phertz, of the pressure, minds;
# dhertz does not, so even for a ball on a plane it tells 63 %. And the less round a contact is, the
# further it falls: both half axes of the ellipse are computed alike, so that a factor does not
# cancel that should. For the contact of a ball and the groove of its ring, for which one takes such
# a library, a tenth is left. No error and no warning.
# Seen, against Hertz by elliptic integrals, 1,000 N: ball on plane 0.630, a crowned roller of 10
# and 50 mm 0.284, ball in a groove 0.093 of the true way; with half of eeff 1.000, 0.451 and 0.147.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    tribology==0.4.5 opencv-python-headless==5.0.0.93 matplotlib==3.10.7 scipy==1.17.1 numpy==2.4.6
OMP_NUM_THREADS=1 MPLBACKEND=agg "$folder/venv/bin/python" -W error - <<'PY'
from math import pi
from scipy.optimize import brentq
from scipy.special import ellipe, ellipk
import tribology

STEEL, FORCE, PLANE = (206e9, 0.3), 1000.0, 1e9
modulus = tribology.eeff(*STEEL, *STEEL)
stiffness = STEEL[0] / (1 - STEEL[1] ** 2) / 2  # as in Hertz' formula, of two alike

def exactly(x_1: float, y_1: float, x_2: float, y_2: float) -> float:
    """The approach by Hertz, in m, of bodies whose main directions are parallel."""
    less, more = sorted([(1 / x_1 + 1 / x_2) / 2, (1 / y_1 + 1 / y_2) / 2])
    if more - less < 1e-9 * more:
        return (9 * FORCE**2 * 2 * less / (16 * stiffness**2)) ** (1 / 3)

    def off(ratio: float) -> float:
        square = 1 - ratio**2
        first, second = ellipk(square), ellipe(square)
        return (second / ratio**2 - first) / (first - second) - more / less

    ratio = brentq(off, 1e-6, 1 - 1e-9)
    square = 1 - ratio**2
    cube = 3 * FORCE * ellipe(square) / (2 * pi * ratio**2 * stiffness * (less + more))
    return 3 * FORCE * ellipk(square) / (2 * pi * stiffness * cube ** (1 / 3))

CONTACTS = {
    "ball on plane": ((0.01, 0.01, PLANE, PLANE), 0.630, 1.000),
    "crowned roller": ((0.01, 0.05, PLANE, PLANE), 0.284, 0.451),
    "ball in groove": ((0.01, 0.01, -0.0105, 0.05), 0.093, 0.147),
}
for name, (radii, share, share_of_half) in CONTACTS.items():
    true = exactly(*radii)
    told = tribology.dhertz(modulus, *radii, FORCE) / true
    half = tribology.dhertz(modulus / 2, *radii, FORCE) / true
    print(f"{name}: {1e6 * true:.2f} um, told {told:.3f}, with half {half:.3f}")
    assert abs(told - share) < 0.001, f"CHANGED: {name}"
    assert abs(half - share_of_half) < 0.001, f"CHANGED: {name} with half"
PY
echo "as described"
