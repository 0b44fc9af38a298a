#!/usr/bin/env bash
# c104 2.2.1, IEC 60870-5-104, by which substations, wind farms and pumping stations are read, a
# server and a client on this machine. Each value has its quality: invalid, not topical,
# substituted and so on, or good. A client makes its points beforehand, by address and type, and
# reads them when it likes. Of a point that the station has not sent one would expect None, or a
# quality that is not good. It has the value 0 and a good quality, and for the time at which it was
# last processed, the one at which the client made it. So is it before the connection, and for ever
# where the station knows no such address: the general interrogation goes well, and a wrong address
# looks like a machine at rest. A value that came as invalid is told as such. So take no value
# before on_receive was called for its point.
# Why it matters: 0 bar or 0 degrees with a good quality is a fault or a machine at rest; it is a
# row of the list of addresses that was mistyped.
# Seen: the point that is sent 85.5, then 90.5 and not good; the one that is not, 0.0, good, with
# the time of its making, throughout.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet c104==2.2.1
"$folder/venv/bin/python" -W error - <<'PY'
from collections.abc import Callable
from socket import socket
from time import monotonic, sleep
import c104

with socket() as free:
    free.bind(("127.0.0.1", 0))
    PORT = free.getsockname()[1]
KIND, HERE = c104.Type.M_ME_NC_1, "127.0.0.1"

def wait_for(holds: Callable[[], bool], what: str) -> None:
    end = monotonic() + 30
    while not holds():
        assert monotonic() < end, f"waited in vain: {what}"
        sleep(0.05)

server = c104.Server(ip=HERE, port=PORT)
measured = server.add_station(common_address=1).add_point(io_address=11, type=KIND)
measured.value = 85.5
server.start()
client = c104.Client()
connection = client.add_connection(ip=HERE, port=PORT)
station = connection.add_station(common_address=1)
sent, mistyped = (station.add_point(io_address=address, type=KIND) for address in (11, 12))
made = mistyped.processed_at

def read() -> tuple[tuple[float, bool], tuple[float, bool]]:
    """Value and whether its quality is good, of both points."""
    return tuple((point.value, point.quality.is_good()) for point in (sent, mistyped))

before = read()
client.start()
try:
    wait_for(lambda: connection.is_connected, "connection")
    wait_for(connection.unmute, "open connection")
    wait_for(lambda: connection.interrogation(common_address=1), "interrogation")
    wait_for(lambda: sent.value == 85.5, "first value")
    asked = read()
    measured.info = c104.ShortInfo(actual=90.5, quality=c104.Quality.Invalid)
    assert measured.transmit(cause=c104.Cot.SPONTANEOUS)
    wait_for(lambda: sent.value == 90.5, "second value")
    later = read()
finally:
    client.stop()
    server.stop()
print("before", before, "interrogated", asked, "later", later)
assert asked[0] == (85.5, True) and later[0] == (90.5, False)
for answers in (before, asked, later):
    assert answers[1] == (0.0, True), "CHANGED: what was not received is not good"
assert before[0] == (0.0, True)
assert mistyped.processed_at == made
PY
echo "as described"
