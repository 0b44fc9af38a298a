#!/usr/bin/env bash
# bokeh 3.9.2, charts for a browser. Readings in a column of pandas with a zone are drawn at their
# moment, by UTC, and so is a Timestamp. Python's own datetime with a zone, the same moment and
# equal to it, is drawn at what its clock showed, the zone struck off. So whoever draws the
# readings of a frame and marks in the chart when the machine failed, by the datetime a database
# gave, has the mark an hour or two late. A list of datetimes is drawn by the clock as well, and
# where the clocks go back its hours lie on each other. One would think that a zone is heeded or
# refused. No error; a warning only where such datetimes come in an array. Give astimezone(UTC) or
# a Timestamp.
# Seen, 10:00 in Berlin in March (9:00 UTC), in the document that is sent to the browser: column
# and Timestamp 9:00, datetime as Span or in a list 10:00; 2:30 before and after the clocks go
# back: one place.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet bokeh==3.9.2 pandas==3.1.1 numpy==2.4.6
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import datetime, timezone
from zoneinfo import ZoneInfo
import pandas as pd
from bokeh.core.serialization import Deserializer, Serializer
from bokeh.models import ColumnDataSource, Span

BERLIN = ZoneInfo("Europe/Berlin")
FAILED = datetime(2026, 3, 2, 10, tzinfo=BERLIN)

def drawn(source: ColumnDataSource | Span, name: str) -> list[datetime]:
    """The times that a browser gets of a column or of a mark, by UTC."""
    entries = Serializer().encode(source)["attributes"]
    sent = dict(entries["data"]["entries"])[name] if "data" in entries else [entries[name]]
    values = Deserializer().deserialize(sent)
    return [datetime.fromtimestamp(float(value) / 1000, timezone.utc) for value in values]

readings = pd.DataFrame({"at": [FAILED]})
assert readings["at"].iloc[0] == FAILED
(column,) = drawn(ColumnDataSource({"at": readings["at"]}), "at")
(listed,) = drawn(ColumnDataSource({"at": [FAILED]}), "at")
(stamp,) = drawn(Span(location=pd.Timestamp(FAILED), dimension="height"), "location")
(mark,) = drawn(Span(location=FAILED, dimension="height"), "location")
for name, time in (("column", column), ("Timestamp", stamp), ("Span", mark), ("list", listed)):
    print(f"{name}: {time:%H:%M} UTC")
assert column == stamp == FAILED
assert mark == listed == FAILED.replace(tzinfo=timezone.utc), "CHANGED: a datetime with a zone"

back = [datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=fold) for fold in (0, 1)]
first, second = drawn(ColumnDataSource({"at": back}), "at")
print("clocks go back:", first, second)
assert first == second, "CHANGED: the two hours"
PY
echo "as described"
