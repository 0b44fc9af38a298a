#!/usr/bin/env bash
# progpy 1.9.0, NASA's library of prognostic models. simulate_to gives a result: times, inputs, states,
# outputs and event states. One would think that it is what the run gave. The times and the states are;
# outputs and event states (how much life is left) are computed when they are first looked at, with
# the parameters that the model has by then. So who runs a model, changes a parameter and runs it
# again to compare, and looks at both after that, has the first run's states and the second one's
# life; the same result that was looked at once before keeps its numbers. Looking at .event_states
# and .outputs right after each run, or a model of its own for each, makes them what they were.
# Seen, two equal runs, then throwing_speed doubled: of the run that was looked at before, the event
# state "falling" begins at 1.0, of the one looked at only then at 0.5.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet progpy==1.9.0
MPLBACKEND=agg OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
from progpy.models import ThrownObject

model = ThrownObject(process_noise=0, measurement_noise=0)
at_once = model.simulate_to(3, dt=0.1, save_freq=1)
later = model.simulate_to(3, dt=0.1, save_freq=1)

def falling(result) -> list[float]:
    return [round(float(state["falling"]), 3) for state in result.event_states]

before = falling(at_once)
model.parameters["throwing_speed"] *= 2
kept, changed = falling(at_once), falling(later)
print("looked at before", kept, "looked at after", changed)
assert [dict(state) for state in at_once.states] == [dict(state) for state in later.states]
assert kept == before and before[0] == 1.0
assert changed[0] == 0.5, "CHANGED: a result keeps what the run gave"
assert all(abs(new - old / 2) < 0.002 for new, old in zip(changed, before))
PY
echo "as described"
