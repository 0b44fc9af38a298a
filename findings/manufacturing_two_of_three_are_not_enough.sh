#!/usr/bin/env bash
# manufacturing 1.6.0, control charts. Beside the limits it knows the zone rules of Western
# Electric, each in a function that says what it finds: 2 of 3 points in zone A (beyond two
# deviations), 8 points in a row of which none is in zone C (within one), and so on. One would
# think that they find that. Of three points zone A counts those beyond and asks for more than 2,
# so two never suffice; and its windows end one before the last point, so three that end with the
# newest one are not found, though all of them are beyond. The mixture asks for points that are
# above the upper and below the lower border at once, which no point is: it finds nothing, ever. No
# error and no warning. Zone B (4 of 5) does what it says, to the last point.
# Why it matters: these rules see a process that shifts before it breaks its limits, and "newest
# points" is what an operator looks at.
# Seen, limits 7 and 13: of two beyond 12 in three none; of three, all three, but none where they
# are the newest; eight outside zone C, by turns above and below, none; of zone B, the newest five.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    manufacturing==1.6.0 numpy==2.4.6 "pandas>=3,<4" scipy==1.17.1
MPLBACKEND=agg OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PY'
from manufacturing.analysis import control_zone_a, control_zone_b, control_zone_mixture

# The centre is 10, a deviation 1.
LIMITS = {"upper_control_limit": 13, "lower_control_limit": 7}
CALM = [10.0, 9.8, 10.2, 9.9, 10.1, 10.0, 9.8, 10.2, 9.9, 10.1]

def found(rule, points: list[float]) -> list[int]:
    """The places of the points that break a rule."""
    return [int(place) for place in rule([float(point) for point in points], **LIMITS).index]

two, three = [12.5, 10.0, 12.5], [12.5, 12.6, 12.7]
for rule, text in ((control_zone_a, "2 out of 3"), (control_zone_mixture, "8 consecutive")):
    assert text in " ".join(rule.__doc__.split())
zone_a = [found(control_zone_a, CALM + points + tail) for points, tail in (
    (two, CALM), (three, CALM), (three, []), (two, []),
)]
print("zone A", zone_a)
assert zone_a[0] == zone_a[3] == [], "CHANGED: two of three suffice"
assert zone_a[1] == [10, 11, 12]
assert zone_a[2] == [], "CHANGED: the newest points are judged"
mixture = found(control_zone_mixture, CALM + [11.5, 8.5] * 8 + CALM)
print("mixture", mixture)
assert mixture == [], "CHANGED: a mixture is found"
zone_b = found(control_zone_b, CALM + [11.5, 11.6, 10.0, 11.7, 11.8])
print("zone B", zone_b)
assert zone_b == [10, 11, 12, 13, 14]
PY
echo "as described"
