#!/usr/bin/env bash
# ortools 9.15.6755, its routing library, which plans the tours of service crews. It counts in whole
# numbers; handed a matrix of floats (RegisterTransitMatrix) or a float as a load, it raises. The
# common way to hand over travel times is a function of two stops (RegisterTransitCallback), and one
# would think the same of that: an error, or hours cut to whole ones. A float returned there is 0,
# without an error or a warning. The solver tells the cost 0 and the status "optimal" for any order
# of the stops, and a limit on the hours of a shift holds nothing back, since the tour takes 0 of
# them. 10.0 is as much 0 as 10.4. In minutes rounded to int, and in numpy's int64, it is right. So
# a crew is sent on a tour that no shift can hold.
# Seen, five stops, a shift of 22 hours: whole hours, cost 22, a tour of 22.2; as floats cost 0,
# status 7 (optimal), the end of the shift at hour 0, a tour of 40.1; the same whole hours as floats
# cost 0 as well.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet \
    ortools==9.15.6755 numpy==2.4.6 "pandas<3" protobuf==6.33.6
"$folder/venv/bin/python" - <<'PY'
from math import dist, isclose
from typing import Callable
import numpy as np
from ortools.constraint_solver import pywrapcp
from ortools.constraint_solver.routing_enums_pb2 import RoutingSearchStatus

STOPS = [(0, 0), (10, 0), (0, 1), (10, 1), (5, 0)]
SHIFT = 22

def plan(hours: Callable) -> tuple[int, int, int, float]:
    """The plan's cost, its status, the hour it ends at, and how long its tour is."""
    manager = pywrapcp.RoutingIndexManager(len(STOPS), 1, 0)
    routing = pywrapcp.RoutingModel(manager)
    transit = routing.RegisterTransitCallback(
        lambda a, b: hours(dist(STOPS[manager.IndexToNode(a)], STOPS[manager.IndexToNode(b)]))
    )
    routing.SetArcCostEvaluatorOfAllVehicles(transit)
    routing.AddDimension(transit, 0, SHIFT, True, "hours")
    solved = routing.SolveWithParameters(pywrapcp.DefaultRoutingSearchParameters())
    at, tour = routing.Start(0), []
    while not routing.IsEnd(at):
        tour.append(STOPS[manager.IndexToNode(at)])
        at = solved.Value(routing.NextVar(at))
    end = solved.Min(routing.GetDimensionOrDie("hours").CumulVar(at))
    length = sum(dist(a, b) for a, b in zip(tour, tour[1:] + tour[:1]))
    return solved.ObjectiveValue(), routing.status(), end, length

plans = {
    "whole": plan(round),
    "numpy's int64": plan(lambda hours: np.int64(round(hours))),
    "float": plan(float),
    "whole, but float": plan(lambda hours: float(round(hours))),
}
for name, (cost, status, end, length) in plans.items():
    print(f"{name}: cost {cost}, status {status}, ends at hour {end}, tour of {length:.1f}")
for name in ("whole", "numpy's int64"):
    cost, _, end, length = plans[name]
    assert cost == end == 22 and isclose(length, 22.2, abs_tol=0.1)
for name in ("float", "whole, but float"):
    cost, status, end, length = plans[name]
    assert (cost, end) == (0, 0), "CHANGED: a float is no longer nothing"
    assert status == RoutingSearchStatus.ROUTING_OPTIMAL
    assert length > SHIFT + 5, "CHANGED: the tour fits the shift"

def is_refused(hand_over: Callable) -> bool:
    routing = pywrapcp.RoutingModel(pywrapcp.RoutingIndexManager(2, 1, 0))
    try:
        hand_over(routing)
    except (TypeError, SystemError) as error:
        print("refused:", type(error).__name__)
        return True
    return False

def float_load(routing: pywrapcp.RoutingModel) -> None:
    load = routing.RegisterUnaryTransitCallback(lambda _: 1.5)
    routing.AddDimension(load, 0, 2, True, "load")

assert is_refused(lambda routing: routing.RegisterTransitMatrix([[0.0, 1.9], [1.9, 0.0]]))
assert is_refused(float_load)
PY
echo "as described"
