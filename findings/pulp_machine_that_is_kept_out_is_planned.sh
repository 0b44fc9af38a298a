#!/usr/bin/env bash
# pulp 3.3.2. A visit is done or not, a variable of cat="Binary", and a variable takes lowBound and
# upBound. One would think that a visit which is booked already has lowBound=1, and one that cannot
# be done, as its part is missing, upBound=0; for an integer variable just that holds. The two are
# overwritten with 0 and 1 for a binary one, with no error and no warning, and the solver chooses as
# if they had never been given. It is an optimal plan, of another problem. python-mip did so, too,
# and was mended. So bound it after it is made (visit.bounds(1, 1)), make it an Integer with both
# bounds, or add a constraint.
# Why it matters: the plan moves what is promised and sends people to what cannot be done.
# Seen, three visits of gain 5, 3 and 2, two of them at most; the third is booked, the first kept
# out: bounds 0 and 1 for each, planned are the first and the second. As integers, or bounded
# afterwards, the second and the third.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pulp==3.3.2 mip==2.0.0
"$folder/venv/bin/python" -W error::UserWarning - <<'PY'
import mip
import pulp

GAIN = {"first": 5, "second": 3, "third": 2}
LIMITS = {"first": (0, 0), "second": (0, 1), "third": (1, 1)}

def planned(visits: dict[str, pulp.LpVariable]) -> list[str]:
    """The visits of the plan with the greatest gain, two at most."""
    plan = pulp.LpProblem("plan", pulp.LpMaximize)
    plan += pulp.lpSum(GAIN[name] * visit for name, visit in visits.items())
    plan += pulp.lpSum(visits.values()) <= 2
    assert plan.solve(pulp.PULP_CBC_CMD(msg=False)) == pulp.LpStatusOptimal
    return [name for name, visit in visits.items() if round(visit.varValue) == 1]

def made(cat: str) -> dict[str, pulp.LpVariable]:
    return {
        name: pulp.LpVariable(name, lowBound=low, upBound=high, cat=cat)
        for name, (low, high) in LIMITS.items()
    }

binary, integer, afterwards = made("Binary"), made("Integer"), made("Binary")
for name, visit in afterwards.items():
    visit.bounds(*LIMITS[name])
print("bounds", {name: (visit.lowBound, visit.upBound) for name, visit in binary.items()})
plans = [planned(visits) for visits in (binary, integer, afterwards)]
print("planned", plans)
assert all((visit.lowBound, visit.upBound) == (0, 1) for visit in binary.values()), (
    "CHANGED: a binary variable keeps its bounds"
)
assert plans[0] == ["first", "second"], "CHANGED: a binary variable keeps its bounds"
assert plans[1] == plans[2] == ["second", "third"]

model = mip.Model(solver_name=mip.CBC)
visit = model.add_var(var_type=mip.BINARY, ub=0)
assert visit.ub == 0
PY
echo "as described"
