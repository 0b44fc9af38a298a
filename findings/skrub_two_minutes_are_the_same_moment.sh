#!/usr/bin/env bash
# skrub 0.11.0 makes tables fit for scikit-learn; its TableVectorizer and pipelines hand each moment
# to DatetimeEncoder. Beside the year, the hour and so on it gives total_seconds, the seconds since
# 1970, by which a model can tell what came when. They are floats of 32 bits, as all that it gives,
# which have 24 binary digits; the seconds since 1970 need 31. So they go in steps of 128: readings
# of two minutes are the same moment, and a difference of two such columns, how long a repair took,
# is off by up to two minutes, or 0. The documentation tells of seconds. No error and no warning. So
# make durations before, and take resolution "second" or set add_total_seconds=False.
# Seen, the 60 minutes of an hour of 29 March 2026: 29 moments; 50 repairs of 90 seconds: 0 or 128
# seconds.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    skrub==0.11.0 scikit-learn==1.9.1 scipy==1.17.1 pandas==2.3.3 numpy==2.4.6
OMP_NUM_THREADS=1 MPLBACKEND=agg "$folder/venv/bin/python" -W ignore - <<'PY'
import pandas as pd
from skrub import DatetimeEncoder, TableVectorizer

def seconds(moments: list[str]) -> list[float]:
    """What total_seconds says of moments of 29 March 2026, UTC."""
    column = pd.Series(pd.to_datetime([f"2026-03-29 {moment}" for moment in moments]), name="at")
    table = TableVectorizer(cardinality_threshold=40).fit_transform(column.to_frame())
    alone = DatetimeEncoder().fit_transform(column)
    assert table["at_total_seconds"].tolist() == alone["at_total_seconds"].tolist()
    assert str(alone["at_total_seconds"].dtype) == "float32", "CHANGED: the type"
    return alone["at_total_seconds"].tolist()

START = pd.Timestamp("2026-03-29").timestamp()
steps = seconds([f"00:{minute:02}:00" for minute in range(60)])
print("60 minutes are", len(set(steps)), "moments, the first", [s - START for s in steps[:6]])
assert len(set(steps)) < 30, "CHANGED: minutes are told apart"
assert {step % 128 for step in steps} == {0}

starts = [f"00:{minute:02}:00" for minute in range(50)]
ends = [f"00:{minute + 1:02}:30" for minute in range(50)]
lasted = {end - start for start, end in zip(seconds(starts), seconds(ends), strict=True)}
print("repairs of 90 seconds lasted", sorted(lasted))
assert lasted == {0, 128}, "CHANGED: a repair of 90 seconds"
PY
echo "as described"
