#!/usr/bin/env bash
# statsforecast 2.1.1 and mlforecast 1.1.0, two libraries of one house, with the same table (machine,
# time, value) and the same freq="h". One would think that freq and the times say which hour a
# value belongs to. statsforecast counts rows: where a machine was silent for some hours, the season
# of 24 is 24 rows, and the forecast is of other hours than it is dated with, by the length of the
# gap until the season is whole again. freq only dates the rows it gives. No error and no warning.
# mlforecast refuses the same table, and fill_gaps of utilsforecast makes it whole.
# Seen, a series that is its own hour, five hours missing on the last day: the forecast for 00:00 is
# 19, for 01:00 20 ... for 05:00 0; without the gap 0, 1 ... 5.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    statsforecast==2.1.1 mlforecast==1.1.0 scikit-learn==1.9.1 numpy==2.4.6 "pandas<3"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PY'
import warnings
import pandas as pd
from mlforecast import MLForecast
from sklearn.linear_model import LinearRegression
from statsforecast import StatsForecast
from statsforecast.models import SeasonalNaive

hours = pd.date_range("2026-03-01", periods=72, freq="h")
whole = pd.DataFrame({"unique_id": "oven", "ds": hours, "y": hours.hour.astype(float)})
gap = whole[~whole["ds"].between("2026-03-03 02:00", "2026-03-03 06:00")]

def forecast(series: pd.DataFrame) -> dict[int, int]:
    """The hour of the day that a value is dated with, and the one that it is of."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        rows = StatsForecast([SeasonalNaive(24)], freq="h").forecast(df=series, h=6)
    about = [str(warning.message) for warning in told]
    assert not any("gap" in text or "missing" in text for text in about), f"CHANGED: {about}"
    return {time.hour: int(value) for time, value in zip(rows["ds"], rows["SeasonalNaive"])}

print("whole", forecast(whole))
print("gap", forecast(gap))
assert forecast(whole) == {hour: hour for hour in range(6)}
assert forecast(gap) == {0: 19, 1: 20, 2: 21, 3: 22, 4: 23, 5: 0}, "CHANGED: it goes by the time"
try:
    MLForecast(LinearRegression(), freq="h", lags=[24]).preprocess(gap)
except ValueError as error:
    print("mlforecast:", str(error).splitlines()[0])
    assert "missing or duplicate timestamps" in str(error)
else:
    raise SystemExit("CHANGED: mlforecast takes a gap")
PY
echo "as described"
