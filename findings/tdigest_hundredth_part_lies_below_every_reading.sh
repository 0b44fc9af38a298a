#!/usr/bin/env bash
# tdigest 0.5.2.2 and pytdigest 0.1.4, sketches by which percentiles of many readings are told from
# few numbers, as for limits of alarms. They are estimates, sharp at the ends, and one would think
# that each lies between the least reading and the greatest. Equal readings are one centre with
# their number, and percentiles run along straight lines from centre to centre: where most readings
# are equal, as of a machine that idles, the line from them to the one that is not goes on beyond
# both. tdigest gives a percentile below every reading, even below zero, and both blend the one
# greatest reading into what they tell down to the median. No error and no warning.
# Seen, 99 readings of 20 and one of 1,000: tdigest's 1st percentile -930.6, median 29.8, 90th
# 813.8; pytdigest 20, 29.8, 813.8; fastdigest 0.12.0 and numpy 20 each. Nine of 1 and one of 100:
# tdigest's 10th -68.3.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    tdigest==0.5.2.2 pytdigest==0.1.4 fastdigest==0.12.0 numpy==2.4.6 pandas==3.1.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import fastdigest
import numpy as np
import pytdigest
import tdigest

def percentiles(readings: list[float], asked: list[float]) -> dict[str, list[float]]:
    """The percentiles by each library, to a digit."""
    by_tdigest = tdigest.TDigest()
    by_tdigest.batch_update(readings)
    by_pytdigest = pytdigest.TDigest.compute(np.array(readings))
    by_fastdigest = fastdigest.TDigest.from_values(readings)
    told = {
        "tdigest": [by_tdigest.percentile(share) for share in asked],
        "pytdigest": [by_pytdigest.inverse_cdf(share / 100) for share in asked],
        "fastdigest": [by_fastdigest.quantile(share / 100) for share in asked],
        "numpy": np.percentile(readings, asked),
    }
    return {name: [round(float(value), 1) for value in values] for name, values in told.items()}

idle = percentiles([20.0] * 99 + [1000.0], [1, 50, 90])
print("1st, 50th, 90th", idle)
assert idle["numpy"] == idle["fastdigest"] == [20, 20, 20]
assert idle["tdigest"] == [-930.6, 29.8, 813.8], "CHANGED: tdigest"
assert idle["pytdigest"] == [20, 29.8, 813.8], "CHANGED: pytdigest"
few = percentiles([1.0] * 9 + [100.0], [10])
print("10th", few)
assert few["tdigest"] == [-68.3] and few["fastdigest"] == few["numpy"] == [1]
PY
echo "as described"
