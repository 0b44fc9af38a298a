#!/usr/bin/env bash
# senml 0.1.0 and kpn-senml 1.0.1, two libraries for SenML (RFC 8428), the list of measurements that
# gateways send. A base, of name, time, unit or value, holds for its record and all after it until
# the next one (section 4.1), so a gateway strings the lists of its machines together. senml takes
# the base of the first record for all: a later machine's readings get the name and the time of the
# first machine, with no warning. kpn-senml tells the machines apart, but reads no times and no
# units: its record has fields for both, and they stay empty. So read the list by a loop that
# carries the bases.
# Why it matters: an overheated press is booked on a healthy pump, an hour early.
# Seen, pump 40 and 41 at 06:00 and 06:01, press 90 and 95 at 07:00 and 07:01: by senml all four are
# the pump's, at 06:00, 06:01, 06:00 and 06:01; by kpn-senml at no time.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet senml==0.1.0 kpn-senml==1.0.1
"$folder/venv/bin/python" -W error - <<'PY'
import json
from kpn_senml import SenmlPack
from senml import SenMLDocument

SIX, SEVEN = 1772344800, 1772348400
RECORDS = [
    {"bn": "pump:", "bt": SIX, "bu": "Cel", "n": "bearing", "v": 40},
    {"n": "bearing", "t": 60, "v": 41},
    {"bn": "press:", "bt": SEVEN, "n": "bearing", "v": 90},
    {"n": "bearing", "t": 60, "v": 95},
]

def resolve(records: list[dict]) -> list[tuple]:
    """(name, time, value) as in RFC 8428."""
    base, resolved = {}, []
    for record in records:
        base |= {key: record[key] for key in ("bn", "bt") if key in record}
        time = base["bt"] + record.get("t", 0)
        resolved.append((base["bn"] + record["n"], time, record["v"]))
    return resolved

def by_senml(records: list[dict]) -> list[tuple]:
    document = SenMLDocument.from_json(records)
    absolute = [record.to_absolute(document.base) for record in document.measurements]
    return [(record.name, record.time, record.value) for record in absolute]

def by_kpn(records: list[dict]) -> list[tuple]:
    taken = []
    pack = SenmlPack("gateway")
    pack.actuate = lambda record, device: taken.append(
        (device.name + record.name, record.time, record.value, record.unit)
    )
    pack.from_json(json.dumps(records))
    return taken

right, senml, kpn = resolve(RECORDS), by_senml(RECORDS), by_kpn(RECORDS)
print("RFC 8428 ", right)
print("senml    ", senml)
print("kpn-senml", kpn)
assert by_senml(RECORDS[:2]) == right[:2] and by_senml(RECORDS[2:]) == right[2:]
assert senml == [
    ("pump:bearing", SIX, 40),
    ("pump:bearing", SIX + 60, 41),
    ("pump:bearing", SIX, 90),
    ("pump:bearing", SIX + 60, 95),
], "CHANGED: senml follows the second base"
assert kpn == [
    ("pump:bearing", None, 40, None),
    ("pump:bearing", None, 41, None),
    ("press:bearing", None, 90, None),
    ("press:bearing", None, 95, None),
], "CHANGED: kpn-senml reads times or units"
PY
echo "as described"
