#!/usr/bin/env bash
# simdkalman 1.0.4, Kalman filters for many series at once. A missing reading is given as NaN. Where
# two sensors watch one state (two thermometers of a bearing, say) and one of them falls silent, one
# would think that the filter goes on with the other, as it is the use of having two; statsmodels
# does so. simdkalman drops the whole moment: with one NaN in it none of its readings counts, and
# the state stays where it was, with no error and no warning. Its documentation tells of missing
# readings and of readings with several numbers, not of what becomes of the rest; pykalman, a peer
# that drops the rest as well, says so. So fill the gap by hand, or take a filter that goes on.
# Why it matters: the bearing warms up, one sensor says so until the end, and the filter sees
# nothing.
# Seen, two sensors at 50, one silent from the 11th reading on, the other at 80 from then: estimated
# at the end 50.0, with both silent 50.0; statsmodels of the same model 80.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet simdkalman==1.0.4 statsmodels==0.15.0 numpy==2.4.6
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error::RuntimeWarning -W error::UserWarning - <<'PY'
import numpy as np
import simdkalman
from statsmodels.tsa.statespace.mlemodel import MLEModel

DRIFT, NOISE = 0.1, 0.5  # variances of the state's step and of a reading

def by_simdkalman(readings: np.ndarray) -> np.ndarray:
    """The filtered state at each moment."""
    model = simdkalman.KalmanFilter(
        state_transition=np.eye(1),
        process_noise=DRIFT * np.eye(1),
        observation_model=np.ones((2, 1)),
        observation_noise=NOISE * np.eye(2),
    )
    result = model.compute(
        readings[np.newaxis], 0, initial_value=[50.0], initial_covariance=np.eye(1),
        filtered=True, smoothed=False,
    )
    return result.filtered.states.mean[0, :, 0]

def by_statsmodels(readings: np.ndarray) -> np.ndarray:
    model = MLEModel(readings, k_states=1, k_posdef=1)
    model["design"], model["obs_cov"] = np.ones((2, 1)), NOISE * np.eye(2)
    model["transition"] = model["selection"] = np.eye(1)
    model["state_cov"] = DRIFT * np.eye(1)
    model.initialize_known(np.array([50.0]), np.eye(1))
    return model.ssm.filter().filtered_state[0]

both = np.full((30, 2), 50.0)
both[10:] = 80.0
one = both.copy()
one[10:, 1] = np.nan
none = both.copy()
none[10:] = np.nan
ends = {
    name: (round(float(by_simdkalman(of)[-1]), 3), round(float(by_statsmodels(of)[-1]), 3))
    for name, of in (("both", both), ("one silent", one), ("both silent", none))
}
print("simdkalman, statsmodels", ends)
assert ends["both"][0] == ends["both"][1] > 79
assert ends["both silent"] == (50, 50)
assert ends["one silent"][1] > 79
assert ends["one silent"][0] == 50, "CHANGED: the other sensor counts"
PY
echo "as described"
