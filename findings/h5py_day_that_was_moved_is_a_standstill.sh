#!/usr/bin/env bash
# h5py 3.16.0, for HDF5, in which loggers and test benches write a file a day. A virtual dataset lays
# the days' files side by side as one array, without a copy, and reads them when it is read. Where
# a day's file has been moved or deleted since, or its dataset has another name, one would think of
# an error, as an external link to the same file gives one. All of that day's readings are 0.0, with
# no error and no warning, and nothing in the dataset tells which of its values were read. HDF5
# says that what is not mapped has the fill value; of a file that is missing one learns it here, and
# the fill value is 0 unless told. create_virtual_dataset(..., fillvalue=nan) makes a gap of it. A
# file that is there but has too few rows is an error.
# Why it matters: disks are tidied up by the day. A week that was read with all its days one month
# ago has a day of standstill today, its mean is lower by a seventh, and nobody has changed a thing.
# Seen, two days at 1500 rpm: mean 1500; with the second file renamed, or the dataset in it, 0 rpm for
# all of that day, mean 750; by an external link an error, with fillvalue=nan NaN.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet h5py==3.16.0 numpy==2.4.6
"$folder/venv/bin/python" -W error - "$folder" <<'PY'
import sys
from pathlib import Path
import h5py
import numpy as np

FOLDER = Path(sys.argv[1])
MONDAY, TUESDAY, WEEK = (FOLDER / f"{name}.h5" for name in ("monday", "tuesday", "week"))

def write(path: Path, name: str, rows: int = 4) -> None:
    with h5py.File(path, "w") as file:
        file[name] = np.full(rows, 1500.0)

def read(name: str) -> np.ndarray:
    with h5py.File(WEEK) as file:
        return file[name][:]

def is_refused(name: str, error: type[Exception]) -> bool:
    try:
        read(name)
    except error:
        return True
    return False

write(MONDAY, "rpm")
write(TUESDAY, "rpm")
layout = h5py.VirtualLayout((2, 4), dtype="f8")
layout[0] = h5py.VirtualSource(MONDAY, "rpm", shape=(4,))
layout[1] = h5py.VirtualSource(TUESDAY, "rpm", shape=(4,))
with h5py.File(WEEK, "w") as file:
    file.create_virtual_dataset("rpm", layout)
    file.create_virtual_dataset("rpm_or_nan", layout, fillvalue=np.nan)
    file["tuesday"] = h5py.ExternalLink(TUESDAY, "/rpm")
assert (read("rpm") == 1500).all() and (read("tuesday") == 1500).all()

TUESDAY.rename(FOLDER / "tuesday_old.h5")
moved = read("rpm")
print("moved:", moved.tolist(), "mean", moved.mean())
assert is_refused("tuesday", KeyError)
assert (moved[0] == 1500).all()
assert (moved[1] == 0).all(), "CHANGED: a source that was moved"
assert np.isnan(read("rpm_or_nan")[1]).all()

write(TUESDAY, "speed")
renamed = read("rpm")
print("renamed:", renamed.tolist(), "mean", renamed.mean())
assert is_refused("tuesday", KeyError)
assert (renamed[1] == 0).all(), "CHANGED: a source of another name"

write(TUESDAY, "rpm", rows=2)
assert is_refused("rpm", OSError), "CHANGED: a source that is too short"
PY
echo "as described"
