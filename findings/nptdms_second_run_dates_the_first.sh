#!/usr/bin/env bash
# npTDMS 1.13.0, for TDMS, the file of National Instruments' measurement devices. Of a waveform the
# file tells the start and the time between two samples, as properties of the channel. Who measures
# twice into one file writes them again with the second run, and the reader keeps the last ones.
# time_track and as_dataframe count all samples of the channel from that one start: the first run is
# dated to the hour of the second, the second one later than it was, with no gap between, and no
# warning. The start of the first run lies in the file still, but is not among the properties that are
# read. So one file per run, or a channel that holds the times.
# Seen, 3 s at 06:00 and 3 s at 12:00: told as 12:00:00 to 12:00:05.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet npTDMS==1.13.0 numpy==2.4.6 "pandas<3"
cd "$folder"
venv/bin/python -W error - <<'PY'
from datetime import datetime
import numpy as np
from nptdms import ChannelObject, TdmsFile, TdmsWriter

RUNS = ((datetime(2026, 3, 1, 6), [1.0, 2.0, 3.0]), (datetime(2026, 3, 1, 12), [7.0, 8.0, 9.0]))

def write(path: str, runs: tuple) -> None:
    for number, (start, samples) in enumerate(runs):
        waveform = {"wf_start_time": start, "wf_increment": 1.0, "wf_start_offset": 0.0}
        with TdmsWriter(path, mode="a" if number else "w") as file:
            file.write_segment(
                [ChannelObject("pump", "vibration", np.array(samples), properties=waveform)]
            )

def read(path: str) -> dict[str, float]:
    table = TdmsFile.read(path).as_dataframe(time_index=True, absolute_time=True)
    return {f"{time:%H:%M:%S}": value for time, value in table.iloc[:, 0].items()}

write("both.tdms", RUNS)
write("first.tdms", RUNS[:1])
both, first = read("both.tdms"), read("first.tdms")
print("first alone", first)
print("both", both)
assert first == {"06:00:00": 1, "06:00:01": 2, "06:00:02": 3}
assert both == {f"12:00:0{second}": value for second, value in enumerate([1, 2, 3, 7, 8, 9])}, (
    "CHANGED: each run has its own times"
)
PY
echo "as described"
