#!/usr/bin/env bash
# deap 1.4.4, evolutionary search, here for the plan of maintenance that costs the least. What a
# plan costs is simulated, and where nothing ran that may be nothing divided by nothing: NaN. One
# would think that such a plan is refused, or comes last. It is compared like the others, and each
# comparison with NaN is false. So selBest, which sorts, falls apart at it: of costs of 3, NaN, 1
# and 2 it takes 3 as the best and NaN as the next, and selWorst takes 3 as the worst as well.
# HallOfFame, which keeps the best that ever lived, lets NaN in for any plan, and any plan in for
# NaN. No error and no warning. So give a plan without a cost an endless one: float("inf") is right
# throughout.
# Why it matters: the search ends with the dearest plan, or with one that has no cost at all, and
# says that it is the best.
# Seen: the two best of 3, NaN, 1 and 2 are 3 and NaN, of 3, inf, 1 and 2 they are 1 and 2; of the
# 24 orders of the four selBest misses the best in 12, and the hall of fame in 12; with inf in
# none.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet deap==1.4.4 numpy==2.4.6
"$folder/venv/bin/python" -W error - <<'PY'
from itertools import permutations
from math import inf, nan
from deap import base, creator, tools

creator.create("Cost", base.Fitness, weights=(-1.0,))
creator.create("Plan", list, fitness=creator.Cost)

def plans(*costs: float) -> list:
    """One plan per cost, named after it."""
    made = []
    for cost in costs:
        plan = creator.Plan([str(cost)])
        plan.fitness.values = (cost,)
        made.append(plan)
    return made

def names(chosen) -> list[str]:
    return [plan[0] for plan in chosen]

found = {}
for missing in (nan, inf):
    costs = (3.0, missing, 1.0, 2.0)
    missed = {"selBest": 0, "fame": 0}
    for order in permutations(costs):
        fame = tools.HallOfFame(1)
        fame.update(plans(*order))
        missed["selBest"] += names(tools.selBest(plans(*order), 1)) != ["1.0"]
        missed["fame"] += names(fame) != ["1.0"]
    best, worst = tools.selBest(plans(*costs), 2), tools.selWorst(plans(*costs), 1)
    found[str(missing)] = names(best), names(worst), missed
    print(missing, *found[str(missing)])
assert found["inf"] == (["1.0", "2.0"], ["inf"], {"selBest": 0, "fame": 0})
assert found["nan"] == (["3.0", "nan"], ["3.0"], {"selBest": 12, "fame": 12}), (
    "CHANGED: NaN comes last"
)
PY
echo "as described"
