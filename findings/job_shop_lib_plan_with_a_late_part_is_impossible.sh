#!/usr/bin/env bash
# job-shop-lib 1.7.2, plans of jobs on machines, with OR-Tools beneath (9.12). An operation may
# have a release date, before which it cannot begin: the spare part arrives then. With no deadline
# any such plan is possible, if late, and one would expect the shortest. ORToolsSolver lets nothing
# end later than all durations together, release dates left out. Where a part comes later than
# that, it answers that no solution could be found, quickly and for certain, and so it does where
# the part comes a little before. A dispatching rule of the same package finds the plan, which its
# own check accepts. Durations that are larger, of work that has nothing to do with it, make the
# same part possible.
# Why it matters: "this cannot be planned" is taken for a fact, and the shutdown is called off.
# Seen: jobs of 3 + 2 and 2 + 1 hours: released at hour 3 it takes 8 hours; at hour 4 and at hour
# 10 no solution, though a rule ends at 9 and 15; with another job of 20 hours, released at 10, 23.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet job-shop-lib==1.7.2 ortools==9.12.4544
OMP_NUM_THREADS=1 MPLBACKEND=agg "$folder/venv/bin/python" - <<'PY'
from job_shop_lib import JobShopInstance, Operation, Schedule
from job_shop_lib.constraint_programming import ORToolsSolver
from job_shop_lib.dispatching.rules import DispatchingRuleSolver
from job_shop_lib.exceptions import NoSolutionFoundError

def instance(released: int, *more: list[Operation]) -> JobShopInstance:
    """Two machines; the first job waits for its part until the hour of its release."""
    late = [Operation(0, 3, release_date=released), Operation(1, 2)]
    return JobShopInstance([late, [Operation(1, 2), Operation(0, 1)], *more])

def shortest(jobs: JobShopInstance) -> int | None:
    """The hours of the shortest plan; None where there is none."""
    try:
        return ORToolsSolver(max_time_in_seconds=30)(jobs).makespan()
    except NoSolutionFoundError:
        return None

def by_rule(jobs: JobShopInstance) -> int:
    plan = DispatchingRuleSolver("first_come_first_served")(jobs)
    Schedule.check_schedule(plan.schedule)
    for on_machine in plan.schedule:
        for part in on_machine:
            assert part.start_time >= part.operation.release_date
    return plan.makespan()

found = {hour: (shortest(instance(hour)), by_rule(instance(hour))) for hour in (0, 3, 4, 10)}
print("released at: shortest, by a rule:", found)
assert found[0] == (5, 5) and found[3] == (8, 8)
assert found[4] == (None, 9) and found[10] == (None, 15), "CHANGED: a late part can be planned"
with_more = shortest(instance(10, [Operation(0, 1), Operation(1, 19)]))
print("with a long job beside it:", with_more)
assert with_more == 23
PY
echo "as described"
