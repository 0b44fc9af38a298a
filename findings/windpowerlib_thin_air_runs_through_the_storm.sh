#!/usr/bin/env bash
# windpowerlib 0.2.2, what a wind turbine should yield by its power curve, beside which one sees
# that it does not. In a storm a turbine cuts out, at 25 m/s say, by the speed that it measures;
# the curve ends there, and its notes say that the power above the greatest speed of the curve is
# zero. One would think so with density_correction=True as well: thin air has less power, its
# formula is in the notes. The formula moves each point of the curve along the speeds, the last one
# as well. So a turbine on a mountain (1.0 kg/m3) runs at full power up to 28.6 m/s, and one in
# cold air by the sea (1.35) is off from 23.4. No warning; without the correction it cuts out at
# 25, as it is built to. Set the power oneself: full up to the cut-out, none above it.
# Why it matters: a turbine that rightly stands still in the storm is short of 2 MWh in each hour,
# one that runs in cold air beats its curve.
# Seen, of 2,000 kW: at 26 m/s 0, with the correction for 1.0 kg/m3 2,000; at 24 m/s 2,000, for
# 1.35 0; at 11 m/s, where thin air has less, 1,485 instead of 1,750.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet windpowerlib==0.2.2 numpy==2.4.6 "pandas>=3,<4"
"$folder/venv/bin/python" -W error - <<'PY'
import numpy as np
import pandas as pd
from windpowerlib.power_output import power_curve, power_curve_density_correction

SPEEDS, KILOWATTS = np.array([3.0, 5, 10, 12, 25]), np.array([0.0, 200, 1500, 2000, 2000])

def power(speed: float, density: float, is_corrected: bool) -> int:
    """Kilowatts at a speed (m/s) in air of a density (kg/m3)."""
    (found,) = power_curve(
        pd.Series([speed]),
        SPEEDS,
        KILOWATTS,
        density=pd.Series([density]),
        density_correction=is_corrected,
    )
    return round(float(found))

for speed, density, plain, corrected in (
    (11, 1.0, 1750, 1485), (24, 1.35, 2000, 0), (26, 1.0, 0, 2000), (28, 1.0, 0, 2000)
):
    found = power(speed, density, False), power(speed, density, True)
    print(f"{speed} m/s, {density} kg/m3: {found[0]} kW, corrected {found[1]}")
    assert found == (plain, corrected), "CHANGED: it cuts out where the curve ends"
assert power(29, 1.0, True) == power(26, 1.225, True) == 0
notes = " ".join(power_curve_density_correction.__doc__.split())
assert "above the maximum and below the minimum wind speed given in the power curve" in notes
PY
echo "as described"
