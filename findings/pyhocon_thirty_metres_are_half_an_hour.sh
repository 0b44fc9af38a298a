#!/usr/bin/env bash
# pyhocon 0.3.63, HOCON, the format of configuration of the JVM's world (Flink, Akka, Play), which
# gateways and pipelines are set up with. An unquoted value that is no number is a text; whether
# "10 s" is a duration is for the program to say, by the method it asks with. One would think that
# a pump's head of 30 m is read as the text "30 m". It is read as 30 minutes as soon as the file is
# read: a whole number with a letter or a word of time behind it becomes a timedelta, and
# get_string, which asks for the text, answers "0:30:00". 30.5 m is a text again, and so are 30 mm
# and "30 m" in quotation marks. No error and no warning.
# Why it matters: a limit in metres is one in minutes; written to a report or a table it is another
# number (1,800 seconds).
# Seen: 30 m is half an hour, 3 h three hours, 5 d five days; 30.5 m, 30 mm, 16 bar and "30 m" are
# texts; get_string of 30 m is 0:30:00.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pyhocon==0.3.63 pyparsing==3.3.3
"$folder/venv/bin/python" -W error - <<'PY'
from datetime import timedelta
from pyhocon import ConfigFactory

pump = ConfigFactory.parse_string("""
head = 30 m
dive = 30.5 m
gap = 30 mm
pressure = 16 bar
quoted = "30 m"
every = 3 h
until = 5 d
""")
for name, value in pump.items():
    print(f"{name}: {value!r}")
texts = {name: value for name, value in pump.items() if isinstance(value, str)}
assert texts == {"dive": "30.5 m", "gap": "30 mm", "pressure": "16 bar", "quoted": "30 m"}
assert pump["every"] == timedelta(hours=3) and pump["until"] == timedelta(days=5)
assert pump["head"] == timedelta(minutes=30), "CHANGED: metres are no minutes"
print("get_string:", pump.get_string("head"))
assert pump.get_string("head") == "0:30:00", "CHANGED: the text is the one that was written"
PY
echo "as described"
