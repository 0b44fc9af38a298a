#!/usr/bin/env bash
# minimalmodbus 2.1.1 reads and writes registers of meters and controllers. write_register(address,
# value, number_of_decimals=2) is documented to multiply the value by 100 before it is sent, as a
# register holds whole numbers: 4.35 is 435. It cuts what a float leaves behind the point instead of
# rounding: 4.35 * 100 is 434.99999999999994, and 434 is sent. Of the 10,000 values from 0.00 to
# 99.99 573 are one hundredth too low, negative ones too high; with three decimals 1.005 is 1004;
# with one decimal all from 0 to 999.9 are right, so trials with 20.5 show nothing. What
# read_register returns for 29, 0.29, is written back as 28. And with no decimals, the default, 20.7
# is sent as 20. No error and no warning. With round(value * 100) and no decimals it is right.
# Seen, through a loop: 4.35 sent as 434, 0.29 as 28, -0.29 as -28, 0.28 as 28; 573 of 10,000 with
# two decimals, 0 of 10,000 with one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet minimalmodbus==2.1.1 pyserial==3.5
"$folder/venv/bin/python" -W error - <<'PY'
import minimalmodbus
import serial

LOOP, ADDRESS, ECHOES = serial.serial_for_url("loop://", timeout=1), 1, 6

class Device(minimalmodbus.Instrument):
    """One on a loop, which answers as function 6 asks for: with what was sent."""

    def sent(self, value: float, decimals: int) -> int:
        """The number in the register after a value was written."""
        self.write_register(0, value, decimals, functioncode=ECHOES, signed=True)
        return self.request[-1]

    def _communicate(self, request: bytes, number_of_bytes_to_read: int) -> bytes:
        self.request.append(int.from_bytes(request[4:6], "big", signed=True))
        return super()._communicate(request, number_of_bytes_to_read)

    def __init__(self) -> None:
        super().__init__(LOOP, ADDRESS)
        self.serial.baudrate = 115_200
        self.request: list[int] = []

device = Device()
few = {value: device.sent(value, 2) for value in (4.35, 0.29, -0.29, 0.28)}
print(few, "1.005:", device.sent(1.005, 3), "20.7:", device.sent(20.7, 0))
assert few == {4.35: 434, 0.29: 28, -0.29: -28, 0.28: 28}, "CHANGED: two decimals"
assert device.sent(1.005, 3) == 1004 and device.sent(20.7, 0) == 20, "CHANGED: decimals are cut"
assert [device.sent(round(value * 100), 0) for value in few] == [435, 29, -29, 28]

def to_register(value: float, decimals: int) -> int:
    octets = minimalmodbus._num_to_two_bytes(value, decimals)
    return int.from_bytes(octets, "big")

wrong = [sum(to_register(n / 10**d, d) == n - 1 for n in range(10_000)) for d in (1, 2)]
right = [sum(to_register(n / 10**d, d) == n for n in range(10_000)) for d in (1, 2)]
print("one lower, with one and two decimals:", wrong)
assert wrong == [0, 573] and right == [10_000, 9_427], "CHANGED: how many are lower"
PY
echo "as described"
