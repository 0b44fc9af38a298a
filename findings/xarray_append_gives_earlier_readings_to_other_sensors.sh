#!/usr/bin/env bash
# xarray 2026.9.0 with zarr 3.1.6, tables of readings by time and sensor, to which each day is
# appended: to_zarr(append_dim="time"). Whatever else xarray does with two tables goes by the names
# of the sensors, in whatever order they come: concat along time, sums, comparisons. The append
# does not look at them. The readings are put beneath the others by their place, and the names of
# the new day replace those of the store. If the sensors come in another order, as where a query
# has no ORDER BY, or one was exchanged, all days before are told under the new names. No error and
# no warning; as many sensors as before is all that is asked for. reindex_like the store before
# each append.
# Seen, sensor 1 at 20 and 2 at 90 on Monday; on Tuesday, 2 first, 91 and 21: after the append
# Monday's sensor 1 is 90 and 2 is 20. concat in memory gives 20, 21 and 90, 91.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    xarray==2026.9.0 zarr==3.1.6 numpy==2.4.6 "pandas<3"
"$folder/venv/bin/python" -W error - "$folder/store.zarr" <<'PY'
import sys
import xarray as xr

STORE = sys.argv[1]

def day(number: int, sensors: list[int], readings: list[float]) -> xr.Dataset:
    return xr.Dataset(
        {"celsius": (("time", "sensor"), [readings])}, {"time": [number], "sensor": sensors}
    )

def told(table: xr.Dataset) -> dict[int, list[float]]:
    """Each sensor's readings, by its number."""
    return {sensor: table["celsius"].sel(sensor=sensor).values.tolist() for sensor in (1, 2)}

monday, tuesday = day(0, [1, 2], [20.0, 90.0]), day(1, [2, 1], [91.0, 21.0])
monday.to_zarr(STORE, consolidated=False)
assert told(xr.open_zarr(STORE, consolidated=False)) == {1: [20], 2: [90]}
tuesday.to_zarr(STORE, append_dim="time", consolidated=False)
appended, joined = (
    told(table)
    for table in (
        xr.open_zarr(STORE, consolidated=False),
        xr.concat([monday, tuesday], "time", join="outer"),
    )
)
print("appended", appended, "concat", joined)
assert joined == {1: [20, 21], 2: [90, 91]}
assert appended == {1: [90, 21], 2: [20, 91]}, "CHANGED: an append goes by the names"
PY
echo "as described"
