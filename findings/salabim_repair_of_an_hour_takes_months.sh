#!/usr/bin/env bash
# salabim 26.0.9, discrete events: machines, queues and repairs. A distribution takes a time_unit,
# and its samples come in the unit of the environment: Exponential(60, time_unit="minutes") has a
# mean of 1 where the time is in hours, and so have Gamma, Normal, Weibull, Triangular and the
# others. Of Erlang, which durations of work in several steps are drawn from, the factor is applied
# the wrong way: two steps of 30 minutes are not 1 hour but 3600, that is 150 days, sample and mean
# alike, so nothing contradicts; in seconds it would be thirteen million. It is off by the square of
# the factor. No error and no warning. Gamma with the same shape and scale is the same distribution,
# and right; without a time_unit Erlang is right as well. And Distribution("Exponential(60)",
# time_unit="minutes") has samples of 1 hour on average, while its mean() says 60.
# Seen, an environment of hours: Erlang(2, scale=30, "minutes") mean 3600, samples 3600; with rate=2
# 60 for 1/60; Gamma(2, 30, "minutes") 1; Distribution samples 1.0, mean() 60.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet salabim==26.0.9 greenlet==3.5.6
"$folder/venv/bin/python" -W error - <<'PY'
from math import isclose
from statistics import fmean
import salabim as sim

sim.Environment(time_unit="hours", random_seed=1)

def told(distribution: object) -> tuple[float, float]:
    """What it says that its mean is, and the mean of its samples, in hours."""
    return float(distribution.mean()), fmean(distribution.sample() for _ in range(20_000))

by_scale = told(sim.Erlang(2, scale=30, time_unit="minutes"))
by_rate = told(sim.Erlang(2, rate=2, time_unit="minutes"))
gamma = told(sim.Gamma(2, scale=30, time_unit="minutes"))
in_hours = told(sim.Erlang(2, scale=0.5))
spelled = told(sim.Distribution("Exponential(60)", time_unit="minutes"))
print("Erlang", by_scale, by_rate, "Gamma", gamma, "in hours", in_hours, "spelled", spelled)
for right in (gamma, in_hours, told(sim.Exponential(60, time_unit="minutes"))):
    assert isclose(right[0], 1) and isclose(right[1], 1, rel_tol=0.05)
for mean, wrong in ((3600, by_scale), (60, by_rate)):
    assert isclose(wrong[0], mean), "CHANGED: the mean of Erlang"
    assert isclose(wrong[1], mean, rel_tol=0.05), "CHANGED: samples of Erlang"
assert isclose(spelled[0], 60) and isclose(spelled[1], 1, rel_tol=0.05), "CHANGED: spelled out"
PY
echo "as described"
