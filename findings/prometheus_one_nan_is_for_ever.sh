#!/usr/bin/env bash
# prometheus-client 0.26.0, the exporter of metrics. A counter refuses amounts below 0, so that it
# only rises; NaN is not below 0 and goes in: the counter is NaN until the process ends, whatever
# is added after. A histogram given one NaN adds it to the sum, which stays NaN, but counts it in no
# bucket, not even in +Inf: buckets, count and quantiles look healthy, and each mean (sum by count)
# is NaN for good. A rate over a later hour does not mend it: the difference of two NaN is NaN. One
# would expect one observation to be lost, or refused as the negative amount is. A gauge recovers
# with the next value.
# Seen, after 1, NaN, 1: counter NaN; histogram count 2, +Inf bucket 2, sum NaN; gauge 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet prometheus-client==0.26.0
"$folder/venv/bin/python" -W error - <<'PY'
from math import isnan, nan
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

registry = CollectorRegistry()
counter = Counter("alarms", "Alarms", registry=registry)
histogram = Histogram("hours", "Hours", buckets=[1, 2], registry=registry)
gauge = Gauge("age", "Age", registry=registry)
for value in (1.0, nan, 1.0):
    counter.inc(value)
    histogram.observe(value)
    gauge.set(value)
try:
    counter.inc(-1.0)
except ValueError as error:
    print("below 0:", error)
else:
    raise SystemExit("CHANGED: a counter takes amounts below 0")

def read(name: str, **labels: str) -> float:
    value = registry.get_sample_value(name, labels)
    print(name, labels, value)
    return value

assert isnan(read("alarms_total")), "CHANGED: a counter forgets NaN"
assert isnan(read("hours_sum")), "CHANGED: a histogram's sum forgets NaN"
assert read("hours_count") == 2, "CHANGED: NaN is counted"
assert read("hours_bucket", le="+Inf") == 2 and read("hours_bucket", le="1.0") == 2
assert read("age") == 1
PY
echo "as described"
