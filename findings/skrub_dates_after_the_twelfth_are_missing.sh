#!/usr/bin/env bash
# skrub 0.11.0 makes tables fit for scikit-learn. Its ToDatetime, which Cleaner and TableVectorizer
# use, finds the form of a column of dates by itself as it is fitted. Where month and day could be
# either, it takes the month to be first, and later on what does not fit becomes missing; its
# documentation tells of both. Together they come to this: trained on the first twelve days of a
# month in the European order, 3 April is 4 March, and from the 13th on, as there is no such month,
# the date is missing, to the end of each month. One date past the 12th in training, and all are
# read rightly. So what the model sees hangs on the day it was trained. No error and no warning. So
# name the format.
# Seen, trained on 1 to 12 April: 3 April is 4 March, 13 April missing, 6 May 5 June, 28 May
# missing; trained on 1 to 13 April: all right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    skrub==0.11.0 scikit-learn==1.9.1 scipy==1.17.1 pandas==2.3.3 numpy==2.4.6
OMP_NUM_THREADS=1 MPLBACKEND=agg "$folder/venv/bin/python" -W error::UserWarning - <<'PY'
import pandas as pd
from skrub import Cleaner, ToDatetime

def days(last: int) -> pd.Series:
    """1 April to that day, day first."""
    return pd.Series([f"{day:02}/04/2026" for day in range(1, last + 1)], name="day")

def read(last: int, new: list[str], **options: str) -> list[str]:
    """The new dates by what was fitted up to that day of April."""
    encoder = ToDatetime(**options)
    encoder.fit_transform(days(last))
    return encoder.transform(pd.Series(new, name="day")).astype(str).tolist()

NEW = ["03/04/2026", "13/04/2026", "06/05/2026", "28/05/2026"]
RIGHT = ["2026-04-03", "2026-04-13", "2026-05-06", "2026-05-28"]
early, late, named = read(12, NEW), read(13, NEW), read(12, NEW, format="%d/%m/%Y")
print("trained to the 12th", early, "to the 13th", late)
assert late == named == RIGHT
assert early == ["2026-03-04", "NaT", "2026-06-05", "NaT"], "CHANGED: trained to the 12th"

cleaner = Cleaner()
cleaner.fit_transform(days(12).to_frame())
cleaned = cleaner.transform(pd.DataFrame({"day": NEW}))["day"].astype(str).tolist()
assert cleaned == early, "CHANGED: Cleaner"
PY
echo "as described"
