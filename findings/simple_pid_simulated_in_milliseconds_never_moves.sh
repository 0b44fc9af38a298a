#!/usr/bin/env bash
# simple-pid 2.0.1, the controller of many a rig and of models of plants. A call computes an output
# if sample_time has passed since the last one, by default 10 ms, and returns the last one if not.
# dt=... is documented for simulations whose time is not the real one. One would think that the
# steps of a simulation add up, so that with steps of 5 ms each second call computes. Each step is
# held against sample_time by itself: with any dt below 10 ms the first output is the output for
# ever, whatever the plant does. No error and no warning; a model of a heater in steps of a
# millisecond runs hot as if its controller were stuck. Set sample_time=None.
# Seen, a heater of 10 s, set to 50 degrees, output from 0 to 100, for 60 s: in steps of 10 ms 50.0
# degrees; of 5 ms and 1 ms all 60 s one output, 100, and 99.8 degrees; with sample_time=None 50.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet simple-pid==2.0.1
"$folder/venv/bin/python" -W error - <<'PY'
from simple_pid import PID

SECONDS, SET_TO, TIME_CONSTANT = 60, 50.0, 10.0

def heated(step: float, **settings: object) -> tuple[float, int]:
    """The temperature after a minute, and how many different outputs there were."""
    control = PID(5.0, 0.5, 0.0, setpoint=SET_TO, output_limits=(0, 100), **settings)
    temperature, outputs = 0.0, set()
    for _ in range(round(SECONDS / step)):
        output = control(temperature, dt=step)
        outputs.add(output)
        temperature += (output - temperature) * step / TIME_CONSTANT
    return round(temperature, 1), len(outputs)

for step in (0.01, 0.005, 0.001):
    found, free = heated(step), heated(step, sample_time=None)
    print(f"steps of {step * 1000:g} ms: {found}, sample_time=None: {free}")
    assert abs(free[0] - SET_TO) < 0.5 and free[1] > 100
    if step == 0.01:
        assert abs(found[0] - SET_TO) < 0.5
    else:
        assert found == (99.8, 1), "CHANGED: steps shorter than the sample time"
PY
echo "as described"
