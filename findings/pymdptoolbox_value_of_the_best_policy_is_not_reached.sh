#!/usr/bin/env bash
# pymdptoolbox 4.0b3, decisions over time: in which condition should a machine be run on, in which
# be replaced, if each has its cost. ValueIteration says that it ends when a policy is within
# epsilon of the best, and of V that it is the optimal value function: what the machine earns from
# here on. So one would think that V is within epsilon as well. It ends as soon as what a step adds
# is nearly the same in each condition: the policy is right by then, the values are those of the
# few steps that were counted, eight or nine. PolicyIterationModified ends in the same way, from a
# start below, and tells of the same machine that it runs at a loss. PolicyIteration solves the
# equations, ValueIterationGS goes on until the values stand still; both agree. The differences
# between conditions are right by all four. So take V from PolicyIteration alone.
# Why it matters: what a maintenance contract is worth, or a machine beside another, is off by ten
# times, and its sign may be wrong.
# Seen, discounted by 0.99, a new machine: 78 by ValueIteration, -2229 by PolicyIterationModified,
# 865 by PolicyIteration and 864 by ValueIterationGS; by 0.9 they are 52, 49, 88 and 88. The policy
# is one: run when new, replace later.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet pymdptoolbox==4.0b3 numpy==2.4.6 scipy==1.17.1
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PY'
import numpy as np
from mdptoolbox import mdp

# Conditions: new, worn, broken. Actions: run on, replace.
run = [[0.9, 0.1, 0.0], [0.0, 0.9, 0.1], [0.0, 0.0, 1.0]]
replace = [[1.0, 0.0, 0.0]] * 3
moves = np.array([run, replace])
earned = np.array([[10.0, 0.0], [8.0, -5.0], [-20.0, -30.0]])
EPSILON = 0.01

def exact(policy: tuple[int, ...], discount: float) -> np.ndarray:
    """The value of a policy per condition, by the linear equations that define it."""
    step = np.array([moves[action, condition] for condition, action in enumerate(policy)])
    gain = np.array([earned[condition, action] for condition, action in enumerate(policy)])
    return np.linalg.solve(np.eye(3) - discount * step, gain)

for discount, expected in ((0.9, [52, 49, 88, 88]), (0.99, [78, -2229, 865, 864])):
    solvers = [
        mdp.ValueIteration(moves, earned, discount, epsilon=EPSILON),
        mdp.PolicyIterationModified(moves, earned, discount, epsilon=EPSILON),
        mdp.PolicyIteration(moves, earned, discount),
        mdp.ValueIterationGS(moves, earned, discount, epsilon=EPSILON),
    ]
    for solver in solvers:
        solver.run()
    assert {tuple(map(int, solver.policy)) for solver in solvers} == {(0, 1, 1)}
    truth = exact((0, 1, 1), discount)
    found = [round(float(solver.V[0])) for solver in solvers]
    print(f"discount {discount}: {found}, by the equations {truth[0]:.1f}")
    assert found == expected, "CHANGED: the values are the policy's"
    assert np.allclose(solvers[2].V, truth)
    for solver in solvers:
        assert np.allclose(np.diff(solver.V), np.diff(truth), atol=0.1)
PY
echo "as described"
