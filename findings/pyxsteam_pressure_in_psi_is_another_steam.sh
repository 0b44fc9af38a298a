#!/usr/bin/env bash
# pyXSteam 0.4.10, the properties of water and steam in units of one's choice: MKS (bar, Celsius,
# kJ/kg), FLS (psi, Fahrenheit, btu/lb) and bare ones. p_hrho gives the pressure for an enthalpy and
# a density; its documentation says that it is inaccurate for liquid water, and so not for that. In
# MKS steam comes back to five digits. In FLS the enthalpy is converted twice, once at the start and
# again by the function that the search calls, and what is found is the pressure of other steam: 2
# to 5 times as high, with no error and no warning. The density of the same state, by rho_pt, is
# right in both, and so were 81 other functions at four states.
# Why it matters: a pressure is what a boiler or a pipe is judged by.
# Seen, steam of 200 degrees Celsius at 5 bar (72.5 psi): MKS 5.000 bar, FLS 318 psi; of 150 at 1
# bar (14.5 psi): 1.000 bar, 67.6 psi.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pyXSteam==0.4.10
"$folder/venv/bin/python" -W error - <<'PY'
from math import isclose
from pyXSteam.XSteam import XSteam

PSI = 14.503773773  # of a bar
mks, fls = XSteam(XSteam.UNIT_SYSTEM_MKS), XSteam(XSteam.UNIT_SYSTEM_FLS)

def there_and_back(steam: XSteam, pressure: float, temperature: float) -> tuple[float, float]:
    """The density of a state, and the pressure that is found for its enthalpy and density."""
    enthalpy = steam.h_pt(pressure, temperature)
    density = steam.rho_pt(pressure, temperature)
    return density, steam.p_hrho(enthalpy, density)

for bar, celsius, seen in ((5, 200, 318.33), (1, 150, 67.55)):
    kilograms, back = there_and_back(mks, bar, celsius)
    pounds, psi = there_and_back(fls, bar * PSI, celsius * 1.8 + 32)
    print(f"{bar} bar: MKS {back:.4f} bar, FLS {psi:.2f} psi for {bar * PSI:.2f}")
    assert isclose(back, bar, rel_tol=1e-4)
    assert isclose(pounds, kilograms * 0.0624279606, rel_tol=1e-6)
    assert isclose(psi, seen, rel_tol=1e-3), "CHANGED: the pressure in psi is another"
PY
echo "as described"
