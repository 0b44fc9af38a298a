#!/usr/bin/env bash
# dowhy 0.14, effects of causes: by how many hours does a service shorten the next stop, given that
# loaded machines are serviced more often. By propensity scores it first estimates how likely each
# machine's service was, and writes that into the frame it was handed, as a column. The next
# estimate on the same frame finds the column and does not estimate it again, whatever the common
# causes are by now. So who forgets a cause, sees it and adds it, gets the first answer to the last
# digit, with the sign that the confounding has, and takes that for a proof that the cause does not
# matter. No error and no warning, and data.copy() for each model is right; linear regression, which
# has no such column, is right on the same frame. (Reported to its developers in August 2026, issue
# 1728, for one of its refuters.)
# Seen, a service shortens by 1: with age as the only cause 1.45 longer; then with load, the true
# one, 1.45 again, in a copy -0.66; by stratification 1.44 for -1.01, by matching 1.43 for -0.91.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    dowhy==0.14 scikit-learn==1.9.1 statsmodels==0.15.0 scipy==1.15.3 numpy==2.4.6 pandas==3.1.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - 2> "$folder/said.txt" <<'PY'
import numpy as np
import pandas as pd
from dowhy import CausalModel

draw = np.random.default_rng(0)
load, age = draw.normal(size=(2, 4000))
service = draw.random(4000) < 1 / (1 + np.exp(-2 * load))
hours = 2 * load - 1.0 * service + draw.normal(size=4000)
machines = pd.DataFrame({"load": load, "age": age, "service": service, "hours": hours})

def effect(rows: pd.DataFrame, causes: list[str], method: str) -> float:
    model = CausalModel(rows, treatment="service", outcome="hours", common_causes=causes)
    asked = model.identify_effect(proceed_when_unidentifiable=True)
    return float(model.estimate_effect(asked, method_name=f"backdoor.{method}").value)

for way in ("weighting", "stratification", "matching"):
    frame, method = machines.copy(), f"propensity_score_{way}"
    first = effect(frame, ["age"], method)
    second, both = (effect(frame, causes, method) for causes in (["load"], ["load", "age"]))
    fresh = effect(machines.copy(), ["load"], method)
    print(f"{way}: age {first:.2f}, then load {second:.2f}, both {both:.2f}, fresh {fresh:.2f}")
    assert first > 1 and fresh < -0.5
    assert second == both == first, f"CHANGED: {way} estimates again"
    assert "propensity_score" in frame and "propensity_score" not in machines

frame = machines.copy()
effect(frame, ["age"], "propensity_score_weighting")
regression = effect(frame, ["load"], "linear_regression")
print(f"regression on the same frame {regression:.2f}")
assert abs(regression + 1) < 0.1
PY
echo "as described"
