#!/usr/bin/env bash
# hart-protocol 2023.6.0 makes and reads messages of HART, by which transmitters of pressure, level
# and temperature are set up. write_message(address, text) stores up to 32 characters in a device,
# and write_tag_descriptor_date a tag of 8 and a descriptor of 16. HART packs four characters into
# three bytes. The packing stops after eight characters, counted from the end: of a text filled up
# with blanks to 32 the last eight are sent, which are blanks, and the bytes before are 0, which
# reads as "@". The message is gone, of a full one all but the last eight characters, and so is a
# descriptor of up to eight characters. The tag, eight long, is right, so a trial with the tag shows
# nothing. The count of bytes is as it should be, so a device takes it. No error and no warning.
# Why it matters: the descriptor tells which of a hundred like transmitters hangs at which pump, and
# what was stored before is overwritten.
# Seen: message "COOLING PUMP 3" 24 times "@" and 8 blanks; "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345" the
# same with YZ012345 behind; tag "PT-101" right; descriptor "PUMP 3" 8 times "@" and 8 blanks.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet hart-protocol==2023.6.0
"$folder/venv/bin/python" -W error - <<'PY'
from hart_protocol import universal

ADDRESS = (0x1A0B123456).to_bytes(5, "big")
HEADER, MESSAGE, TAG, DESCRIPTOR = 13, 24, 6, 12  # bytes: preamble to count of bytes, and the texts

def read(packed: bytes) -> str:
    """The text of characters of six bits each, in which the codes below 32 are letters."""
    bits = int.from_bytes(packed, "big")
    codes = [bits >> 6 * at & 0x3F for at in range(len(packed) * 8 // 6)][::-1]
    return "".join(chr(code if code & 0x20 else code | 0x40) for code in codes)

def data(request: bytes) -> bytes:
    assert request[12] == len(request) - HEADER - 1, "the count of bytes"
    return request[HEADER:-1]

def message(text: str) -> str:
    packed = data(universal.write_message(ADDRESS, text))
    assert len(packed) == MESSAGE
    return read(packed)

packed = data(universal.write_tag_descriptor_date(ADDRESS, "PT-101", "PUMP 3", (1, 3, 126)))
tag, descriptor = read(packed[:TAG]), read(packed[TAG : TAG + DESCRIPTOR])
short, full = message("COOLING PUMP 3"), message("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345")
print([short, full, tag, descriptor])
assert tag == "PT-101  "
assert short == "@" * 24 + " " * 8, "CHANGED: a message"
assert full == "@" * 24 + "YZ012345", "CHANGED: a message of 32 characters"
assert descriptor == "@" * 8 + " " * 8, "CHANGED: a descriptor"
PY
echo "as described"
