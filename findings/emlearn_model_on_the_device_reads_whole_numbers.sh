#!/usr/bin/env bash
# emlearn 0.23.2 turns models of scikit-learn into C for the small processors beside sensors. By its
# documentation convert takes a dtype for the features, which can be used to make them whole
# numbers. For trees and forests that is what happens without it: the readings and the limits in the
# trees become numbers of 16 bits, and the decimals fall away. Accelerations in g, pressures in bar,
# shares and whatever is scaled to 0 to 1 are 0 or 1, so the model on the device tells the same of
# nearly everything, with no error and no warning; readings beyond 32,767 wrap round or, at best, do
# not compile. Its own predict shows it, if compared with that of the model. So say dtype="float".
# Seen, vibrations of 0.1 to 0.9 g, faulty above 0.5: agrees with the forest in 57 %, with
# dtype="float" in 100 %, with thousandths of a g in 100 %.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    emlearn==0.23.2 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error::RuntimeWarning - <<'PY'
import emlearn
import numpy as np
from sklearn.ensemble import RandomForestClassifier

draw = np.random.default_rng(0)
vibration = draw.uniform(0.1, 0.9, (500, 2))  # in g
faulty = (vibration[:, 0] > 0.5).astype(int)

def agreement(readings: np.ndarray, **options: str) -> float:
    """The share of readings of which the C code and the forest tell the same."""
    forest = RandomForestClassifier(10, random_state=0).fit(readings, faulty)
    device = emlearn.convert(forest, method="inline", **options)
    return float((device.predict(readings) == forest.predict(readings)).mean())

plain, floats = agreement(vibration), agreement(vibration, dtype="float")
thousandths = agreement(1000 * vibration)
print("plain", plain, "float", floats, "thousandths", thousandths)
assert floats == 1 and thousandths > 0.99
assert plain < 0.7, "CHANGED: the decimals count"
PY
echo "as described"
