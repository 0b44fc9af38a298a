#!/usr/bin/env bash
# quantities 0.16.4 keeps numbers with their units, and in UncertainQuantity with their standard
# uncertainty, which cannot be less than 0. The product of two takes the relative uncertainties and
# multiplies them by the product: where that is negative, so is the uncertainty. A power multiplies
# by the relative one of the reading, so that of a negative reading squared is negative, too, though
# the square is not. No error and no warning. Its square comes out right later, in sums; but a band
# of twice the uncertainty is turned round, its upper end below its lower, so nothing lies within;
# and the least uncertain of a few is the worst of the negative ones.
# Why it matters: temperatures below 0, deviations, torques and currents the other way are negative.
# Seen, (5 +- 0.1) m times (-5 +- 0.1) m: -25 +- -0.71; (-5 +- 0.1) m squared: 25 +- -1;
# uncertainties 3.2.3: 0.71 and 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    quantities==0.16.4 uncertainties==3.2.3 numpy==2.4.6
"$folder/venv/bin/python" -W error - <<'PY'
from math import isclose
from quantities import UncertainQuantity
from uncertainties import ufloat

up, down = UncertainQuantity(5.0, "m", 0.1), UncertainQuantity(-5.0, "m", 0.1)
true_up, true_down = ufloat(5, 0.1), ufloat(-5, 0.1)
cases = {
    "up * down": (up * down, true_up * true_down),
    "down ** 2": (down**2, true_down**2),
    "up ** 2": (up**2, true_up**2),
}
for name, (told, true) in cases.items():
    spread = float(told.uncertainty.magnitude)
    print(name, float(told.magnitude), spread, "for", true.s)
    assert isclose(float(told.magnitude), true.n)
    if name == "up ** 2":
        assert isclose(spread, true.s)
    else:
        assert isclose(spread, -true.s), f"CHANGED: {name}"
square = cases["down ** 2"][0]
middle, twice = float(square.magnitude), 2 * float(square.uncertainty.magnitude)
print("band of down ** 2", middle - twice, "to", middle + twice)
assert middle - twice > middle > middle + twice, "CHANGED: the band"
PY
echo "as described"
