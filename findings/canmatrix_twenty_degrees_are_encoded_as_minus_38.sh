#!/usr/bin/env bash
# canmatrix 1.3.3 reads descriptions of CAN messages (DBC and others) and encodes and decodes by
# them. A signal has a factor and an offset, by which the whole number on the bus becomes a value in
# its unit. decode tells both, phys_value and raw_value. Of encode the documentation says that its
# data are the values to pack; one would think those in the unit, as cantools, its peer, takes them,
# and as the limits in the description are. They are taken as whole numbers on the bus, and cut to
# whole: 21.5 degrees with 0.1 a step from -40 on are sent as 21, which is -37.9 degrees. What is
# below 0 fills the bits of an unsigned signal, so 40 degrees of frost are 6,509 above. Neither
# limit is looked at; a name that is misspelt is passed over, and what is not given is sent as 0,
# -40 degrees. No error, no warning. With phys2raw of the signal first it is right.
# Why it matters: what the bus is told are setpoints, and all of them look like numbers of a sensor.
# Seen, in and out again: 21.5 -37.9, -40 6509.6, 215 -18.5, by the wrong name or none -40.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet canmatrix==1.3.3 cantools==45.1.0
"$folder/venv/bin/python" -W error - <<'PY'
import io
import logging
from math import isclose
import canmatrix.formats
import cantools

class Refused(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        raise AssertionError(f"CHANGED: logged, {record.getMessage()}")

logging.getLogger().addHandler(Refused())
DESCRIPTION = """VERSION ""

BU_: Oven

BO_ 256 Setpoints: 8 Oven
 SG_ Heat : 0|16@1+ (0.1,-40) [-40|215] "degC" Oven

"""
peer = cantools.database.load_string(DESCRIPTION, "dbc").get_message_by_name("Setpoints")
ours = canmatrix.formats.load_flat(io.BytesIO(DESCRIPTION.encode()), "dbc").frames[0]
signal = ours.signals[0]
assert (float(signal.factor), float(signal.offset), float(signal.max)) == (0.1, -40, 215)

def told(values: dict[str, float]) -> float:
    """What is read from the message of these values, by canmatrix as by cantools."""
    sent = ours.encode(values)
    read = float(ours.decode(sent)["Heat"].phys_value)
    assert isclose(read, peer.decode(sent)["Heat"], abs_tol=1e-9)
    return read

by_peer = peer.encode({"Heat": 21.5})
assert isclose(float(ours.decode(by_peer)["Heat"].phys_value), 21.5)
assert isclose(told({"Heat": int(signal.phys2raw(21.5))}), 21.5)
for degrees, wrong in ((21.5, -37.9), (-40, 6509.6), (215, -18.5), (300, -10)):
    print(f"{degrees} degrees are sent as {told({'Heat': degrees})}")
    assert isclose(told({"Heat": degrees}), wrong, abs_tol=1e-9), f"CHANGED: {degrees}"
assert told({"Heta": 21.5}) == told({}) == -40, "CHANGED: a name that is none"
PY
echo "as described"
