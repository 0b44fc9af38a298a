#!/usr/bin/env bash
# python-can 4.6.1 writes and reads TRC, the log of PEAK's CAN tools, one of its many forms of a log;
# a message carries the channel, the bus that it came from. TRC counts buses from 1, python-can from
# 0, and the writer adds the one. The reader does not take it off. So what was on bus 0 is read as
# bus 1, and each time a log is read and written again, to cut or merge it, all moves on by one: the
# messages of bus 0 are then under the number that bus 1 had, where the same number stands for
# another sensor. No error and no warning. In ASC, BLF and MF4 the channel comes back as it was.
# Seen, messages on buses 0 and 1: from TRC 1 and 2, from the third copy 3 and 4.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet python-can==4.6.1
"$folder/venv/bin/python" -W error - "$folder" <<'PY'
import sys
import can

MESSAGES = [
    can.Message(1e9 + bus, arbitration_id=0x100, is_extended_id=False, data=[bus], channel=bus)
    for bus in (0, 1)
]

def copied(messages: list[can.Message], form: str) -> list[can.Message]:
    name = f"{sys.argv[1]}/log.{form}"
    with can.Logger(name) as log:
        for message in messages:
            log(message)
    with can.LogReader(name) as log:
        return list(log)

def buses(messages: list[can.Message]) -> list[int]:
    assert [bytes(message.data) for message in messages] == [b"\0", b"\1"]
    return [message.channel for message in messages]

for form in ("asc", "blf"):
    print(form, buses(copied(MESSAGES, form)))
    assert buses(copied(MESSAGES, form)) == [0, 1]
seen, log = [], MESSAGES
for _ in range(3):
    log = copied(log, "trc")
    seen.append(buses(log))
print("trc", seen)
assert seen == [[1, 2], [2, 3], [3, 4]], "CHANGED: the bus of a copy"
PY
echo "as described"
