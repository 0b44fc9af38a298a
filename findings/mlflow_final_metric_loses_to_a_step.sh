#!/usr/bin/env bash
# mlflow 3.17.2 with a SQLite store. A metric that is logged more than once has a history, and
# run.data.metrics and the filter of search_runs have one value of it: by the documentation of
# RunData the one with the latest time, and of several with that time the greatest. It is the one
# with the greatest step, whatever the times are; a step that is not named is 0. So who logs a
# metric at each round of training with its round and the one on the test rows after it under the
# same name without a step, has the last round's value there, and runs are chosen by that (a note at
# last_active_run tells of the greatest step). The other half of the sentence holds, and surprises
# too: an error logged anew with the same time, to mend it, counts only if it is greater. No
# warning.
# Seen, rounds 1 to 5 at 0.51 to 0.55, an hour later 0.90 without a step: 0.55, and a search for 0.8
# or more finds no run; 5.0, then 3.0 at the same time: 5.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    mlflow-skinny==3.17.2 sqlalchemy==2.1.9 alembic==1.20.1
cd "$folder"
MLFLOW_DISABLE_TELEMETRY=true MLFLOW_LOGGING_LEVEL=ERROR venv/bin/python - <<'PY'
from mlflow import MlflowClient

client = MlflowClient("sqlite:///runs.db")
experiment = client.create_experiment("pumps")
morning, later = 1_767_225_600_000, 1_767_229_200_000

run = client.create_run(experiment).info.run_id
for step in range(1, 6):
    client.log_metric(run, "auc", 0.5 + step / 100, timestamp=morning + step, step=step)
client.log_metric(run, "auc", 0.9, timestamp=later)
told = client.get_run(run).data.metrics["auc"]
history = client.get_metric_history(run, "auc")
latest = max(history, key=lambda metric: metric.timestamp).value
found = len(client.search_runs([experiment], "metrics.auc > 0.8"))
print("latest", latest, "told", told, "runs above 0.8:", found)
assert latest == 0.9 and told == 0.55, "CHANGED: the latest metric is told"
assert found == 0

mended = client.create_run(experiment).info.run_id
client.log_metric(mended, "mae", 5.0, timestamp=morning)
client.log_metric(mended, "mae", 3.0, timestamp=morning)
error = client.get_run(mended).data.metrics["mae"]
print("5.0, then 3.0 at the same time:", error)
assert error == 5.0, "CHANGED: the one logged last is told"
PY
echo "as described"
