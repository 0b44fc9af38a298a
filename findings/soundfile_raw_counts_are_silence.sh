#!/usr/bin/env bash
# soundfile 0.14.0 writes and reads WAV and FLAC, by libsndfile; vibration and acoustic emission are
# kept in them as well. Raw counts of a converter of 12 or 16 bits come as int16 or, from numpy's
# arithmetic or a driver, as int32, the same numbers. One would think that the same numbers make the
# same file, or that what is of another size is refused. The type of the array is taken for its
# scale: int32 counts are of a full scale of 2,147,483,647, and a file of 16 bits, which WAV and FLAC
# are unless told, has the upper half of each. Counts of +-2000 are 0 and -1: silence. Those of 24
# bits, +-3,000,000, have 46 steps left to each side. No error and no warning; the file has the right
# length and rate. Its description says that values are converted to the file's type, and of whole
# numbers for a float file that they are not scaled. subtype="PCM_32" keeps the counts, and so does
# scipy's wavfile.write, which makes a 32-bit file of the same array.
# Why it matters: the bearing's record, found to be silent a month later, can not be taken again.
# Seen, a tone of +-2000 counts: as int16 read back unchanged, as int32 0 and -1 alone, in FLAC too;
# of +-3,000,000 as int32 91 or 92 different values.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet soundfile==0.14.0 scipy==1.17.1 numpy==2.4.6
"$folder/venv/bin/python" -W error - "$folder" <<'PY'
import sys
from pathlib import Path
import numpy as np
import soundfile
from scipy.io import wavfile

FOLDER = Path(sys.argv[1])
tone = np.sin(np.arange(1000) * 0.1)
counts = np.round(2000 * tone).astype(np.int32)

def read_back(counts: np.ndarray, name: str = "tone.wav", **options: str) -> np.ndarray:
    soundfile.write(FOLDER / name, counts, 1000, **options)
    return soundfile.read(FOLDER / name, dtype=counts.dtype.name)[0]

assert np.array_equal(read_back(counts.astype(np.int16)), counts)
assert np.array_equal(read_back(counts, subtype="PCM_32"), counts)
wavfile.write(FOLDER / "scipy.wav", 1000, counts)
assert np.array_equal(wavfile.read(FOLDER / "scipy.wav")[1], counts)

for name in ("tone.wav", "tone.flac"):
    read_back(counts, name)
    kept = np.unique(soundfile.read(FOLDER / name, dtype="int16")[0])
    print(f"{name}: {np.unique(counts).size} values written, read back {kept.tolist()}")
    assert kept.tolist() == [-1, 0], "CHANGED: counts as int32"
fine = np.round(3_000_000 * tone).astype(np.int32)
steps = np.unique(read_back(fine)).size
print(f"24 bits: {np.unique(fine).size} values written, {steps} read back")
assert steps < 100, "CHANGED: counts of 24 bits as int32"
PY
echo "as described"
