#!/usr/bin/env bash
# xarray 2026.9.0 with zarr 3.1.6, a store of readings to which each batch is appended:
# to_zarr(append_dim="time"). Times are kept as whole numbers of a unit, by default the coarsest
# that holds the first batch: of readings at midnight days since that day. A batch that needs a
# finer one is written in that, and a warning tells so: not faithfully in days, "Serializing with
# units 'minutes since ...' instead". One would take the times for kept. The unit of the store
# stays days, so its minutes are read as days: what happened the next noon is dated years on, with
# no error. Name the units at the first write (encoding={"time": {"units": "nanoseconds since
# 1970-01-01"}}).
# Why it matters: the first batch is often a sample on the hour; then the newest readings are in a
# future that no query of the last week reads, and machines look silent.
# Seen: 1 March and 2 March at midnight, then 2 March 12:30, which is read as 28 February 2032; by
# hours 02:30 as 7 March; with units named 12:30.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    xarray==2026.9.0 zarr==3.1.6 numpy==2.4.6 "pandas<3"
"$folder/venv/bin/python" -W error - "$folder" <<'PY'
import sys
import warnings
from pathlib import Path
import numpy as np
import xarray as xr

FOLDER = Path(sys.argv[1])
NANOSECONDS = {"time": {"units": "nanoseconds since 1970-01-01"}}

def batch(times: list[str]) -> xr.Dataset:
    return xr.Dataset(
        {"celsius": ("time", np.full(len(times), 20.5))},
        {"time": np.array(times, "datetime64[ns]")},
    )

def last_time(name: str, first: list[str], later: str, encoding: dict) -> tuple[str, list[str]]:
    """When the appended reading was, by the store, and what warned."""
    store = FOLDER / name
    batch(first).to_zarr(store, consolidated=False, encoding=encoding)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        batch([later]).to_zarr(store, append_dim="time", consolidated=False)
    times = xr.open_zarr(store, consolidated=False)["time"].values
    return str(times[-1])[:16], [str(warning.message) for warning in told]

DAYS, HOURS = ["2026-03-01", "2026-03-02"], ["2026-03-01T00", "2026-03-01T01"]
days, told = last_time("days", DAYS, "2026-03-02T12:30", {})
hours, _ = last_time("hours", HOURS, "2026-03-01T02:30", {})
named, quiet = last_time("named", DAYS, "2026-03-02T12:30", NANOSECONDS)
print("days", days, "hours", hours, "named", named)
print("told:", told)
assert (named, quiet) == ("2026-03-02T12:30", [])
assert len(told) == 1 and "minutes since" in told[0] and "instead" in told[0]
assert days == "2032-02-28T00:00", "CHANGED: an appended time"
assert hours == "2026-03-07T06:00", "CHANGED: an appended time"
PY
echo "as described"
