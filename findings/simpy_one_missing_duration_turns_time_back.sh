#!/usr/bin/env bash
# simpy 4.1.2, discrete events: machines, repairs and queues. A negative delay is refused with
# ValueError. A duration that is missing in the table, NaN, is accepted: it is put into the heap of
# the events, where neither is it before the others nor are they before it, and so the heap is no
# longer in order. The events of all other processes come in the wrong order then: the time of the
# simulation, env.now, jumps ahead and back again. No error and no warning; the process with the gap
# goes on at NaN. Where the gap is decides whether the order suffers; the result looks plausible.
# Why it matters: one repair without a duration, and a machine is served before another that came
# hours earlier; waiting times, which are differences of env.now, can be negative.
# Seen, machines with 9, 9; 4, 4, 4; 5, 50 and 1, 1, 1 hours, one more with 2: 1, 2, 2, 3, 4, 5, 8,
# 9, 12, 18, 55; that one with NaN: 4, 1, 8, 2, 9, 3, 12, 5, 18, 55.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet simpy==4.1.2
"$folder/venv/bin/python" -W error - <<'PY'
from itertools import pairwise
from math import isnan, nan
from simpy import Environment

def run(gap: float) -> list[float]:
    """The times at which something ends, in the order in which it is told, without those at NaN."""
    environment, told = Environment(), []

    def machine(durations: list[float]):
        for duration in durations:
            yield environment.timeout(duration)
            told.append(environment.now)

    for durations in ([gap], [9, 9], [4, 4, 4], [5, 50], [1, 1, 1]):
        environment.process(machine(durations))
    environment.run()
    return [time for time in told if not isnan(time)]

def refused(delay: float) -> bool:
    try:
        Environment().timeout(delay)
    except ValueError:
        return True
    return False

def runs_back(times: list[float]) -> bool:
    return any(after < before for before, after in pairwise(times))

whole, missing = run(2), run(nan)
print("whole", whole, "one missing", missing)
assert refused(-1) and not runs_back(whole)
assert not refused(nan), "CHANGED: a delay of NaN"
assert runs_back(missing), "CHANGED: the order of events"
PY
echo "as described"
