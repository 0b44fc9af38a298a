#!/usr/bin/env bash
# pm4py 2.7.23.11, process mining, here of repair orders: how many working hours lie between a fault
# and its repair. The times are given with their zone, the shifts as 8 to 17 o'clock of the weekdays
# (seconds of the week). One would think that such a time is read off the clock of its zone.
# format_dataframe, which each log goes through, turns all times to UTC, and the shifts are laid
# over that, unsaid. In Berlin in summer a repair from 8 to 16 o'clock took six hours, one from 16
# to 20, of which one hour was worked, took three, and a plant's mean time to repair changes with
# the clocks. pm4py's own BusinessHours, given the two times, is right, and so are times without a
# zone.
# Seen: 6 and 3 hours for 8 and 1; without a zone 8 and 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pm4py==2.7.23.11 "pandas<3" numpy==2.4.6
cd "$folder"
MPLBACKEND=agg OMP_NUM_THREADS=1 venv/bin/python - <<'PY'
import warnings
import pandas as pd
import pm4py
from pm4py.util.business_hours import BusinessHours

HOUR, DAY = 3600, 86400
SHIFTS = [(day * DAY + 8 * HOUR, day * DAY + 17 * HOUR) for day in range(5)]

# A Wednesday.
spans = {
    "day": ("2026-07-01 08:00", "2026-07-01 16:00", 8),
    "evening": ("2026-07-01 16:00", "2026-07-01 20:00", 1),
}

def worked(zone: str | None) -> dict[str, float]:
    """Per repair the working hours from the fault to the repair, by pm4py."""
    found = {}
    for name, (fault, repaired, _) in spans.items():
        log = pd.DataFrame(
            {
                "order": name,
                "what": ["fault", "repaired"],
                "at": pd.DatetimeIndex([fault, repaired], tz=zone),
            }
        )
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            log = pm4py.format_dataframe(
                log, case_id="order", activity_key="what", timestamp_key="at"
            )
            steps, _, _ = pm4py.discover_performance_dfg(
                log, business_hours=True, business_hour_slots=SHIFTS
            )
        texts = [str(warning.message) for warning in told]
        assert not any("zone" in text or "UTC" in text for text in texts), f"CHANGED: {texts}"
        found[name] = float(steps[("fault", "repaired")]["mean"]) / HOUR
    return found

here, bare = worked("Europe/Berlin"), worked(None)
for name, (fault, repaired, hours) in spans.items():
    times = [pd.Timestamp(time, tz="Europe/Berlin").to_pydatetime() for time in (fault, repaired)]
    alone = BusinessHours(*times, business_hour_slots=SHIFTS).get_seconds() / HOUR
    print(f"{name}: {hours} worked; with a zone {here[name]}, without {bare[name]}, alone {alone}")
    assert alone == bare[name] == hours
assert here == {"day": 6, "evening": 3}, "CHANGED: the shifts go by the zone's clock"
PY
echo "as described"
