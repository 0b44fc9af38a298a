#!/usr/bin/env bash
# fatpack 0.7.8 counts the cycles of a load by rainflow, for fatigue. find_rainflow_ranges first
# sorts the readings into k intervals of equal width between the least and the greatest, 64 by
# default, as the documentation tells; one would think that the ranges become a little coarse. But
# what moves within one interval does not move at all, so every cycle of less than a 64th of the
# whole span is gone, not coarse; and the span is that of the greatest reading. One spike or one
# error code of a gauge in a day takes all cycles of work, and the damage by Miner's rule with them.
# No error and no warning. rainflow, a peer, counts as it is, unless told otherwise. So take spikes
# out first, and k as large as the span needs.
# Seen, 1,000 swings of 50 MPa, and with one reading of 5,000 among them: 1,000 ranges of 50 MPa,
# then none; k=256 none, k=1024 998; rainflow 997.5.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet fatpack==0.7.8 rainflow==3.2.0 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import fatpack
import numpy as np
import rainflow

SWING, SPIKE = 50.0, 5000.0
load = np.tile([0.0, SWING], 1000)
spiked = load.copy()
spiked[500] = SPIKE

def cycles(of: np.ndarray, **options: int) -> int:
    """How many ranges are the swing's, within 10 %."""
    ranges = fatpack.find_rainflow_ranges(of, **options)
    return int((abs(ranges - SWING) < SWING / 10).sum())

peer = sum(count for size, count in rainflow.count_cycles(spiked) if size == SWING)
found = {k: cycles(spiked, k=k) for k in (64, 256, 1024)}
print("without", cycles(load), "with, by k", found, "rainflow", peer)
assert cycles(load) > 990 and peer > 990
assert cycles(spiked) == found[64] == found[256] == 0, "CHANGED: small cycles are left"
assert found[1024] > 990
PY
echo "as described"
