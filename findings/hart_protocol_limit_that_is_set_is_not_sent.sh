#!/usr/bin/env bash
# hart-protocol 2023.6.0 makes and reads messages of HART, by which transmitters of pressure, level
# and temperature are set up. common.set_primary_variable_lower_range_value(address, value) takes
# the value that is to be 4 mA. It is not sent: the message is the same for each value, text and
# None included. It is HART's command 37, which carries no data and bids the device take what it
# measures at this moment as its lower range value; setting a value needs another command (35). So
# whoever sets 0 bar on a pipe under 6 bar has a transmitter that tells 4 mA, zero, at 6. And what
# comes back from command 19, the number of the final assembly that was stored, is read from two of
# its three bytes: 74565 is 291, while command 16, the same number read anew, has all three. No
# error and no warning.
# Seen: one message for -100, 0, 20.5 and None, command 37 with 0 bytes of data; number 74565 by
# command 16 74565, by command 19 291.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet hart-protocol==2023.6.0
"$folder/venv/bin/python" -W error - <<'PY'
import io
import hart_protocol
from hart_protocol import common, universal
from hart_protocol.tools import calculate_checksum

ADDRESS, NUMBER = (0x1A0B123456).to_bytes(5, "big"), 74_565

class Line(io.BytesIO):
    """A serial line: how many bytes wait is what is left."""

    @property
    def in_waiting(self) -> int:
        return len(self.getbuffer()) - self.tell()

def answered(command: int, data: bytes) -> object:
    """A device's answer, without an error, as the library reads it."""
    frame = b"\x86" + ADDRESS + bytes([command, len(data) + 2, 0, 0]) + data
    return next(hart_protocol.Unpacker(Line(b"\xff" * 5 + frame + calculate_checksum(frame))))

set_to = {common.set_primary_variable_lower_range_value(ADDRESS, value)
          for value in (-100, 0, 20.5, None)}
print("messages", [message.hex() for message in set_to])
assert len(set_to) == 1, "CHANGED: the value is sent"
(message,) = set_to
assert message[11:13] == bytes([37, 0])

number = NUMBER.to_bytes(3, "big")
assert number in universal.write_final_assembly_number(ADDRESS, NUMBER)
read, written = (answered(command, number).final_assembly_no for command in (16, 19))
print("final assembly: read", read, "written", written)
assert read == NUMBER
assert written == NUMBER >> 8 == 291, "CHANGED: the number of the final assembly"
PY
echo "as described"
