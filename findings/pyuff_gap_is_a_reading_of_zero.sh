#!/usr/bin/env bash
# pyuff 2.5.8 writes UFF files, in which recordings of vibration travel between analysers. A reading
# that is missing (NaN) has no place in the format's numbers, so one would think that it is refused,
# or written as it is and left to the reader. It is written as 0: a sensor that fell out stands
# still or, of a temperature, freezes; and infinity, an amplifier beyond its range, say, as 1.8e308.
# No error, no warning, and not a word in the description of the sets. The replaced values are put
# into the caller's own dictionary as well: what is reckoned from it after the file was written has
# zeros where it had gaps before. The file alone does not tell a gap from a true zero.
# Seen: [60, NaN, 61, inf] is read as [60, 0, 61, 1.8e308], in ASCII as in binary, and the
# dictionary has no NaN any more; the mean of the known readings, 60.5, is 40.3 afterwards without
# the infinite one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pyuff==2.5.8 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 venv/bin/python - <<'PY'
import numpy as np
import pyuff

READINGS = [60.0, np.nan, 61.0, np.inf]
GREATEST = np.finfo(float).max

def written(binary: bool) -> tuple[np.ndarray, dict]:
    """The readings as the file has them, and the caller's set after the file was written."""
    recording = pyuff.prepare_58(
        binary=int(binary), func_type=1, rsp_node=1, rsp_dir=3, ref_node=1, ref_dir=3,
        rsp_ent_name="NONE", ref_ent_name="NONE", id1="bearing", x=np.arange(4) / 1000,
        data=np.array(READINGS), abscissa_spacing=1, abscissa_spec_data_type=17,
        ordinate_spec_data_type=12, orddenom_spec_data_type=0,
    )
    path = f"{binary}.uff"
    pyuff.UFF(path).write_sets(recording, "add")
    return pyuff.UFF(path).read_sets()["data"], recording

known = np.nanmean(READINGS[:3])
for binary in (False, True):
    told, own = written(binary)
    mean = np.nanmean(own["data"][:3])
    print("binary" if binary else "ASCII", told.tolist(), "mean before", known, "after", mean)
    assert told[[0, 2]].tolist() == [60, 61]
    assert told[1] == 0, "CHANGED: a gap"
    assert np.isclose(told[3], GREATEST, rtol=1e-9), "CHANGED: infinity"
    assert not np.isnan(own["data"]).any(), "CHANGED: the caller's own readings"
    assert round(float(known), 1) == 60.5 and round(float(mean), 1) == 40.3
PY
echo "as described"
