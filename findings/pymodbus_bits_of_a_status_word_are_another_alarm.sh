#!/usr/bin/env bash
# pymodbus 3.16.1, clients for Modbus, by which most drives, pumps and meters are read. Their alarms
# come as bits of a register, and their manuals count bits from 0, the one that counts 1. For
# registers pymodbus has convert_from_registers, with the data type BITS; as it gives a list, one
# would think that place n is bit n, as pyModbusTCP's get_bits_from_int has it and as `register >> n
# & 1` does, or that the list is turned round as a whole. It unpacks the two bytes one after the
# other, the high one first, each from its lowest bit on: places 0 to 7 are bits 8 to 15, and 8 to
# 15 are bits 0 to 7. So alarm 0 is told as alarm 8, with no error. convert_to_registers does the
# same the other way, so who writes a word and reads it back sees nothing; the device sees another
# command. For 16-bit numbers the same functions have the right order. It has been known as an issue
# since 2025. So swap the halves, or shift the number oneself.
# Why it matters: "bearing hot" is told as another alarm, or as none where bits 8 to 15 are spare.
# Seen, bits 0 and 2 (the word 5): places 8 and 10; pyModbusTCP 0 and 2. Setting the first of 16
# writes 256.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pymodbus==3.16.1 pyModbusTCP==0.3.1
"$folder/venv/bin/python" -W error - <<'PY'
from pymodbus.client.mixin import ModbusClientMixin
from pyModbusTCP.utils import get_bits_from_int

TYPES = ModbusClientMixin.DATATYPE

def places(bits: list[bool]) -> list[int]:
    return [place for place, bit in enumerate(bits) if bit]

def bits_of(word: int) -> list[int]:
    """The bits that are set, counted from the one that counts 1."""
    return [bit for bit in range(16) if word >> bit & 1]

for word in (1, 5, 0x0100, 0x8001):
    told = places(ModbusClientMixin.convert_from_registers([word], TYPES.BITS))
    print(f"0x{word:04X}: bits {bits_of(word)}, told {told}")
    assert places(get_bits_from_int(word, 16)) == bits_of(word)
    assert told == sorted((bit + 8) % 16 for bit in bits_of(word)), "CHANGED: place n is bit n"
    assert ModbusClientMixin.convert_from_registers([word], TYPES.UINT16) == word

first = [True] + [False] * 15
written = ModbusClientMixin.convert_to_registers(list(first), TYPES.BITS)
print("written", written)
assert written == [256], "CHANGED: the first bit is the lowest"
assert ModbusClientMixin.convert_from_registers(written, TYPES.BITS) == first
PY
echo "as described"
