#!/usr/bin/env bash
# python-can 4.6.1 and ASC, the text log of Vector's CAN tools. Its header says how times are
# written: "timestamps absolute", since the start of the measurement, or "timestamps relative",
# since the event before. python-can reads the word, keeps it as timestamps_format and does nothing
# with it: of a relative log each gap between two messages is given as the time of the message.
# Times go back and forth, a drive of an hour lies within the longest gap, and what is sorted by
# time is shuffled; asc2log of can-utils adds the gaps up. relative_timestamp=False, which sounds
# like the cure, is about something else: it adds the date of the header to the same gaps. No error
# and no warning. So add them up where timestamps_format is "relative".
# Why it matters: durations, rates and orders of events before a failure come from these times.
# Seen, messages at 0, 2, 2.5 and 12.5 s: told as 0, 2, 0.5 and 10 s.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet python-can==4.6.1
cd "$folder"
TZ=UTC venv/bin/python -W error - <<'PY'
from datetime import datetime, timezone
from itertools import pairwise
from pathlib import Path
from can import ASCReader

TIMES = (0.0, 2.0, 2.5, 12.5)
START = datetime(2026, 3, 1, 6, tzinfo=timezone.utc).timestamp()

def write(name: str, times: list[float]) -> None:
    header = [
        "date Sun Mar 1 06:00:00.000 am 2026",
        f"base hex  timestamps {name}",
        "no internal events logged",
    ]
    rows = [f"{time:11.6f} 1  100  Rx  d 1 {row:02X}" for row, time in enumerate(times)]
    Path(f"{name}.asc").write_text("\n".join([*header, *rows, ""]))

def read(name: str, **options: bool) -> list[float]:
    with ASCReader(f"{name}.asc", **options) as log:
        messages = list(log)
        assert log.timestamps_format == name
    assert [message.data[0] for message in messages] == [0, 1, 2, 3]
    return [message.timestamp for message in messages]

write("absolute", list(TIMES))
write("relative", [0.0, *(after - before for before, after in pairwise(TIMES))])
absolute, relative = read("absolute"), read("relative")
dated = [time - START for time in read("relative", relative_timestamp=False)]
print("absolute", absolute)
print("relative", relative, "and with the date", dated)
assert absolute == list(TIMES)
assert relative == [0.0, 2.0, 0.5, 10.0], "CHANGED: the gaps are added up"
assert dated == relative, "CHANGED: relative_timestamp=False adds the gaps up"
PY
echo "as described"
