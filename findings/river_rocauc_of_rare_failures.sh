#!/usr/bin/env bash
# river 0.26.1. metrics.ROCAUC says of itself that it approximates, that the error does not matter
# where the probabilities are well calibrated, and that models can be compared by it in any case. It
# counts at ten thresholds between 0 and 1, of which the lowest above 0 is 1/9. Where failures are
# rare, calibrated probabilities lie below that, each threshold sees the same, and the area is
# exactly 0.5 for any model: for one that ranks as well as can be, and for the same one upside down.
# So two models of rare failures cannot be told apart by it, and a good one looks like a coin.
# 1,000 thresholds mend it. Seen, with failures drawn at probabilities from 0 to 0.08: the true
# area 0.669 and 0.331 (upside down), river's 0.5 and 0.5, with 1,000 thresholds 0.669 and 0.331.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet river==0.26.1 scikit-learn==1.9.1
"$folder/venv/bin/python" - <<'PY'
import random
from river import metrics
from sklearn.metrics import roc_auc_score

def area_by_river(failed: list, probabilities: list, thresholds: int) -> float:
    metric = metrics.ROCAUC(n_thresholds=thresholds)
    for truth, probability in zip(failed, probabilities):
        metric.update(truth, probability)
    return metric.get()

draw = random.Random(7)
calibrated = [draw.uniform(0, 0.08) for _ in range(20_000)]
failed = [draw.random() < probability for probability in calibrated]
upside_down = [0.08 - probability for probability in calibrated]

assert metrics.ROCAUC().n_thresholds == 10, "CHANGED: the thresholds it takes unasked"
for name, scores in (("calibrated", calibrated), ("upside down", upside_down)):
    true, ten, thousand = (
        roc_auc_score(failed, scores),
        area_by_river(failed, scores, 10),
        area_by_river(failed, scores, 1000),
    )
    print(f"{name}: true {true:.3f}, river {ten:.3f}, river with 1000 thresholds {thousand:.3f}")
    assert abs(true - 0.5) > 0.15
    assert ten == 0.5, "CHANGED: ten thresholds tell something"
    assert abs(thousand - true) < 0.001
PY
echo "as described"
