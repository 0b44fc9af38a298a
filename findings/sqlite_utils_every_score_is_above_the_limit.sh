#!/usr/bin/env bash
# sqlite-utils 4.2.1 puts rows into SQLite and makes the table for them. It knows numpy's types: a
# float32 makes a column of type REAL, an int64 one of INTEGER, so one would think that the values
# are kept as such numbers, or refused, as numpy's bool is. Only a float64 is. A float32, as which
# xgboost gives its scores, and each of the whole numbers is kept as the bytes of its memory, in a
# column that says REAL or INTEGER. SQLite puts bytes above each number, so each row has a score
# above each limit; their mean is 0.0, and a row that is sought by its number is not found. No
# error and no warning. Of to_dict("records") of pandas, which makes Python's numbers, and of
# .tolist() all is right, and so is a test with those.
# Why it matters: all machines are in alarm by the query, and none by the mean beside it.
# Seen, scores of 0.1, 0.2 and 0.9 as float32 and numbers 1 to 3 as int64: blob in columns of REAL and
# INTEGER, three scores above 0.5, mean 0.0, no machine of number 2; as Python's numbers real and
# integer, one, 0.4 and one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet sqlite-utils==4.2.1 numpy==2.4.6
"$folder/venv/bin/python" -W error - <<'PY'
import numpy as np
from sqlite_utils import Database

QUESTION = """
    select
        sum(score > 0.5) as above, round(avg(score), 3) as mean, sum(number = 2) as second,
        min(typeof(score)) as score_is, min(typeof(number)) as number_is
    from scored
"""
score = np.array([0.1, 0.2, 0.9], dtype=np.float32)
number = np.array([1, 2, 3])

def answer(scores: list, numbers: list) -> dict:
    database = Database(memory=True)
    rows = zip(numbers, scores, strict=True)
    database["scored"].insert_all({"number": number, "score": score} for number, score in rows)
    assert database["scored"].columns_dict == {"number": int, "score": float}
    return next(database.query(QUESTION))

told = answer(list(score), list(number))
right = answer(score.tolist(), number.tolist())
double = answer(list(score.astype(float)), number.tolist())
print("numpy's numbers", told)
print("Python's numbers", right)
assert right == double == {
    "above": 1, "mean": 0.4, "second": 1, "score_is": "real", "number_is": "integer"
}
assert told == {
    "above": 3, "mean": 0, "second": 0, "score_is": "blob", "number_is": "blob"
}, "CHANGED: numbers of numpy"
PY
echo "as described"
