#!/usr/bin/env bash
# category_encoders 2.11.2. JamesSteinEncoder puts a number in place of a category, a machine type
# say: its share of failures, drawn towards that of all the more, the less sure it is. Its text says
# of its default (model="independent") that squared standard errors, which small counts make large,
# are what it goes by. It goes by the variance of the rows within the category and never looks at
# how many they are, and of a single row it takes that for 0. So the type that was seen once, and
# failed, is a certain failure (1.0), and so is one seen twice, while a type seen a thousand times
# is drawn a third of the way to the mean: the least known is trusted the most, which is what the
# method is there to prevent. Of three types none is drawn at all. No error and no warning.
# MEstimateEncoder and TargetEncoder of the same package count.
# Seen, failures of all 0.25: 300 of 1,000 rows 0.283, 3 of 10 0.282, 1 of 1 1.0, 2 of 2 1.0, 0 of 1
# 0.0; MEstimateEncoder for 1 of 1 0.625.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    category_encoders==2.11.2 scikit-learn==1.9.1 numpy==2.4.6 pandas==3.1.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import pandas as pd
from category_encoders import JamesSteinEncoder, MEstimateEncoder

KINDS = {  # rows and failures of each machine type
    "pump": (1000, 300), "fan": (1000, 200), "drive": (1000, 250), "oven": (10, 3),
    "press": (1, 1), "saw": (2, 2), "mill": (1, 0),
}
kinds = pd.DataFrame({"kind": [kind for kind, (rows, _) in KINDS.items() for _ in range(rows)]})
failed = pd.Series(
    [float(row < failures) for rows, failures in KINDS.values() for row in range(rows)]
)

def encoded(encoder, rows: pd.DataFrame, labels: pd.Series) -> dict[str, float]:
    encoder.fit(rows, labels)
    asked = pd.DataFrame({"kind": rows["kind"].unique()})
    return dict(zip(asked["kind"], encoder.transform(asked)["kind"].round(3).tolist()))

told = encoded(JamesSteinEncoder(cols=["kind"]), kinds, failed)
counted = encoded(MEstimateEncoder(cols=["kind"]), kinds, failed)
print(f"all {failed.mean():.3f}", told, counted, sep="\n")
assert told["press"] == told["saw"] == 1.0 and told["mill"] == 0.0, "CHANGED: few rows are drawn in"
assert abs(told["oven"] - told["pump"]) < 0.005, "CHANGED: the number of rows counts"
assert 0.27 < told["pump"] < 0.29 and 0.21 < told["fan"] < 0.23
assert 0.5 < counted["press"] < 0.7 and counted["pump"] == 0.3

few = kinds["kind"].isin(["pump", "fan", "oven"])
three = encoded(JamesSteinEncoder(cols=["kind"]), kinds[few], failed[few])
print("of three types", three)
assert three == {"pump": 0.3, "fan": 0.2, "oven": 0.3}, "CHANGED: three types are drawn in"
PY
echo "as described"
