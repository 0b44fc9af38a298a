#!/usr/bin/env bash
# phitter 1.0.4 simulates queues, as of machines before a crew, beside the fitting of distributions.
# no_clients_prob is the probability that the system is empty. With one server it is right. With
# more it is 1 less system_utilization, which there is not a share but the number of servers that
# are busy: with two it goes below 0 as soon as one is busy on average, and it is far too low
# before. Times in the queue and in the system, and how many wait, are those of the theory. No error
# and no warning.
# Why it matters: how often a crew has nothing to do decides whether a second one is too many.
# Seen, by theory and told: one crew at 5 calls an hour, 8 repairs an hour each: 0.375 and 0.403;
# two crews at 10: 0.23 and -0.26; mean time in the system 0.205 and 0.205, a few hundredths more or
# less from run to run.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    phitter==1.0.4 scipy==1.15.3 numpy==1.26.4 pandas==2.3.3
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from phitter.simulation import QueueingSimulation

REPAIRS = 8.0

def simulated(crews: int, calls: float) -> QueueingSimulation:
    queue = QueueingSimulation(
        "exponential", {"lambda": calls}, "exponential", {"lambda": REPAIRS}, crews)
    queue.run(400.0)
    return queue

one, two = simulated(1, 5.0), simulated(2, 10.0)
load = 10 / (2 * REPAIRS)
empty_of_two = (1 - load) / (1 + load)
time_of_two = 1 / REPAIRS / (1 - load**2)
print(f"one crew: empty {1 - 5 / REPAIRS:.3f}, told {one.no_clients_prob():.3f}")
print(f"two crews: empty {empty_of_two:.3f}, told {two.no_clients_prob():.3f}; "
      f"time {time_of_two:.3f}, told {two.average_time_system():.3f}")
assert abs(one.no_clients_prob() - (1 - 5 / REPAIRS)) < 0.1
assert abs(two.average_time_system() / time_of_two - 1) < 0.25
assert two.no_clients_prob() < 0, "CHANGED: no probability below 0"
assert np.isclose(two.no_clients_prob(), 1 - two.system_utilization())
PY
echo "as described"
