#!/usr/bin/env bash
# reliability 0.9.0. optimal_replacement_time says after how many hours to replace a part before it
# fails, so that it costs the least per hour; that a shape below 1 makes no sense it warns of. With
# a shape of 1, failures that know no age, or a little more, it does not warn and answers just three
# times the scale: that is where its search ends, the cost still falling. It is told like any other
# optimum, to the hour, though it costs more than never to replace, which is the cost of a failure by
# the mean life. So a part with failures at random gets a date for its replacement.
# Seen, scale 1,000 h, 1 for a replacement, 5 for a failure: shape 1.0 at 3,000 h, 0.00505 an hour,
# never 0.00500; shape 1.05 at 3,000 h, 0.00512, never 0.00510; shape 2, inside its search, at 511 h.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    reliability==0.9.0 scipy==1.17.1 numpy==2.4.6 "pandas<3"
MPLBACKEND=agg OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY'
import contextlib
import io
from math import gamma
from reliability.Repairable_systems import optimal_replacement_time

def answer(shape: float) -> tuple[float, float, str]:
    """The hour to replace at, its cost an hour, and what was printed."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        told = optimal_replacement_time(
            cost_PM=1, cost_CM=5, weibull_alpha=1000, weibull_beta=shape,
            show_time_plot=False, show_ratio_plot=False,
        )
    return float(told.ORT), float(told.min_cost), printed.getvalue()

for shape in (1.0, 1.05, 2.0):
    hour, cost, printed = answer(shape)
    never = 5 / (1000 * gamma(1 + 1 / shape))
    print(f"shape {shape}: replace at {hour:.0f} h, {cost:.5f} an hour; never {never:.5f}")
    assert "WARNING" not in printed, "CHANGED: it warns"
    if shape == 2.0:
        assert 510 < hour < 512 and cost < never
    else:
        assert hour == 3000, "CHANGED: it does not answer the end of its search"
        assert cost > never
assert "WARNING" in answer(0.95)[2]
PY
echo "as described"
