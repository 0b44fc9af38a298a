#!/usr/bin/env bash
# antropy 0.2.3, entropies of signals: near 1 is noise, as of a worn bearing, near 0 is perfect
# order, as of a pure tone or a sensor that is stuck. One reading missing (NaN) among four thousand:
# perm_entropy says in its documentation that it gives NaN then, hjorth_params, higuchi_fd and
# others give it too, and app_entropy refuses. spectral_entropy and sample_entropy give -0.0, with
# no warning: the least there is, which is below each threshold and sorts the noisiest machine as
# the calmest one. Neither says a word of missing readings, and from 5,000 readings on
# sample_entropy refuses them. With the reading left out both are what they were.
# Seen, 4,000 readings of noise: spectral entropy 0.99, sample entropy 2.2, permutation entropy 1.0;
# with one of them missing -0.0, -0.0 and NaN.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    antropy==0.2.3 numpy==2.4.6 scipy==1.17.1 numba==0.68.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
from math import isnan
import antropy
import numpy as np

whole = np.random.default_rng(0).normal(size=4_000)
gap = whole.copy()
gap[2_000] = np.nan

def entropies(signal: np.ndarray) -> dict[str, float]:
    return {
        "spectral": float(antropy.spectral_entropy(signal, 100, method="welch", normalize=True)),
        "by fft": float(antropy.spectral_entropy(signal, 100, method="fft", normalize=True)),
        "sample": float(antropy.sample_entropy(signal)),
        "permutation": float(antropy.perm_entropy(signal, normalize=True)),
    }

calm, missing = entropies(whole), entropies(gap)
dropped = entropies(gap[~np.isnan(gap)])
print("whole", calm)
print("one missing", missing)
assert calm["spectral"] > 0.98 and calm["by fft"] > 0.9 and calm["sample"] > 2
for name in ("spectral", "by fft", "sample"):
    assert missing[name] == 0, f"CHANGED: {name} entropy of a signal with a gap"
    assert abs(dropped[name] - calm[name]) < 0.01
assert isnan(missing["permutation"])
try:
    antropy.app_entropy(gap[1_500:2_500])
except ValueError:
    print("app_entropy refuses")
else:
    raise SystemExit("CHANGED: app_entropy takes a gap")
PY
echo "as described"
