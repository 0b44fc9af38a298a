#!/usr/bin/env bash
# pyuff 2.5.8 reads and writes UFF, the format in which recordings of vibration and frequency
# responses travel between analysers and modal tools. write_sets(sets, mode="overwrite") replaces a
# file's contents. Of function data (set 58) in binary, the compact form, nothing is left: the file
# is opened anew for the data, and once more for the end, and emptied each time. It has 7 bytes, the
# mark of an end. write_sets returns as after any other call, nothing is raised, and get_n_sets() is
# 0. Of several sets the first is lost, as the others are added behind it. With mode="add" into a
# new file the same sets are whole, and so they are in ASCII with either mode.
# Why it matters: whoever converts a recording in place has no recording, or lacks one channel; and
# add, the default, hides it in each trial on a new file.
# Seen, 1000 readings: overwrite in binary 7 bytes, 0 sets; of three sets 2; add 1 of 1 and 3 of 3,
# all values as written; overwrite in ASCII 1 set, to eleven digits.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pyuff==2.5.8 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 venv/bin/python - <<'PY'
from pathlib import Path
import numpy as np
import pyuff

TIMES = np.arange(1000) / 1000
VALUES = np.sin(2 * np.pi * 50 * TIMES)

def recording(binary: bool) -> dict:
    return pyuff.prepare_58(
        binary=int(binary), func_type=1, rsp_node=1, rsp_dir=3, ref_node=1, ref_dir=3,
        rsp_ent_name="NONE", ref_ent_name="NONE", id1="bearing", x=TIMES, data=VALUES.copy(),
        abscissa_spacing=1, abscissa_spec_data_type=17, ordinate_spec_data_type=12,
        orddenom_spec_data_type=0,
    )

def written(mode: str, binary: bool, sets: int = 1) -> pyuff.UFF:
    path = Path(f"{mode}-{binary}-{sets}.uff")
    assert not path.exists()
    pyuff.UFF(str(path)).write_sets([recording(binary) for _ in range(sets)], mode)
    return pyuff.UFF(str(path))

def size(file: pyuff.UFF) -> int:
    return Path(file._filename).stat().st_size

for mode, binary in (("add", True), ("add", False), ("overwrite", False)):
    file = written(mode, binary)
    assert file.get_n_sets() == 1 and np.allclose(file.read_sets()["data"], VALUES, atol=1e-11)
empty, several = written("overwrite", True), written("overwrite", True, sets=3)
print("bytes", size(empty), "sets", empty.get_n_sets(), "of three", several.get_n_sets())
assert size(empty) == 7 and empty.get_n_sets() == 0, "CHANGED: overwriting in binary"
assert several.get_n_sets() == 2, "CHANGED: overwriting several in binary"
assert written("add", True, sets=3).get_n_sets() == 3
PY
echo "as described"
