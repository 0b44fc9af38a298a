#!/usr/bin/env bash
# cel-python 0.5.0, CEL in pure Python: the language in which rules and filters of gateways and cloud
# services are written. Durations and timestamps have fractions of a second, it reads and compares
# them as it should, and getMilliseconds tells them. Written as a text, by string() or in JSON by its
# own encoder, they are cut off: a quarter of a second is "0s", and a moment is the full second
# before it. So what a rule passes on is another time, two readings of one second are the same
# moment, and a duration is less than the one it was selected by. CEL writes 0.25s. No error and no
# warning.
# Seen: 250 ms are "0s", 1500 ms "1s", -1500 ms "-1s", 10:00:00.750 is 10:00:00; read back, none of
# them is equal to what it was.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet cel-python==0.5.0
"$folder/venv/bin/python" - <<'PY'
import json
import celpy
from celpy.adapter import CELJSONEncoder

environment = celpy.Environment()
MOMENT = "timestamp('2026-03-01T10:00:00.750Z')"

def told(rule: str):
    return environment.program(environment.compile(rule)).evaluate({})

assert told("duration('250ms') > duration('0s')") and told("duration('1500ms') > duration('1s')")
assert told(f"{MOMENT}.getMilliseconds()") == 750
seen = {text: str(told(f"string(duration('{text}'))")) for text in ("250ms", "1500ms", "-1500ms")}
message = told(f"{{'at': {MOMENT}, 'for': duration('250ms')}}")
encoded = json.loads(json.dumps(message, cls=CELJSONEncoder))
print(seen, str(told(f"string({MOMENT})")), encoded)
assert seen == {"250ms": "0s", "1500ms": "1s", "-1500ms": "-1s"}, "CHANGED: a duration as text"
assert told(f"string({MOMENT})") == "2026-03-01T10:00:00Z", "CHANGED: a moment as text"
assert encoded == {"at": "2026-03-01T10:00:00Z", "for": "0s"}, "CHANGED: JSON"
assert not told(f"timestamp(string({MOMENT})) == {MOMENT}")
assert not told("duration(string(duration('250ms'))) == duration('250ms')")
PY
echo "as described"
