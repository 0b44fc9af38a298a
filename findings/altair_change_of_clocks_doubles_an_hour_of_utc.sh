#!/usr/bin/env bash
# altair 6.3.0, charts for a browser, drawn here without one by vl-convert-python 1.9.0.post1. A
# warehouse's times are UTC and without a zone, and altair writes them into the chart as
# 2026-03-29T02:00:00, again without one. One would think that such a time is drawn as it is
# written, wherever it is looked at. The browser reads it as a time of its own zone, where that hour
# is left out on the night of the change of the clocks: in Berlin the readings of 02:00 to 03:00 are
# drawn, counted and summed as ones of 03:00 to 04:00. A chart of readings an hour shows a gap of an
# hour and twice as many after it, as a logger that fell silent and caught up, each spring, and only
# to who looks at it from such a zone. A server in UTC draws it right, so a test does not find it.
# tz_localize("UTC") with utcyearmonthdatehours in place of yearmonthdatehours is right everywhere.
# Seen, 12 readings an hour from 00:00 to 05:59: in UTC and Chicago 12 in each of 6 hours; in Berlin
# 5 hours, 02:00 missing and 24 at 03:00.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    altair==6.3.0 vl-convert-python==1.9.0.post1 numpy==2.4.6 "pandas<3"
cat >"$folder/draw.py" <<'PY'
import json
import re
import sys
import altair
import pandas as pd
import vl_convert

hours, zone = sys.argv[1:]
times = pd.date_range("2026-03-29", periods=72, freq="5min", tz=zone or None)
chart = altair.Chart(pd.DataFrame({"at": times})).mark_bar().encode(x=f"{hours}(at):T", y="count()")
drawn = vl_convert.vegalite_to_svg(chart.to_dict())
# Each bar tells in words what it shows.
bars = re.findall(r"29, 2026,? (\d\d):00[^;\"]*; Count of Records: (\d+)", drawn)
print(json.dumps({int(hour): int(count) for hour, count in bars}))
PY
draw() { # the reader's zone, the unit of time, the zone of the readings
    TZ=$1 "$folder/venv/bin/python" "$folder/draw.py" "$2" "$3"
}
whole='{"0": 12, "1": 12, "2": 12, "3": 12, "4": 12, "5": 12}'
shifted='{"0": 12, "1": 12, "3": 24, "4": 12, "5": 12}'
expect() {
    echo "$2: $1"
    if [ "$1" != "$3" ]; then
        echo "CHANGED: $2"
        exit 1
    fi
}
expect "$(draw UTC yearmonthdatehours '')" "read in UTC" "$whole"
expect "$(draw America/Chicago yearmonthdatehours '')" "read in Chicago" "$whole"
expect "$(draw Europe/Berlin yearmonthdatehours '')" "read in Berlin" "$shifted"
expect "$(draw Europe/Berlin utcyearmonthdatehours UTC)" "read in Berlin, as UTC" "$whole"
echo "as described"
