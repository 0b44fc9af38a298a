#!/usr/bin/env bash
# pyworkforce 0.5.1 tells by Erlang C how many people a service needs and how long those who call
# wait: a hotline, or technicians and the faults that come in. Erlang C holds for more people than
# there is work; with fewer the queue grows without end, and the probability that a call waits is 1.
# The service level, which is made of it, is kept at 0 or above, so one would think that
# waiting_probability is a probability as well, or an error. With one technician too few it is above
# 1, the more so the fewer there are, up to the work itself, in technicians. No warning.
# Why it matters: costs of waiting, or the worst of several stations, are reckoned with it.
# Seen, work for ten technicians: twelve make 0.45, eleven 0.68, nine 1.42, five 4.41 and one 10.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pyworkforce==0.5.1
"$folder/venv/bin/python" -W ignore::SyntaxWarning - <<'PY'
from pyworkforce.queuing import ErlangC

# A hundred faults in half an hour, three minutes each: ten technicians are busy with nothing else.
queue = ErlangC(transactions=100, aht=3, interval=30, asa=20 / 60, shrinkage=0.0)
waits = {people: queue.waiting_probability(people) for people in (12, 11, 9, 5, 1)}
levels = {people: queue.service_level(people) for people in waits}
print("waits", {people: round(wait, 2) for people, wait in waits.items()}, "levels", levels)
assert 0 < waits[12] < waits[11] < 1
assert levels[9] == levels[5] == levels[1] == 0
assert [round(waits[people], 2) for people in (9, 5, 1)] == [1.42, 4.41, 10.0], "CHANGED"
PY
echo "as described"
