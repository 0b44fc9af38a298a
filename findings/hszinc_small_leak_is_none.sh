#!/usr/bin/env bash
# hszinc 1.3.2 reads and writes Project Haystack's grids, in which buildings and their plant are
# told, in two forms, Zinc and JSON. Zinc keeps each number; JSON writes six places behind the
# point, whatever the size: what is small beside its unit is rounded or 0. And two grids are equal
# to it if their numbers differ by less than a millionth, not of their size but of the unit, so the
# loss is not even seen by who compares what was sent with what came. No error and no warning. So
# send Zinc, or units in which the readings are great (umol/s, uA, um).
# Why it matters: leaks, insulation currents, strain and displacement are such numbers; they are
# read as 0, as sound, until they pass half a millionth of the unit.
# Seen, 0.42, 1.5 and 123.456789 millionths of an ampere: by Zinc kept, by JSON 0, 2 and 123; and
# the grid equals one of 0, 2 and 123.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet hszinc==1.3.2
"$folder/venv/bin/python" -W ignore - <<'PY'
import hszinc

def grid(numbers: list[float]) -> hszinc.Grid:
    made = hszinc.Grid(columns=[("leak", [])])
    made.extend([{"leak": hszinc.Quantity(number, "A")} for number in numbers])
    return made

def send(sent: hszinc.Grid, mode: str) -> hszinc.Grid:
    came = hszinc.parse(hszinc.dump(sent, mode=mode), mode=mode)
    return came[0] if isinstance(came, list) else came

def numbers(of: hszinc.Grid) -> list[float]:
    return [row["leak"].value for row in of]

LEAKS = [4.2e-7, 1.5e-6, 1.23456789e-4]
sent = grid(LEAKS)
zinc, json = send(sent, hszinc.MODE_ZINC), send(sent, hszinc.MODE_JSON)
print("zinc", numbers(zinc))
print("json", numbers(json), "equal to what was sent:", json == sent)
assert numbers(zinc) == LEAKS
assert numbers(json) == [0, 2e-6, 1.23e-4], "CHANGED: JSON keeps the numbers"
assert json == sent, "CHANGED: the loss is seen"
assert grid([1.0]) != grid([1.1])
PY
echo "as described"
