#!/usr/bin/env bash
# netCDF4 1.7.5.1 and xarray 2026.9.0 with NetCDF, in which measured series are mostly packed: a
# 16-bit integer, a scale_factor and an add_offset. Both libraries pack by themselves on writing. A
# value that the integer cannot hold is not refused, nor clipped, nor made missing: it comes in
# again at the other end of the range, as a reading like any other; the one whose number is the fill
# value's is missing. No error and no warning, though xarray does warn of times that it cannot keep.
# So check the extremes before packing, or store floats and let them be compressed.
# Why it matters: the range is chosen by what is usual, and failures are what is not: an overheated
# bearing is archived as a frozen one, and no limit is exceeded.
# Seen, scale 0.01, so up to 327.67: 327.67 is kept, 327.68 missing, 400 is -255.36, -400 is 255.36.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    netCDF4==1.7.5.1.post1 xarray==2026.9.0 numpy==2.4.6 "pandas<3.2"
cd "$folder"
venv/bin/python -W error - <<'PY'
import netCDF4
import numpy as np
import xarray

VALUES = np.array([20.0, 327.67, 327.68, 400.0, -400.0])
MISSING = np.iinfo(np.int16).min

def read(path: str) -> list[float]:
    with netCDF4.Dataset(path) as file:
        return [round(float(value), 6) for value in file["celsius"][:].filled(np.nan)]

with netCDF4.Dataset("netcdf4.nc", "w") as file:
    file.createDimension("time", None)
    celsius = file.createVariable("celsius", "i2", ("time",), fill_value=MISSING)
    celsius.scale_factor = 0.01
    celsius[:] = VALUES
xarray.Dataset({"celsius": ("time", VALUES)}).to_netcdf(
    "xarray.nc",
    encoding={"celsius": {"dtype": "int16", "scale_factor": 0.01, "_FillValue": MISSING}},
)
for name in ("netcdf4", "xarray"):
    seen = read(f"{name}.nc")
    print(name, seen)
    assert np.array_equal(seen, [20, 327.67, np.nan, -255.36, 255.36], equal_nan=True), (
        f"CHANGED: {name}"
    )
PY
echo "as described"
