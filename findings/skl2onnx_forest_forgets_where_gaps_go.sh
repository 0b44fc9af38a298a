#!/usr/bin/env bash
# skl2onnx 1.20.0 with scikit-learn 1.9.1 and onnxruntime 1.25.1 and 1.32.0. scikit-learn's trees and
# forests learn at each split which way a missing value goes; ONNX has a field for just that
# (nodes_missing_value_tracks_true). The converter leaves it at 0 in each node: converted, with no
# warning, a missing value always takes the same way. Rows without gaps agree to the last digit,
# so a comparison on whole rows finds nothing. Where machines fall silent before they break, the
# forest has learnt that and the ONNX model says the contrary. (Reported to its developers in
# July 2026, issue 1253, and not in a release yet.)
# Seen: a silent sensor's probability of a failure is 1.0 in scikit-learn, 0.0 in ONNX.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet skl2onnx==1.20.0 scikit-learn==1.9.1 numpy==2.4.6
for runtime in 1.25.1 1.32.0; do
    "$folder/venv/bin/python" -m pip install --quiet "onnxruntime==$runtime"
    OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
import onnxruntime
from skl2onnx import to_onnx
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

draw = np.random.default_rng(0)
celsius = draw.normal(60, 5, (4000, 1)).astype(np.float32)
is_silent = draw.random(4000) < 0.1
failed = ((celsius[:, 0] < 52) | is_silent).astype(int)
celsius[is_silent] = np.nan
asked = np.array([[np.nan], [45.0], [60.0], [70.0]], dtype=np.float32)

def by_onnx(model) -> tuple[np.ndarray, int]:
    converted = to_onnx(model, celsius[:1], options={"zipmap": False})
    ways = [
        sum(attribute.ints)
        for node in converted.graph.node
        for attribute in node.attribute
        if attribute.name == "nodes_missing_value_tracks_true"
    ]
    session = onnxruntime.InferenceSession(
        converted.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, {session.get_inputs()[0].name: asked})[1][:, 1], sum(ways)

for model in (
    DecisionTreeClassifier(max_depth=3, random_state=0),
    RandomForestClassifier(20, max_depth=3, random_state=0),
):
    ours = model.fit(celsius, failed).predict_proba(asked)[:, 1]
    theirs, ways = by_onnx(model)
    name = f"onnxruntime {onnxruntime.__version__}, {type(model).__name__}"
    print(f"{name}: silent {ours[0]:.2f} in scikit-learn, {theirs[0]:.2f} in ONNX")
    assert np.allclose(ours[1:], theirs[1:], atol=1e-6)
    assert ours[0] > 0.99 and theirs[0] < 0.01, "CHANGED: a gap goes the way that was learnt"
    assert ways == 0
PY
done
echo "as described"
