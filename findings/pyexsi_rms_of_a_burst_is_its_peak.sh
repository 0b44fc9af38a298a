#!/usr/bin/env bash
# pyExSi 0.43.3 makes signals for shakers and vibration tests. burst_random takes the amplitude A:
# by its description the root mean square for a normal distribution, and from peak to peak for a
# uniform one. Both are scaled to a greatest value of 1 before, so A is the peak: the root mean
# square of a normal burst is two fifths to a fifth of what was asked, the less the longer the
# signal, as its greatest value grows, and the uniform one is twice as wide as asked.
# random_gaussian, from a spectrum, has the right one. No error and no warning.
# Why it matters: damage goes with a high power of the amplitude: a test at a fifth of its level
# passes everything, and two tests at the same level but of different length are not comparable.
# Seen for A 2: normal, 100 samples 0.8, 65536 and a million 0.42, where 2 was asked; uniform from
# -2 to 2, where 2 from peak to peak was.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pyExSi==0.43.3 numpy==2.4.6 scipy==1.17.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
import pyExSi

def burst(samples: int, kind: str) -> np.ndarray:
    return pyExSi.burst_random(
        samples, A=2.0, ratio=1.0, distribution=kind, rg=np.random.default_rng(0)
    )

normal = {samples: burst(samples, "normal") for samples in (100, 2**16, 1_000_000)}
seen = {samples: float(np.sqrt((signal**2).mean())) for samples, signal in normal.items()}
width = float(np.ptp(burst(2**16, "uniform")))
print("root mean square where 2 was asked", seen, "peak to peak where 2 was asked", width)
frequencies = np.arange(2**15 + 1) / 2**16 * 1000
spectrum = pyExSi.get_psd(frequencies, 50, 150, variance=4)
assert np.isclose(pyExSi.random_gaussian(2**16, spectrum, 1000).std(), 2, rtol=0.01)
assert all(np.isclose(abs(signal).max(), 2) for signal in normal.values())
assert max(seen[2**16], seen[1_000_000]) < 0.45 < 0.6 < seen[100] < 1.2, "CHANGED: normal"
assert 3.9 < width <= 4, "CHANGED: uniform"
PY
echo "as described"
