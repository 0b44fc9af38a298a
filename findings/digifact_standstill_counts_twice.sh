#!/usr/bin/env bash
# digifact 0.1.1, key figures of production. Overall effectiveness (OEE) is availability times
# performance times quality, and what is lost is lost once: availability is the share of the time in
# which the machine ran, and performance how fast it was while it ran. digifact takes what was made
# by what could be made in the whole time, standstills included, for the performance, and multiplies
# it by the availability again. A machine that ran at full speed for half of the time has a
# performance of 50 % and an OEE of 25 %. get_production_efficiency, good pieces by the ideal, which
# OEE is another name for, says 50 %. No error, no warning; the description has the usual formula.
# And failures are per hour only if the times were in minutes, which no argument says.
# Why it matters: the line that stands most is blamed for being slow, and its rank among the lines
# is wrong.
# Seen, 480 minutes, 240 of them down, 100 pieces ideal, 50 made, all good: availability 50,
# performance 50, OEE 25, efficiency 50; failure frequency, times in hours, 60 times too high.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet digifact==0.1.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PY'
from digifact import ProductionMetrics

def line(hour: float) -> ProductionMetrics:
    """Eight hours, half of them down, at full speed else; an hour in the unit of time."""
    return ProductionMetrics(
        total_time=8 * hour, ideal_production=100, actual_count=50, total_count=50,
        fault_count=2, total_downtime=4 * hour, total_uptime=4 * hour,
    )

minutes, hours = line(60), line(1)
shares = minutes.calculate_oee()
print(shares, "efficiency", minutes.get_production_efficiency())
print("failures an hour", minutes.get_failure_frequency(), hours.get_failure_frequency())
assert shares["availability"] == 50 and shares["quality"] == 100
assert minutes.get_production_efficiency() == 50
assert shares["performance"] == 50, "CHANGED: performance at full speed"
assert shares["oee"] == 25, "CHANGED: effectiveness"
assert (minutes.get_failure_frequency(), hours.get_failure_frequency()) == (0.25, 15)
PY
echo "as described"
