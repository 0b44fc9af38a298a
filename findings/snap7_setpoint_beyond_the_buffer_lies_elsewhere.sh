#!/usr/bin/env bash
# python-snap7 3.3.0 talks to Siemens' controllers. A part of a data block is a bytearray; set_int,
# set_real and their peers put a value at an offset of it, and the whole is written back by its
# length. One would think that an offset outside of it is refused, as set_bool, set_usint and
# set_lreal do refuse it. The others append: the value stands right behind the buffer, wherever it
# was to stand, and the buffer becomes longer. So a setpoint for byte 20 of a part of 8 bytes is
# written to byte 8, and to whatever the controller has there; a real that begins at byte 6 takes
# two bytes of the next variable along. And with an offset below 0 the buffer can shrink or grow,
# and all that follows it moves. A bytes buffer of another kind, memoryview, refuses. No error and
# no warning; what is read back from the buffer at byte 8 agrees with nothing.
# Why it matters: an offset that is counted from the block's start, not from the part that was read,
# is an easy slip, and it sets another machine part's limit.
# Seen: set_int at 20 of 8 bytes: 10 bytes, the value at 8; set_real at 6: 10 bytes; set_bool,
# set_usint at 8 IndexError, set_lreal struct.error; a memoryview ValueError.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet python-snap7==3.3.0
"$folder/venv/bin/python" -W error - <<'PY'
import struct
from snap7 import util

def part() -> bytearray:
    """8 bytes of a data block: four limits of 16 bits."""
    return bytearray(struct.pack(">4h", 10, 20, 30, 40))

inside = part()
util.set_int(inside, 6, 41)
assert struct.unpack(">4h", inside) == (10, 20, 30, 41)

for setter, value in ((util.set_int, 55), (util.set_word, 55), (util.set_dint, 55)):
    far, near = part(), part()
    setter(far, 20, value)
    setter(near, 8, value)
    print(setter.__name__, "at byte 20:", far.hex(" ", 2), len(far), "bytes")
    assert far == near != part() and len(far) > 8, "CHANGED: an offset beyond the buffer"
real = part()
util.set_real(real, 6, 55.0)
print("set_real at byte 6:", real.hex(" ", 2))
assert len(real) == 10 and util.get_real(real, 6) == 55.0, "CHANGED: a value across the end"

refusals = (
    (lambda: util.set_bool(part(), 8, 0, True), IndexError),
    (lambda: util.set_usint(part(), 8, 55), IndexError),
    (lambda: util.set_lreal(part(), 8, 55.0), struct.error),
    (lambda: util.set_int(memoryview(part()), 20, 55), ValueError),
)
for attempt, refusal in refusals:
    try:
        attempt()
    except refusal:
        continue
    raise AssertionError("CHANGED: a peer takes what is beyond the buffer")
PY
echo "as described"
