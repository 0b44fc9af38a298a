#!/usr/bin/env bash
# mlflow 3.17.2 with a SQLite store. A client that was made for one tracking server registers a
# version from a logged model's address (models:/m-…, which is what the client's own
# ModelVersion.source says). One would think that it looks the logged model up on its own server. It
# asks the server that the process has set instead: with another one set, which does not know that
# model, the call is refused with "Logged model with ID … not found", although the client's own
# server has it; once the process is set to the client's server, the same call succeeds. So a
# program with two registries (a copy from staging to production, a test beside a server) must set
# the process's address around each such call. Seen: refused, then version 2.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet mlflow==3.17.2 scikit-learn==1.9.1
cd "$folder"
MLFLOW_DISABLE_TELEMETRY=true MLFLOW_LOGGING_LEVEL=ERROR venv/bin/python - <<'PY'
import mlflow
from mlflow.exceptions import MlflowException
from sklearn.dummy import DummyClassifier

ours, other = "sqlite:///ours.db", "sqlite:///other.db"
mlflow.set_tracking_uri(ours)
with mlflow.start_run():
    model = DummyClassifier().fit([[0], [1]], [0, 1])
    mlflow.sklearn.log_model(
        model, name="model", registered_model_name="pump", serialization_format="cloudpickle",
        pip_requirements=["scikit-learn"],
    )

client = mlflow.MlflowClient(tracking_uri=ours, registry_uri=ours)
first = client.get_model_version("pump", "1")
mlflow.set_tracking_uri(other)
try:
    client.create_model_version("pump", first.source, run_id=first.run_id)
except MlflowException as error:
    print("with the other server set:", str(error).splitlines()[0])
    assert "not found" in str(error)
else:
    raise SystemExit("CHANGED: the client asks its own server")
mlflow.set_tracking_uri(ours)
again = client.create_model_version("pump", first.source, run_id=first.run_id)
print("with its own server set: version", again.version)
assert str(again.version) == "2"
PY
echo "as described"
