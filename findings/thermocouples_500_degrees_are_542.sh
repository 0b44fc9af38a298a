#!/usr/bin/env bash
# thermocouples 2.1.2 turns the voltage of a thermocouple into its temperature and back, for the
# eight types of the standard, as it says by the polynomials of NIST. K, E and T are right. N is
# not, in either direction: 500 degrees are read as 542, and -100 as -85. J is right up to 760
# degrees; above, by voltage, it is below absolute zero, and nothing minds. Of S above 1,064 degrees
# and of B the voltage is negative or ten times what it is, though it must rise with the
# temperature. Each type checks whether a value is in its range, so what comes out looks as if it
# had been minded. No error and no warning. There and back again does not give what was put in, by
# which one can tell.
# Why it matters: N, S and B are the types of furnaces and turbines.
# Seen, against the standard's tables: N 16.748 mV 542.1 for 500, J 57.953 mV -2097.8 for 1000; of
# 1500 degrees S -27.98 mV for 15.582, of 1000 B 61.35 for 4.834; K 41.276 mV 1000.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet thermocouples==2.1.2
"$folder/venv/bin/python" -W error - <<'PY'
from thermocouples import get_thermocouple

# Degrees and millivolts of the standard's tables, and what is told for each of them.
CASES = [
    ("K", 1000, 41.276, 1000.0, 41.276),
    ("E", 500, 37.005, 500.0, 37.005),
    ("N", 500, 16.748, 542.06, 16.748),
    ("N", -100, -2.407, None, -1.844),
    ("J", 500, 27.393, 500.0, 27.393),
    ("J", 1000, 57.953, -2097.8, 57.953),
    ("S", 1000, 9.587, None, 9.587),
    ("S", 1500, 15.582, None, -27.978),
    ("B", 1000, 4.834, None, 61.349),
]
for name, degrees, millivolts, read, made in CASES:
    kind = get_thermocouple(name)
    back = kind.volt_to_temp(millivolts / 1000)
    there = 1000 * kind.temp_to_volt(degrees)
    print(name, f"{degrees}: read {back:.1f}; {millivolts} mV: made {there:.3f}")
    assert read is None or abs(back - read) < 0.5, f"CHANGED: {name} reads {degrees}"
    assert abs(there - made) < 0.002, f"CHANGED: {name} makes {millivolts}"

def worst(name: str, low: int, high: int) -> float:
    """By how many degrees there and back again is off at most."""
    kind = get_thermocouple(name)
    every = range(low, high, 10)
    return max(abs(kind.volt_to_temp(kind.temp_to_volt(at)) - at) for at in every)

off = {"K": worst("K", -190, 1300), "N": worst("N", 0, 600), "J": worst("J", 770, 1200)}
print("there and back", off)
assert off["K"] < 0.5
assert off["N"] > 40 and off["J"] > 1000, "CHANGED: N or J"
PY
echo "as described"
