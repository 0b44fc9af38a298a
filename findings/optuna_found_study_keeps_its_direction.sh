#!/usr/bin/env bash
# optuna 5.0.0, which searches the settings of a model. create_study(load_if_exists=True) is how a
# search goes on the next night. Told direction="maximize" with it, one would think that it then
# maximises, or refuses where the study that it finds was begun without a direction and so
# minimises. (Earlier versions refused.) The study found is given back as it is, the direction that
# was asked for is dropped, and all that is said is that an existing study is used. From then on the
# search looks for the worst model, and best_trial, best_params and best_value are of that one,
# whatever was asked. With directions=["maximize", "maximize"] one gets a study of one target.
# Seen, a score of at most 1, at 0.7: the first night asks nothing, the second maximises: its study
# minimises, 0.30 is told as the best of 0.30 to 0.98.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    optuna==5.0.0 sqlalchemy==2.1.9 numpy==2.4.6 scipy==1.17.1
cd "$folder"
OMP_NUM_THREADS=1 venv/bin/python - 2>log <<'PY'
from statistics import median
import optuna

SAVED = {"study_name": "pump", "storage": "sqlite:///nights.db", "load_if_exists": True}

def night(seed: int, **asked) -> optuna.Study:
    sampler = optuna.samplers.TPESampler(seed=seed)
    study = optuna.create_study(**SAVED, sampler=sampler, **asked)
    study.optimize(lambda trial: 1 - abs(trial.suggest_float("depth", 0, 1) - 0.7), n_trials=15)
    return study

night(seed=1)
study = night(seed=2, direction="maximize")
scores = [trial.value for trial in study.trials]
worst, best = min(scores), max(scores)
print(f"{study.direction.name}: best {study.best_value:.2f} of {worst:.2f} to {best:.2f}")
assert study.direction.name == "MINIMIZE", "CHANGED: the direction asked for counts"
assert len(scores) == 30 and study.best_value == worst < 0.4 < 0.9 < best
first, second = median(scores[:15]), median(scores[15:])
print(f"median of the first night {first:.2f}, of the second {second:.2f}")
assert second < first, "CHANGED: it searches for the best"
two = optuna.create_study(**SAVED, directions=["maximize", "maximize"])
assert [direction.name for direction in two.directions] == ["MINIMIZE"]
PY
grep --quiet "Using an existing study" log
if grep --quiet -i "direction\|\[W\|warn" log; then
    echo "CHANGED: it says something of the direction, or warns"
    exit 1
fi
echo "as described"
