#!/usr/bin/env bash
# zarr 3.1.6, arrays in parts, in which long recordings lie on disks and object stores. It is written
# to by slices as numpy is. To numpy twenty values for a slice that reaches ten beyond the end are an
# error ("could not broadcast"), as h5py refuses them, too. zarr cuts the slice to the array and
# writes as many of the values as go in: the rest is dropped, with no error and no warning, and the
# array is as long as before. An array that is resized a little too late, or an offset that is
# counted wrongly, loses readings at each batch; wholly beyond the end all of them.
# Seen, an array of 100, written z[90:110] = twenty readings: ten are kept; z[100:120]: none. numpy
# and h5py raise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet zarr==3.1.6 h5py==3.16.0 numpy==2.4.6
"$folder/venv/bin/python" -W error - "$folder" <<'PY'
import sys
import h5py
import numpy as np
import zarr

BATCH = np.arange(1.0, 21.0)

def kept(array, start: int) -> int | str:
    """How many readings of a batch are there after it was written."""
    try:
        array[start : start + len(BATCH)] = BATCH
    except (ValueError, TypeError) as refused:
        return type(refused).__name__
    return int(np.count_nonzero(array[:]))

file = h5py.File(f"{sys.argv[1]}/log.h5", "w")
seen = {}
for start in (80, 90, 100):
    seen["zarr", start] = kept(zarr.create_array({}, shape=100, chunks=10, dtype="f8"), start)
    seen["numpy", start] = kept(np.zeros(100), start)
    seen["h5py", start] = kept(file.create_dataset(str(start), 100, "f8"), start)
print(seen)
assert {seen[library, 80] for library in ("zarr", "numpy", "h5py")} == {20}
for library in ("numpy", "h5py"):
    assert isinstance(seen[library, 90], str) and isinstance(seen[library, 100], str)
assert (seen["zarr", 90], seen["zarr", 100]) == (10, 0), "CHANGED: beyond the end"
PY
echo "as described"
