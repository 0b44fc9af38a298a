#!/usr/bin/env bash
# feature_engine 1.9.4 and scikit-lego 0.9.10 put what comes round, hours of the day or days of the
# week, on a circle, so that a model sees Sunday beside Monday. scikit-lego's RepeatingBasisFunction
# says so: day 7 is as near to day 6 as to day 1. One would think that seven days are seven places.
# Left alone, both take the circle to end where the readings end, at the greatest value
# (feature_engine's CyclicalFeatures, counted from 0) or from the least to the greatest
# (scikit-lego, which names (1, 7) as the range of a week): so the last is the first. Hour 23 and
# hour 0 have the same numbers, and so have Monday and Sunday, by scikit-lego January and December
# too; no model can part them, and a Sunday on which nothing runs is taught as a Monday. Two
# machines, one of which never ran at night, have circles of unlike length. No error, and the one
# warning, of scikit-lego, names a newer class of scikit-learn, not this. Right are
# max_values={"hour": 24} and input_range=(0, 24), with the first of the next round for the end.
# Seen, hours 0 to 23, days 0 to 6, months 1 to 12: the last as far from the first as 0.000 by both,
# but for months by feature_engine 0.518; with the round told, each time as far as two neighbours.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    feature-engine==1.9.4 scikit-lego==0.9.10 scikit-learn==1.9.1 numpy==2.4.6 pandas==3.1.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
import pandas as pd
from feature_engine.creation import CyclicalFeatures
from sklego.preprocessing import RepeatingBasisFunction

def on_circle(first: int, count: int, by_hand: bool) -> dict[str, tuple[float, float]]:
    """By library the distances of the first value to the last and to the second."""
    rows = pd.DataFrame({"x": np.arange(first, first + count)})
    ends = (first, first + count) if by_hand else None
    places = {
        "feature_engine": CyclicalFeatures(
            max_values={"x": count} if by_hand else None, drop_original=True
        ).fit_transform(rows).to_numpy(),
        "scikit-lego": RepeatingBasisFunction(
            column="x", n_periods=4, input_range=ends
        ).fit_transform(rows),
    }
    return {name: (round(float(np.linalg.norm(place[0] - place[-1])), 3),
                   round(float(np.linalg.norm(place[0] - place[1])), 3))
            for name, place in places.items()}

for what, first, count in (("hours", 0, 24), ("days", 0, 7), ("months", 1, 12)):
    unasked, told = on_circle(first, count, False), on_circle(first, count, True)
    print(what, "as it comes", unasked, "told the round", told)
    assert unasked["scikit-lego"][0] == 0, f"CHANGED: scikit-lego, {what}"
    if first == 0:
        assert unasked["feature_engine"][0] == 0, f"CHANGED: feature_engine, {what}"
    for last, second in told.values():
        assert last == second > 0
assert "day 7 is as close to day 6 as it is" in RepeatingBasisFunction.__doc__
PY
echo "as described"
