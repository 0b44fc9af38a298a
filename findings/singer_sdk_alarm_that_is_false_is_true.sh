#!/usr/bin/env bash
# singer-sdk 0.54.9, with which taps of Meltano are written. A tap fits each record to its declared
# schema before it writes it. Where a field is declared boolean, what is not yet one is made one by
# whether it equals the number zero: a text never does. So an alarm that the source gives as
# "false", "0" or as nothing ("") comes out as true, as every CSV file and many an interface give
# it, and the schema of the output is met, so that no target objects. Numbers and a single zero
# byte are right; a text in a field declared integer is left as text, for the target to refuse. No
# error and no warning. One would expect false, or the text as it came. In the same way a duration
# (timedelta) of two hours, declared as text or number, comes out as two o'clock of 1 January 1970.
# Seen: "false", "0", "" and 2 are True, 0 False, "5" in an integer "5"; two hours are
# 1970-01-01T02:00:00+00:00.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet singer-sdk==0.54.9
"$folder/venv/bin/python" - > "$folder/out.txt" 2> "$folder/said.txt" <<'PY'
from datetime import timedelta
from singer_sdk import Stream, Tap
from singer_sdk import typing as th

class Readings(Stream):
    name = "readings"
    schema = th.PropertiesList(
        th.Property("alarm", th.BooleanType),
        th.Property("count", th.IntegerType),
        th.Property("repair", th.StringType),
    ).to_dict()

    def get_records(self, context):
        for alarm in ("false", "0", "", 2, 0):
            yield {"alarm": alarm, "count": "5", "repair": timedelta(hours=2)}

class TapPlant(Tap):
    name = "tap-plant"
    config_jsonschema = th.PropertiesList().to_dict()

    def discover_streams(self):
        return [Readings(self)]

TapPlant(config={}).sync_all()
PY
"$folder/venv/bin/python" - "$folder/out.txt" "$folder/said.txt" <<'PY'
import json
import sys

lines = [json.loads(line) for line in open(sys.argv[1]) if line.startswith("{")]
records = [line["record"] for line in lines if line["type"] == "RECORD"]
alarms = [record["alarm"] for record in records]
print("false, 0, nothing, 2, 0:", alarms, "count", records[0]["count"], records[0]["repair"])
assert alarms[3:] == [True, False]
assert records[0]["count"] == "5"
assert alarms[:3] == [True, True, True], "CHANGED: a text that says false"
assert records[0]["repair"] == "1970-01-01T02:00:00+00:00", "CHANGED: two hours"
said = open(sys.argv[2]).read()
assert "alarm" not in said and "repair" not in said, said
PY
echo "as described"
