#!/usr/bin/env bash
# pyMeterBus 0.8.5 reads the telegrams of heat, water and energy meters (M-Bus, EN 13757-3). Numbers
# come mostly as BCD, one decimal digit in four bits. What the bits hold beyond 9 is no digit: F in
# front is a minus, and the rest signals an error or what the meter has on its display, as EEEE
# where a sensor is broken. One would expect no value then, or an error. Of each pair of digits that
# is not one the first is taken as 0 and the second as its number, so E counts 14 or nothing: a
# temperature of EEEE is read as 141.4 degrees, a volume of EEEEEEEE as 14141.414 m3, and a single
# wrong digit is passed over or carried into the next one. F throughout is -151.5. The record has no
# mark of it, and nothing is raised or logged. The clock's mark "time not valid" (the top bit of the
# minutes) is lost as well.
# Why it matters: 141.4 lies among the temperatures of a hot pipe, and a flow that cannot be
# measured is drawn as one that is.
# Seen, flow temperatures: 0321 is 32.1, F321 -32.1, EEEE 141.4, BBBB 111.1, B321 32.1, 032E 33.4.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pyMeterBus==0.8.5
"$folder/venv/bin/python" -W ignore - <<'PY'
import json
import logging
import meterbus

class Refused(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        raise AssertionError("CHANGED: something is logged")

logging.getLogger().addHandler(Refused())

def read(record: str) -> dict[str, object]:
    """The one record of a meter's answer, as the library tells it."""
    head = bytes.fromhex("7856341224400104") + bytes(4)  # number, maker, version, heat, no fault
    body = bytes([0x08, 0x01, 0x72]) + head + bytes.fromhex(record)
    size = bytes([0x68, len(body), len(body), 0x68])
    telegram = meterbus.load(size + body + bytes([sum(body) % 256, 0x16]))
    (only,) = telegram.records
    return json.loads(only.to_JSON())

def temperature(digits: str) -> float:
    """The flow temperature (two bytes of BCD, tenths of a degree, the low byte first)."""
    told = read("0A5A" + digits[2:] + digits[:2])
    assert (told["type"], told["function"]) == (
        "VIFUnit.FLOW_TEMPERATURE", "FunctionType.INSTANTANEOUS_VALUE"
    )
    return round(told["value"], 6)

told = {digits: temperature(digits) for digits in (
    "0321", "F321", "EEEE", "BBBB", "B321", "032E", "FFFF"
)}
print(told)
assert (told["0321"], told["F321"]) == (32.1, -32.1)
wrong = (told["EEEE"], told["BBBB"], told["B321"], told["032E"], told["FFFF"])
print(wrong)
assert wrong == (141.4, 111.1, 32.1, 33.4, -151.5), "CHANGED: an error is told"
volume = read("0C13" + "EE" * 4)
assert round(volume["value"], 6) == 14141.414 and volume["type"] == "VIFUnit.VOLUME"
clocks = [read("046D" + minutes + "081C3A")["value"] for minutes in ("00", "80")]
print(clocks)
assert clocks == ["2024-10-28T08:00"] * 2, "CHANGED: a time that is not valid is told"
PY
echo "as described"
