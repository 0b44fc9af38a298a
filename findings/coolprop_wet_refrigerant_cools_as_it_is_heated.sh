#!/usr/bin/env bash
# CoolProp 8.0.0, properties of fluids. Behind the expansion valve of a chiller or heat pump the
# refrigerant is liquid and vapour at once. How fast sound is in it CoolProp refuses to say: it is
# not defined there. The heat capacity at constant pressure (C) is not defined there either, as heat
# turns liquid to vapour and the temperature stays, and one viscosity (V), conductivity (L) or
# Prandtl number there is none. One would expect the same refusal. For these a number comes, made of
# the equations for a single phase at a density at which there is none: a heat capacity below zero
# or of millions, a viscosity below both liquid's and vapour's. No error and no warning, by PropsSI
# and by AbstractState, whether one asks by quality or by pressure and enthalpy. At a quality of
# exactly 0 or 1 all is right. The makers say in issues that they are not to be used there. So ask
# for the two phases each (Q 0 and 1), and test that the phase is not two-phase.
# Why it matters: effectiveness, fouling and pressure drop of an evaporator are reckoned with these,
# and somewhere along it the numbers look fit to use.
# Seen, 5 degrees Celsius: ammonia with a tenth of vapour -3650 J/(kg K), Prandtl number -0.93;
# R134a with a hundredth 137 million J/(kg K), with a third 2,229; with half of it a viscosity of
# 10.80 uPa s, where liquid has 250.1 and vapour 10.91.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet CoolProp==8.0.0
HOME="$folder" "$folder/venv/bin/python" -W error - <<'PY'
import CoolProp
from CoolProp.CoolProp import PropsSI

CELSIUS_5 = 278.15

def told(what: str, quality: float, fluid: str) -> float:
    return PropsSI(what, "T", CELSIUS_5, "Q", quality, fluid)

def refused(what: str, quality: float, fluid: str) -> bool:
    try:
        told(what, quality, fluid)
    except ValueError as error:
        return "two-phase" in str(error)
    return False

assert refused("A", 0.1, "Ammonia") and not refused("A", 0, "Ammonia")
for what in ("C", "V", "L", "PRANDTL"):
    assert not refused(what, 0.1, "Ammonia"), "CHANGED: it is refused"

ammonia = {quality: round(told("C", quality, "Ammonia")) for quality in (0, 0.1, 0.5, 1)}
r134a = {quality: round(told("C", quality, "R134a")) for quality in (0, 0.01, 1 / 3, 1)}
prandtl = told("PRANDTL", 0.1, "Ammonia")
viscosity = {quality: told("V", quality, "R134a") * 1e6 for quality in (0, 0.5, 1)}
print("ammonia", ammonia, f"Prandtl number {prandtl:.2f}")
print("R134a", r134a, {quality: round(of, 2) for quality, of in viscosity.items()})
assert ammonia[0.1] < -3000 and prandtl < 0, "CHANGED: heat heats it"
assert r134a[0.01] > 1e8, "CHANGED: the heat capacity is another"
assert viscosity[0.5] < viscosity[1] < viscosity[0], "CHANGED: the viscosity lies between"
assert 900 < r134a[1] < r134a[0] < 1400 and 2700 < ammonia[1] < ammonia[0] < 4700

pressure, enthalpy = (PropsSI(of, "T", CELSIUS_5, "Q", 0.1, "Ammonia") for of in "PH")
by_enthalpy = PropsSI("C", "P", pressure, "H", enthalpy, "Ammonia")
state = CoolProp.AbstractState("HEOS", "Ammonia")
state.update(CoolProp.PQ_INPUTS, pressure, 0.1)
print(round(by_enthalpy), round(state.cpmass()))
assert by_enthalpy < -3000 and state.cpmass() < -3000
PY
echo "as described"
