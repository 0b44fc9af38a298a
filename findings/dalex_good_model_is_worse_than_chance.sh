#!/usr/bin/env bash
# dalex 1.8.0 explains models and tells how good they are. A classifier's labels need not be 0 and 1,
# and for labels that are text it says that they have to be numbers. Numbers other than 0 and 1 it
# takes without a word: 1 for a healthy machine and 2 for a failed one, as they come from many a
# system. What is foretold is the probability of the second class; it is compared with the labels as
# if they were 0 and 1: the prediction is 0 or 1, the truth 1 or 2. So accuracy, recall and the area
# of a model that is nearly always right are those of one that is worse than chance, and the
# residuals, truth less probability, which importance and diagnostics are made of, are all about one
# too high. No warning. scikit-learn's score of the same model and labels is right.
# Seen, one model of 300 machines: with 0 and 1 accuracy 0.97, recall 0.99, area 0.99; with 1 and 2
# 0.04, 0.04 and 0.34.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    dalex==1.8.0 scikit-learn==1.9.1 pandas==2.3.3 numpy==2.4.6 scipy==1.17.1 setuptools
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import dalex
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

draw = np.random.default_rng(0)
machines = pd.DataFrame({"load": draw.uniform(0, 1, 300), "starts": draw.integers(0, 3, 300)})
wear = 10 * machines["load"] + 5 * machines["starts"] + draw.normal(size=300) / 10
failed = (wear > wear.median()).astype(int)

def told(labels: pd.Series) -> tuple[dict[str, float], float, float]:
    """dalex's measures and mean residual, and scikit-learn's accuracy."""
    model = LogisticRegression().fit(machines, labels)
    explainer = dalex.Explainer(model, machines, labels, verbose=False)
    measures = explainer.model_performance("classification").result.iloc[0].round(2)
    seen = {name: float(measures[name]) for name in ("accuracy", "recall", "auc")}
    return seen, float(np.mean(explainer.residuals)), model.score(machines, labels)

usual, residual, score = told(failed)
other, other_residual, other_score = told(failed + 1)
print("0 and 1", usual, round(residual, 2), "1 and 2", other, round(other_residual, 2))
assert score == other_score > 0.95
assert usual["accuracy"] > 0.95 and usual["auc"] > 0.95 and abs(residual) < 0.05
assert other["accuracy"] < 0.1 and other["recall"] < 0.1 and other["auc"] < 0.5, "CHANGED: labels"
assert abs(other_residual - 1) < 0.05, "CHANGED: residuals"
PY
echo "as described"
