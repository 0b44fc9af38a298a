#!/usr/bin/env bash
# composeml 0.10.1, which makes the labels of prediction problems: LabelMaker walks through a
# machine's records and calls a function on each window, here "does it fail within 8 hours". The
# last windows begin before the records end and reach beyond that. One would expect them to be left
# out, as nobody knows yet what happens in them, or marked. They are labelled as if they were whole:
# of the 8 hours only what is there is looked at, so it is "no failure" for the newest rows of each
# machine that is running, also where one hour of eight was seen. With a step of an hour (gap="1h")
# that is almost a window of doubtful labels per machine, all of one class, and the more, the longer
# the warning that is asked for. A model learns that what comes before a failure is harmless.
# maximum_data, set by hand to the end less a window, leaves them out.
# Seen, a row each hour, a failure at 03:00 of the second day: of what was known at midnight, 24
# labels, all 0, of which 7 saw less than 8 hours and 4 are wrong, as the whole record shows.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet composeml==0.10.1 "pandas<3" numpy==2.4.6
cd "$folder"
MPLBACKEND=agg OMP_NUM_THREADS=1 venv/bin/python - <<'PY'
import warnings
import composeml
import pandas as pd

# Its charts' libraries warn of one another; of labels nothing is said.
warnings.filterwarnings("ignore", category=DeprecationWarning)
warnings.filterwarnings("error", category=UserWarning)
WINDOW = "8h"

records = pd.DataFrame({"machine": "pump", "at": pd.date_range("2026-03-01", periods=32, freq="h")})
records["failed"] = (records["at"] == "2026-03-02 03:00").astype(int)

def labels(known: pd.DataFrame, **asked) -> pd.DataFrame:
    """Per hour whether the pump fails within the window, and how many hours of it were seen."""
    maker = composeml.LabelMaker(
        target_dataframe_index="machine",
        time_index="at",
        labeling_function={
            "fails": lambda window: int(window["failed"].max()),
            "seen": len,
        },
        window_size=WINDOW,
    )
    found = maker.search(known, num_examples_per_instance=-1, gap="1h", verbose=False, **asked)
    return pd.DataFrame(found).set_index("time")

by_midnight = labels(records[records["at"] < "2026-03-02"])
later = labels(records).loc[by_midnight.index]
short = by_midnight[by_midnight["seen"] < 8]
wrong = by_midnight["fails"] != later["fails"]
print(short.to_string())
print(f"{len(by_midnight)} labels, {len(short)} short, {wrong.sum()} wrong")
assert len(by_midnight) == 24 and by_midnight["fails"].sum() == 0
assert short["seen"].tolist() == [7, 6, 5, 4, 3, 2, 1], "CHANGED: windows that are cut off"
assert wrong.sum() == later["fails"].sum() == 4
assert set(by_midnight.index[wrong]) <= set(short.index)
whole = labels(records[records["at"] < "2026-03-02"], maximum_data="2026-03-01 16:00")
assert (whole["seen"] == 8).all() and len(whole) == 17
PY
echo "as described"
