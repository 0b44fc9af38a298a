#!/usr/bin/env bash
# scikit-survival 0.28.0. Surv.from_arrays makes the target of all its models: whether a unit
# failed, "a boolean array or array with values 0/1", and its time. Other values are refused: 1 and
# 2, "no" and "yes", "False" and "True" raise ValueError, "must contain 0 and 1 only". Zeros and
# ones that are text, as the standard library's csv or numpy's loadtxt with dtype=str reads them,
# pass that check, since it compares text with text; then they are made boolean as text, and "0" is
# as true as any text that is not empty. Each unit that still runs has failed. (The column of a
# DataFrame is refused.) No error and no warning, and the times, text as well, are read as numbers.
# Seen, of six units of which four still run: failed 2 by numbers, 6 by text; share that lives
# beyond 40 h 0.80 and 0.33; a DataFrame of text ValueError.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet scikit-survival==0.28.0 pandas==2.3.3
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import csv
import io
import pandas as pd
from sksurv.nonparametric import kaplan_meier_estimator
from sksurv.util import Surv

TABLE = "hours,failed\n10,0\n20,1\n30,0\n40,0\n50,0\n60,1\n"
rows = list(csv.DictReader(io.StringIO(TABLE)))
hours, failed = [row["hours"] for row in rows], [row["failed"] for row in rows]

def alive_at_40(target: object) -> float:
    times, share = kaplan_meier_estimator(target["event"], target["time"])
    return share[list(times).index(40)]

def refused(make: object, *arguments: object) -> bool:
    try:
        make(*arguments)
    except ValueError as error:
        return "0 and 1 only" in str(error)
    return False

numbers = Surv.from_arrays([int(value) for value in failed], hours)
text = Surv.from_arrays(failed, hours)
shares = alive_at_40(numbers), alive_at_40(text)
print(numbers["event"].sum(), text["event"].sum(), shares)
assert numbers["event"].sum() == 2 and abs(shares[0] - 0.8) < 1e-9
assert refused(Surv.from_arrays, ["no", "yes"], [1, 2])
assert refused(Surv.from_arrays, ["False", "True"], [1, 2])
assert refused(Surv.from_arrays, [1, 2], [1, 2])
assert refused(Surv.from_dataframe, "failed", "hours", pd.DataFrame(rows).astype({"hours": float}))
assert text["event"].all(), "CHANGED: zeros and ones that are text"
assert abs(shares[1] - 1 / 3) < 1e-9
PY
echo "as described"
