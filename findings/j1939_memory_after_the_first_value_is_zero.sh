#!/usr/bin/env bash
# can-j1939 2.0.12. Dm14Query.read(device, ..., object_count, object_byte_size) reads values out of
# a control unit's memory (SAE J1939-73, DM14 to DM16), operating hours or counters of errors, say,
# and returns them as a list of numbers. The list has as many numbers as were asked for, and the
# first one is right. Each further value is cut out of the bytes from its number (not its place) to
# the size of one object (not its own end): of single bytes all but the first are 0, of words the
# second is one byte of the first, and the rest 0. No error and no warning. The bytes themselves
# arrive whole: return_raw_bytes=True gives them, and struct or int.from_bytes the values; and one
# value a call is right.
# Why it matters: counters of 0 look like those of a new machine.
# Seen, a memory of 1 to 6: six bytes [1, 0, 0, 0, 0, 0]; three words [513, 2, 0] for [513, 1027,
# 1541]; raw 010203040506.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet can-j1939==2.0.12 python-can==4.6.1
"$folder/venv/bin/python" - <<'PY'
import time
import j1939
from j1939.memory_access import Dm14Query

PGN = j1939.ParameterGroupNumber.PGN
TOOL, DEVICE, PAUSE = 0xF9, 0x10, 0.1
MEMORY = bytes([1, 2, 3, 4, 5, 6])
READ, PROCEED, COMPLETED = 1, 0, 4

def control_unit(address: int) -> tuple[j1939.ElectronicControlUnit, j1939.ControllerApplication]:
    unit = j1939.ElectronicControlUnit()
    unit.connect(interface="virtual", channel="bench")
    name = j1939.Name(identity_number=address, manufacturer_code=666, function=1)
    application = j1939.ControllerApplication(name, address)
    unit.add_ca(controller_application=application)
    application.start()
    return unit, application

tool_unit, tool = control_unit(TOOL)
device_unit, device = control_unit(DEVICE)

def answer(priority: int, pgn: int, source: int, timestamp: float, data: bytearray) -> None:
    """The device: proceed (DM15), the memory (DM16), completed (DM15)."""
    if pgn != PGN.DM14 or data[1] >> 1 & 7 != READ:
        return
    for group, payload in (
        (PGN.DM15, [data[0], PROCEED << 1 | 1, *[0xFF] * 6]),
        (PGN.DM16, [len(MEMORY), *MEMORY, 0xFF]),
        (PGN.DM15, [0, COMPLETED << 1 | 1, *[0xFF] * 6]),
    ):
        device.send_pgn(0, group >> 8, source, 6, payload)
        time.sleep(PAUSE)

def read(size: int, **options: bool) -> list[int] | bytes:
    told = query.read(
        DEVICE, direct=1, address=0x1000, object_count=6 // size, object_byte_size=size, **options
    )
    time.sleep(3 * PAUSE)
    return told

query = Dm14Query(tool)
device.subscribe(answer)
time.sleep(10 * PAUSE)
raw, octets, words = bytes(read(1, return_raw_bytes=True)), read(1), read(2)
tool_unit.disconnect()
device_unit.disconnect()
print("raw", raw.hex(), "bytes", octets, "words", words)
assert raw == MEMORY
right = [int.from_bytes(MEMORY[at : at + 2], "little") for at in (0, 2, 4)]
assert words[0] == right[0] and len(words) == len(right)
assert octets == [1, 0, 0, 0, 0, 0], "CHANGED: single bytes"
assert words == [513, 2, 0] != right, "CHANGED: words"
PY
echo "as described"
