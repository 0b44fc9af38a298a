#!/usr/bin/env bash
# iapws 1.5.5, properties of water and steam for boilers, turbines and condensers, by two
# standards: IAPWS97 for industry and IAPWS95 for science. A state is given by two of its
# properties, and x and phase tell what it is: liquid 0, vapour 1, between them wet steam. Both
# agree for a state given by temperature and pressure. Given in any other way, by pressure and
# enthalpy as a turbine's stages are reckoned, IAPWS95 says Liquid, x = 0, of all dry steam below
# the critical temperature; its density, temperature and enthalpy are those of steam. No error and
# no warning. So a check for wet steam at the last stage, or for dry steam at the first, tells the
# contrary of what is there.
# Seen, steam at 1 MPa and 549 K, nearly 100 K above boiling: by T and P Vapour, 1; by P and h, P
# and s, h and s, T and h, rho and T Liquid, 0, with a density of 4.07 kg/m3. IAPWS97 by P and h:
# Vapour.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet iapws==1.5.5 numpy==2.4.6 scipy==1.17.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
from iapws import IAPWS95, IAPWS97

STEAM = {"T": 549.0, "P": 1.0}
PAIRS = [("P", "h"), ("P", "s"), ("h", "s"), ("T", "h"), ("rho", "T")]
steam = IAPWS95(**STEAM)
boiling = IAPWS95(P=1.0, x=0).T
print(f"by T and P: {steam.phase}, x {steam.x}; water boils at {boiling:.1f} K")
assert (steam.phase, steam.x) == ("Vapour", 1) and boiling < 454
for pair in PAIRS:
    same = IAPWS95(**{name: float(getattr(steam, name)) for name in pair})
    print(f"by {pair}: {same.phase}, x {same.x}, {same.rho:.3f} kg/m3 at {same.T:.1f} K")
    assert abs(same.T - steam.T) < 1 and abs(same.rho / steam.rho - 1) < 0.01
    assert (same.phase, same.x) == ("Liquid", 0), "CHANGED: what dry steam is called"
wet = IAPWS95(P=1.0, h=1500.0)
assert wet.phase == "Two phases" and 0.3 < wet.x < 0.4
industrial = IAPWS97(P=1.0, h=float(steam.h))
print("IAPWS97 by P and h:", industrial.phase, industrial.x)
assert (industrial.phase, industrial.x) == ("Vapour", 1)
PY
echo "as described"
