#!/usr/bin/env bash
# can-j1939 2.0.12. Dm22.request_clear_act_dtc and request_clear_pa_dtc ask a control unit to clear
# one fault, named by its parameter (SPN) and its kind (FMI). An SPN has 19 bits: 16 in two bytes,
# and three in the upper bits of the third. These three are taken from bits 27 to 29, where an SPN
# has nothing: they are always 0, so each SPN from 65,536 on is sent without its upper part. The
# numbers that makers keep for their own (516,096 to 524,287) all lie there: the request names
# another fault, below 65,536, and the one meant stays. No error and no warning. DTC in the same
# module, with which faults are received and sent (DM1), has the three bits right, and below 65,536
# the two agree. By hand: (spn >> 11) & 0xE0.
# Seen: to clear 520200 with FMI 3 the message asks for 61448 with FMI 3, 65536 for 0, 524287 for
# 65535; 110 and 65535 are as asked for.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet can-j1939==2.0.12 python-can==4.6.1
"$folder/venv/bin/python" -W error - <<'PY'
from j1939.diagnostic_messages import DTC, Dm22

class Recorder:
    """A controller application that keeps what it is to send."""

    def __init__(self) -> None:
        self.sent: list[list[int]] = []

    def send_pgn(self, page: int, pdu: int, target: int, priority: int, data: list[int]) -> None:
        self.sent.append(data)

def named(octets: bytes) -> tuple[int, int]:
    """SPN and FMI of the three bytes that carry them, in DM1 as in DM22."""
    low, middle, high = octets
    return low | middle << 8 | high >> 5 << 16, high & 0x1F

def asked(spn: int, fmi: int) -> tuple[int, int]:
    recorder = Recorder()
    clearing = Dm22(recorder)
    clearing.request_clear_act_dtc(0x10, spn, fmi)
    clearing.request_clear_pa_dtc(0x10, spn, fmi)
    active, previous = (named(bytes(data[5:8])) for data in recorder.sent)
    assert active == previous
    return active

FMI = 3
numbers = (110, 65_535, 65_536, 516_096, 520_200, 524_287)
for spn in numbers:
    assert named(DTC(spn=spn, fmi=FMI).dtc.to_bytes(4, "little")[:3]) == (spn, FMI)
told = {spn: asked(spn, FMI) for spn in numbers}
print(told)
assert told[110] == (110, FMI) and told[65_535] == (65_535, FMI)
assert told == {spn: (spn & 0xFFFF, FMI) for spn in numbers}, "CHANGED: the upper three bits"
assert told[520_200] == (61_448, FMI)
PY
echo "as described"
