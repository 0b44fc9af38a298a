#!/usr/bin/env bash
# scipy 1.17.1, optimize.milp with HiGHS. Status 0 is documented as the optimal solution, and the
# option mip_rel_gap as a criterion to stop by, with no word of what it is unasked. It is HiGHS's
# 0.0001 of the objective, and the objective includes what no choice changes. So a plan of visits
# whose worth is in the hundreds, written down with the fleet's fixed cost of 100,000, is called
# optimal when it is up to 10 short: adding a constant, which moves no optimum, changes the plan.
# mip_gap in the result tells how far it may be; leaving the constant out or mip_rel_gap=0 mends
# it. Seen, ten drawn plans of 25 machines, worth about 500 each: without the constant all are the
# optimum, with it 7 are worse than that, by up to 6.9, each with status 0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet scipy==1.17.1 numpy==2.4.6
OMP_NUM_THREADS=1 timeout 300 "$folder/venv/bin/python" -W ignore - <<'PY'
import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

MACHINES, CREWS = 25, 4

def plan(seed: int, fixed_cost: float, **options) -> tuple[float, int]:
    """Choose whom to visit; the worth of the plan and the solver's status."""
    draw = np.random.default_rng(seed)
    hours = draw.integers(20, 100, (CREWS, MACHINES))
    worth = hours.mean(axis=0) + draw.uniform(-3, 3, MACHINES)
    solved = milp(
        np.append(-worth, -fixed_cost),
        integrality=np.ones(MACHINES + 1),
        # The last variable is always 1: it carries the constant.
        bounds=Bounds(np.append(np.zeros(MACHINES), 1), 1),
        constraints=LinearConstraint(
            np.column_stack([hours, np.zeros(CREWS)]), -np.inf, hours.sum(axis=1) // 3
        ),
        options=options,
    )
    chosen = np.round(solved.x[:-1])
    return float(worth @ chosen), solved.status

short = []
for seed in range(10):
    best, _ = plan(seed, 0.0, mip_rel_gap=0)
    without, _ = plan(seed, 0.0)
    with_it, status = plan(seed, 100_000.0)
    asked, _ = plan(seed, 100_000.0, mip_rel_gap=0)
    print(f"best {best:.2f}, no constant {without:.2f}, constant {with_it:.2f}, gap 0 {asked:.2f}")
    assert status == 0
    assert best - without < 0.0001 * best + 1e-6
    assert abs(best - asked) < 1e-6
    short.append(best - with_it)
print(f"{sum(gap > 0.1 for gap in short)} of 10 short, by up to {max(short):.2f}")
assert sum(gap > 0.1 for gap in short) >= 3, "CHANGED: the constant does not matter"
assert max(short) < 10.1
PY
echo "as described"
