#!/usr/bin/env bash
# ucumvert 0.3.2 (pint 0.25.3), which turns UCUM, the codes of units of measure of HL7, of the OGC's
# sensors and of many device catalogues, into quantities. A code is looked up in pint where ucumvert
# has no entry of its own, and pint parts a name into a prefix and a unit. So the cubic foot of
# UCUM, [cft_i], is a hundredth of a foot, a length, and [cyd_i], the cubic yard, a hundredth of a
# yard; the cubic inch is right. m[g], a thousandth of the acceleration of free fall, is a
# milligram, a mass; [g] alone is right. [Cal], which UCUM defines as a thousand calories, is one.
# And an inch of mercury, [in_i'Hg], is the one at 60 degrees Fahrenheit, 0.3 % less than UCUM's
# m[Hg] would give. No error and no warning; a code that is no unit raises InvalidUcumError.
# Why it matters: flow in cubic feet per minute is a speed, vibration in thousandths of g a mass.
# Seen: [cft_i] 0.003048 m, [cin_i] 1.64e-05 m3, [cyd_i] 0.009144 m, [g] 9.80665 m/s2, m[g] 1e-06
# kg, [Cal] 4.184 J, [in_i'Hg] 3376.8 Pa where the metre of mercury makes 3386.4.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet ucumvert==0.3.2 pint==0.25.3
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import math
from ucumvert import PintUcumRegistry

registry = PintUcumRegistry()

def of(code: str) -> tuple[float, str]:
    quantity = (1 * registry.from_ucum(code)).to_base_units()
    return quantity.magnitude, f"{quantity.units:~C}"

codes = ("[ft_i]", "[cin_i]", "[cft_i]", "[cyd_i]", "[g]", "m[g]", "cal", "[Cal]", "[in_i'Hg]")
told = {code: of(code) for code in codes}
print(told)
foot, inch = told["[ft_i]"][0], 0.0254
assert told["[cin_i]"][1] == "m**3" and math.isclose(told["[cin_i]"][0], inch**3)
assert told["[g]"] == (9.80665, "m/s**2")
for code, length in (("[cft_i]", foot), ("[cyd_i]", 3 * foot)):
    assert told[code][1] == "m" and math.isclose(told[code][0], length / 100), f"CHANGED: {code}"
assert told["m[g]"][1] == "kg" and math.isclose(told["m[g]"][0], 1e-6), "CHANGED: m[g]"
assert told["[Cal]"] == told["cal"], "CHANGED: [Cal]"
by_metre = of("m[Hg]")[0] * inch
print(by_metre)
assert math.isclose(by_metre, 3386.4, rel_tol=1e-4)
assert 0.002 < 1 - told["[in_i'Hg]"][0] / by_metre < 0.004, "CHANGED: an inch of mercury"
PY
echo "as described"
