#!/usr/bin/env bash
# pulp 3.3.2, mip 2.0.0 and linopy 0.10.1, three ways to write a plan's optimisation down in Python.
# A limit stands there as in mathematics, `inspections <= 4`, and the natural way to write two of
# them is `2 <= inspections <= 4`. Python makes that `2 <= inspections and inspections <= 4`, so a
# library can either take it (highspy 1.16.0 keeps both limits), or refuse it (cvxpy does). One
# would think that these three do one of the two. They do neither: the first comparison counts as
# true, only the last is handed over, and nothing is said. The lower limit, the inspections that a
# plan must hold, is gone, and the solver tells "optimal" for a plan without any. Turned round, `4
# >= inspections >= 2`, it is the upper limit that is gone. Written as two lines all is right.
# Seen, the fewest of two kinds of inspections, both limits 2 to 4: pulp, mip and linopy plan 0,
# highspy 2; the most of them, turned round: 20 with the three, 4 with highspy.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    pulp==3.3.2 mip==2.0.0 linopy==0.10.1 highspy==1.16.0 cvxpy==1.9.3 numpy==2.4.6
solvers="HiGHS|Includes|^Empty|^Optimal"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" -W ignore - <<'PY' | grep -vE "$solvers"
from typing import Callable
import cvxpy
import highspy
import linopy
import mip
import pulp

UP_TO = 10
Limits = Callable[[object], tuple]

def rising(total: object) -> tuple:
    return (2 <= total <= 4,)

def falling(total: object) -> tuple:
    return (4 >= total >= 2,)

def apart(total: object) -> tuple:
    return total >= 2, total <= 4

def by_pulp(limits: Limits, most: bool) -> float:
    plan = pulp.LpProblem("plan", pulp.LpMaximize if most else pulp.LpMinimize)
    total = pulp.LpVariable("oil", 0, UP_TO) + pulp.LpVariable("belt", 0, UP_TO)
    plan += total
    for limit in limits(total):
        plan += limit
    plan.solve(pulp.HiGHS(msg=False))
    assert pulp.LpStatus[plan.status] == "Optimal"
    return pulp.value(plan.objective)

def by_mip(limits: Limits, most: bool) -> float:
    plan = mip.Model(sense=mip.MAXIMIZE if most else mip.MINIMIZE)
    plan.verbose = 0
    total = plan.add_var("oil", ub=UP_TO) + plan.add_var("belt", ub=UP_TO)
    plan.objective = total
    for limit in limits(total):
        plan += limit
    assert plan.optimize() == mip.OptimizationStatus.OPTIMAL
    return plan.objective_value

def by_linopy(limits: Limits, most: bool) -> float:
    plan = linopy.Model()
    total = plan.add_variables(0, UP_TO, name="oil") + plan.add_variables(0, UP_TO, name="belt")
    plan.add_objective(total, sense="max" if most else "min")
    for limit in limits(total):
        plan.add_constraints(limit)
    assert plan.solve("highs", io_api="direct", output_flag=False) == ("ok", "optimal")
    return float(plan.objective.value)

def by_highspy(limits: Limits, most: bool) -> float:
    plan = highspy.Highs()
    plan.silent()
    total = plan.addVariable(ub=UP_TO) + plan.addVariable(ub=UP_TO)
    for limit in limits(total):
        plan.addConstr(limit)
    (plan.maximize if most else plan.minimize)(total)
    return plan.getObjectiveValue()

for solve in (by_pulp, by_mip, by_linopy, by_highspy):
    fewest, most = solve(rising, False), solve(falling, True)
    print(f"{solve.__name__}: fewest {fewest:g}, most, turned round {most:g}")
    assert (solve(apart, False), solve(apart, True)) == (2, 4)
    if solve is by_highspy:
        assert (fewest, most) == (2, 4)
    else:
        assert (fewest, most) == (0, 2 * UP_TO), f"CHANGED: {solve.__name__} keeps both or refuses"

try:
    rising(cvxpy.Variable())
except Exception as error:
    print("cvxpy refuses:", type(error).__name__)
else:
    raise AssertionError("CHANGED: cvxpy takes it")
PY
echo "as described"
