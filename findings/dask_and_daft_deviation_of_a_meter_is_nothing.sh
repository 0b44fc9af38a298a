#!/usr/bin/env bash
# dask 2026.8.0 and daft 0.7.26, data frames for more data than fits in memory. The standard
# deviation per machine, groupby("machine")["wh"].std() in dask and stddev() in daft, is made of the
# sum of the values and the sum of their squares. Where the values are large beside what they vary
# by, no digit of it is left: an energy meter at 300 million Wh, a count of pulses, seconds since
# 1970. No error and no warning: in dask machines have a deviation of 0, as if they stood still, and
# whatever has a limit set at three of it is an alarm; in daft they have several times their own or
# none (NaN). One would think that a deviation does not depend on where the meter began, nor on
# whether one asks for it per machine: dask's frame["wh"].std() is right. daft's over the whole
# column is not. The values less a first reading are right, and so is pandas.
# Seen, three machines whose meters vary by 2 Wh: from 0 on 2.03, 2.00, 1.95 by all; from 10 million
# on 2.03, 1.99, 1.96 by dask, 2.06, 2.02, 1.92 by daft; from 300 million on 0, 0, 0 by dask, NaN,
# NaN, 8.97 by daft.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    "dask[dataframe]==2026.8.0" daft==0.7.26 pyarrow==25.0.1 numpy==2.4.6 "pandas<3"
cd "$folder"
DO_NOT_TRACK=true OMP_NUM_THREADS=1 venv/bin/python - <<'PY'
import warnings
import daft
import dask
import dask.dataframe
import numpy as np
import pandas as pd

warnings.simplefilter("error")
dask.config.set(scheduler="synchronous")
LARGE = 300_000_000
draw = np.random.default_rng(0)
swing = pd.DataFrame({"machine": np.tile(["a", "b", "c"], 200), "wh": draw.normal(0, 2, 600)})

def by_pandas(meters: pd.DataFrame) -> np.ndarray:
    return meters.groupby("machine")["wh"].std().to_numpy()

def by_dask(meters: pd.DataFrame) -> np.ndarray:
    parted = dask.dataframe.from_pandas(meters, npartitions=4)
    return parted.groupby("machine")["wh"].std().compute().sort_index().to_numpy()

def by_daft(meters: pd.DataFrame) -> np.ndarray:
    frame = daft.from_pandas(meters).groupby("machine").agg(daft.col("wh").stddev())
    return np.array(frame.sort("machine").to_pydict()["wh"])

true = by_pandas(swing)
for start in (0, 10_000_000, LARGE, 1_770_000_000):
    meters = swing.assign(wh=swing["wh"] + start)
    found = {step.__name__: step(meters) for step in (by_pandas, by_dask, by_daft)}
    print(start, {name: deviations.round(2).tolist() for name, deviations in found.items()})
    assert np.allclose(found["by_pandas"], true, rtol=1e-4)
    if start == 0:
        assert np.allclose(found["by_dask"], true) and np.allclose(found["by_daft"], true)
    if start >= LARGE:
        for name in ("by_dask", "by_daft"):
            off = ~(np.abs(found[name] - true) < 0.5 * true)
            assert off.any(), f"CHANGED: {name} a large meter has a deviation"

meters = swing.assign(wh=swing["wh"] + LARGE)
whole = dask.dataframe.from_pandas(meters, npartitions=4)["wh"].std().compute()
of_daft = daft.from_pandas(meters).agg(daft.col("wh").stddev()).to_pydict()["wh"][0]
print(f"the whole column: {meters['wh'].std():.2f}, dask {whole:.2f}, daft {of_daft:.2f}")
assert np.isclose(whole, swing["wh"].std(), rtol=1e-4)
assert not 0.5 < of_daft / whole < 1.5, "CHANGED: daft's deviation of a large meter"
assert np.allclose(by_dask(meters.assign(wh=meters["wh"] - LARGE)), true, rtol=1e-4)
PY
echo "as described"
