#!/usr/bin/env bash
# influxdb-client 1.50.0, the client of InfluxDB 2. write(record=frame) writes a table of pandas,
# and dates each row by its index. In a table as it comes from a file or a query the time is a
# column, and the index counts 0, 1, 2. One would expect an error then, or rows without a time of
# their own, which the server dates with now, as it does with a Point that was given no time. The
# count is taken for nanoseconds, or for seconds with write_precision="s", since 1970: the rows of a
# day are written into the first microseconds of 1 January 1970, and the true time goes along as one
# more number or text among the readings. No error and no warning. What is written next in the same
# way begins at 0 again and takes the place of the first rows, reading by reading. The code has a
# remark that this is hardly what anyone wants; the documentation's examples have times as index. So
# set the index, or name the column (data_frame_timestamp_column).
# Why it matters: a chart of the last day stays empty, and of each batch only the last is left.
# Seen, two readings of 1 March 2026 and two of 2 March: both batches dated 0 and 1 ns of 1970 (0
# and 1 s in seconds), the column time beside them; with data_frame_timestamp_column as they should
# be. A Point without a time has none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet influxdb-client==1.50.0 pandas==3.1.1
"$folder/venv/bin/python" -W error - <<'PY'
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
import pandas as pd
from influxdb_client import InfluxDBClient, Point
from influxdb_client.client.write_api import SYNCHRONOUS

class Server(BaseHTTPRequestHandler):
    """Takes what is written and keeps its lines."""

    came: list[str] = []

    def do_POST(self) -> None:
        Server.came = self.rfile.read(int(self.headers["Content-Length"])).decode().splitlines()
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

server = HTTPServer(("127.0.0.1", 0), Server)
Thread(target=server.serve_forever, daemon=True).start()
client = InfluxDBClient(url=f"http://127.0.0.1:{server.server_port}", token="none", org="plant")

def written(record: object, **options: str) -> list[str]:
    """The lines that the server gets."""
    with client.write_api(write_options=SYNCHRONOUS) as api:
        api.write(bucket="pumps", record=record, **options)
    return Server.came

def lines(day: str, **options: str) -> list[str]:
    """What is sent for two readings of the day."""
    frame = pd.DataFrame({
        "time": pd.to_datetime([f"{day} 08:00", f"{day} 09:00"]),
        "celsius": [61.5, 62.5],
    })
    return written(frame, data_frame_measurement_name="pump", **options)

def times(sent: list[str]) -> list[int]:
    return [int(line.rsplit(" ", 1)[1]) for line in sent]

first, second = lines("2026-03-01"), lines("2026-03-02")
print(first)
assert times(first) == times(second) == [0, 1], "CHANGED: a count is no time"
assert all("celsius=6" in line and "time=" in line for line in first)
assert times(lines("2026-03-01", write_precision="s")) == [0, 1], "CHANGED: a count is no time"
named = lines("2026-03-01", data_frame_timestamp_column="time")
print(named)
eight = pd.Timestamp("2026-03-01 08:00", tz="UTC").timestamp()
assert times(named) == [int(eight) * 10**9, int(eight + 3600) * 10**9]
assert written(Point("pump").field("celsius", 61.5)) == ["pump celsius=61.5"]
server.shutdown()
server.server_close()
PY
echo "as described"
