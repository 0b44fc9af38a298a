#!/usr/bin/env bash
# pymeasure 0.16.0, which drives instruments of laboratories and test benches. A control has a
# validator for the value that is to be sent. strict_range refuses a value without a number (NaN)
# with ValueError, as any value out of range. truncated_range, documented to return the value if it
# is in range and the closest of its limits otherwise, takes NaN for less than all: the lower limit
# is sent. truncated_discrete_set takes it for more than all: the greatest value of the set is sent,
# say the highest range. NaN is what a regulator computes from a missing reading, or float("nan") of
# an empty field. strict_discrete_set refuses it, too. No error and no warning, and the command that
# the instrument gets is as good as any.
# Seen: NaN for -40 to 180 degrees -40, sent ":TEMP -40"; for the ranges 1, 10, 100 V 100, sent
# ":RANG 100"; both strict ones ValueError; 500 degrees 180, 20 V 100.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pymeasure==0.16.0
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W error - <<'PY'
import math
from pymeasure.adapters import ProtocolAdapter
from pymeasure.instruments import Instrument
from pymeasure.instruments.validators import (
    strict_discrete_set, strict_range, truncated_discrete_set, truncated_range
)

LIMITS, RANGES = [-40, 180], [1, 10, 100]

class Chamber(Instrument):
    """A climatic chamber with a range of its meter."""

    temperature = Instrument.setting(
        ":TEMP %g", "degrees Celsius", validator=truncated_range, values=LIMITS
    )
    range = Instrument.setting(
        ":RANG %g", "volts", validator=truncated_discrete_set, values=RANGES
    )

def refused(validator: object, values: list[int]) -> bool:
    try:
        validator(math.nan, values)
    except ValueError:
        return True
    return False

def sent(name: str, command: bytes) -> bool:
    """Whether a NaN makes just this command: the adapter raises an error for another."""
    adapter = ProtocolAdapter([(command, None)])
    setattr(Chamber(adapter, "chamber", includeSCPI=False), name, math.nan)
    return not adapter.comm_pairs[adapter._index:]

told = truncated_range(math.nan, LIMITS), truncated_discrete_set(math.nan, RANGES)
print(told)
assert truncated_range(500, LIMITS) == 180 and truncated_discrete_set(20, RANGES) == 100
assert refused(strict_range, LIMITS) and refused(strict_discrete_set, RANGES)
assert told[0] == -40 and sent("temperature", b":TEMP -40"), "CHANGED: a value out of a range"
assert told[1] == 100 and sent("range", b":RANG 100"), "CHANGED: a value of a set"
PY
echo "as described"
