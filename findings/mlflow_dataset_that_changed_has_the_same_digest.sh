#!/usr/bin/env bash
# MLflow 3.17.2 logs with a run which data it was trained on: mlflow.data.from_pandas makes a
# dataset of a table, whose digest is, by the documentation, a hash that identifies it; runs are
# told apart and found again by it. It is made of the first 10,000 rows, the names of the columns
# and the number of rows. What stands below does not count: a training table in order of time, of
# which the newer part was mended, relabelled or lost, has the digest of the old one as long as it
# has as many rows, and on the server it is the same dataset. from_numpy does so with the first
# 10,000 numbers, across the columns. Nothing says so but the source. So hand over a digest of your
# own.
# Seen, 20,000 rows, and the same with every label from the 10,001st on turned round: equal digests;
# with one turned in the 10,000th another; 1,000 rows of 12 numbers changed from the 900th on, by
# from_numpy: equal.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet mlflow==3.17.2 pandas==2.3.3 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PY'
import mlflow
import numpy as np
import pandas as pd

def digest(table: pd.DataFrame) -> str:
    return mlflow.data.from_pandas(table, name="readings").digest

table = pd.DataFrame({"temperature": np.arange(20_000.0), "failed": np.arange(20_000) % 2})
turned, early = table.copy(), table.copy()
turned.loc[10_000:, "failed"] = 1 - turned.loc[10_000:, "failed"]
early.loc[9_999, "failed"] = 1 - early.loc[9_999, "failed"]
print(digest(table), digest(turned), digest(early), digest(table.iloc[:-1]))
assert digest(table) != digest(early) and digest(table) != digest(table.iloc[:-1])
assert digest(table) == digest(turned), "CHANGED: the rows below count"

numbers = np.arange(12_000.0).reshape(1000, 12)
other = numbers.copy()
other[900:] = 0
digests = [mlflow.data.from_numpy(array).digest for array in (numbers, other)]
print(digests)
assert digests[0] == digests[1], "CHANGED: all numbers count"
PY
echo "as described"
