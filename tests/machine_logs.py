"""Maintenance logs of two machines, drawn by hand or by chance, and what they say of mornings."""

from datetime import datetime, timedelta
from itertools import product

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from python_ml.decisions.machine_log import MachineLog, build_log

FIRST = datetime(2026, 1, 1)
HORIZON = 7


def at(day: float) -> datetime:
    return FIRST + timedelta(days=day)


def make_stops(*stops: tuple[str, str, float, float]) -> pd.DataFrame:
    rows = [(machine, kind, at(start), at(end)) for machine, kind, start, end in stops]
    frame = pd.DataFrame(rows, columns=["machine_id", "kind", "started_at", "ended_at"])
    return frame.astype({"started_at": "datetime64[us]", "ended_at": "datetime64[us]"})


def make_rows(stops: pd.DataFrame, machines: list[str], days: int) -> pd.DataFrame:
    """Label mornings as the warehouse does, without those that are down or censored."""
    since = {name: (stops[name] - FIRST) / timedelta(days=1) for name in ("started_at", "ended_at")}
    log = list(zip(stops["machine_id"], stops["kind"], *since.values(), strict=True))
    rows = []
    for machine, day in product(machines, range(days)):
        of_machine = [(kind, start, end) for name, kind, start, end in log if name == machine]
        ahead = {"breakdown": np.inf, "planned": np.inf}
        for kind, start, _ in of_machine:
            if start >= day:
                ahead[kind] = min(ahead[kind], start)
        is_down = any(start < day < end for _, start, end in of_machine)
        is_censored = ahead["planned"] < min(day + HORIZON, ahead["breakdown"])
        if not is_down and not is_censored:
            rows.append((machine, at(day), ahead["breakdown"] < day + HORIZON))
    return pd.DataFrame(rows, columns=["machine_id", "as_of_date", "has_breakdown"])


def make_log(*stops: tuple[str, str, float, float], days: int = 40) -> MachineLog:
    frame = make_stops(*stops)
    return build_log(make_rows(frame, ["m1", "m2"], days), frame, HORIZON)


@st.composite
def fleets(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Labelled mornings of two machines, some of them missing, and their maintenance log."""
    stops = []
    for machine in ("m1", "m2"):
        day = 0.0
        for _ in range(draw(st.integers(0, 5))):
            day += draw(st.integers(1, 200)) / 8
            kind = draw(st.sampled_from(["breakdown", "planned"]))
            end = day + draw(st.integers(1, 20)) / 8
            stops.append((machine, kind, day, end))
            day = end
    frame = make_stops(*stops)
    rows = make_rows(frame, ["m1", "m2"], 60)
    seen = np.random.default_rng(draw(st.integers(0, 99))).random(len(rows)) < 0.8
    return rows[seen], frame


def logs() -> st.SearchStrategy[MachineLog]:
    return fleets().map(lambda fleet: build_log(*fleet, HORIZON))
