#!/usr/bin/env bash
# pgmpy 1.1.2, Bayesian networks, as of faults and their causes. fit estimates from records how
# often a machine fails for each combination of the causes, by counting (maximum likelihood). A
# combination that is in no record has nothing to count, so one would expect an error, NaN, or the
# share of all. It gets the same chance for each outcome: of two a half, of three failure modes a
# third, with no warning and no word of it in the description of the estimator. query,
# predict_probability and predict take that as counted: where one machine in fourteen fails, the hot
# and dirty one, which was never seen, fails every second time, and it heads the list of what to
# inspect. The chance of a single cause is counted right, so the shares that one checks agree. A
# state that no record has is refused with an error.
# Seen, 1,000 records, 7 in 100 fail, none both hot and dirty: chance 0.5, of three outcomes 0.33
# each; hot alone 0.31.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    pgmpy==1.1.2 scikit-learn==1.9.1 numpy==2.4.6 pandas==3.1.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error::RuntimeWarning - 2> "$folder/said.txt" <<'PY'
import numpy as np
import pandas as pd
from pgmpy.inference import VariableElimination
from pgmpy.models import DiscreteBayesianNetwork

draw = np.random.default_rng(0)
hot, dirty = draw.random(1000) < 0.2, draw.random(1000) < 0.2
dirty &= ~hot
failed = draw.random(1000) < np.where(hot, 0.3, 0.02)
said = {True: "yes", False: "no"}
records = pd.DataFrame({"hot": hot, "dirty": dirty, "fails": failed}).map(said.get)
wear_or_leak = np.where(draw.random(1000) < 0.5, "wear", "leak")
modes = records.assign(fails=np.where(failed, wear_or_leak, "no"))

def chances(rows: pd.DataFrame, causes: dict[str, str]) -> dict[str, float]:
    network = DiscreteBayesianNetwork([("hot", "fails"), ("dirty", "fails")])
    network.fit(rows)
    told = VariableElimination(network).query(["fails"], evidence=causes, show_progress=False)
    asked = network.predict_probability(pd.DataFrame([causes])) if len(causes) == 2 else None
    names = told.state_names["fails"]
    assert asked is None or np.allclose(asked.to_numpy()[0], told.values)
    return dict(zip(names, told.values.round(2).tolist()))

unseen = chances(records, {"hot": "yes", "dirty": "yes"})
alone = chances(records, {"hot": "yes", "dirty": "no"})
third = chances(modes, {"hot": "yes", "dirty": "yes"})
print(f"all {failed.mean():.2f}, never seen {unseen}, of three {third}, hot alone {alone}")
assert failed.mean() < 0.1 and not (hot & dirty).any()
assert unseen == {"no": 0.5, "yes": 0.5}, "CHANGED: what was never seen"
assert set(third.values()) == {0.33}, "CHANGED: three outcomes"
assert 0.2 < alone["yes"] < 0.4
PY
if grep -iE "unseen|never|uniform|missing" "$folder/said.txt"; then
    echo "CHANGED: it warns"
    exit 1
fi
echo "as described"
