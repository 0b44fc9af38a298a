"""Visits that keep a rhythm: found where there is one, and told to trees where it helps."""

import cloudpickle
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_ml.learning import estimator
from python_ml.learning.columns import LABEL, PART_CLOCKS, feature_columns
from python_ml.learning.experts import TreesInRhythm
from python_ml.learning.rhythm import FEWEST_SERVICES, find_rhythm
from python_ml.lifecycle.material import describe_experts
from python_ml.settings import load_settings
from tests.python_ml.learning.fitting import fit_models

COLUMNS = list(feature_columns(["metric_1"]))
CLOCK = PART_CLOCKS[0]
EVERY = 9  # days from visit to visit
FIRST = pd.Timestamp("2026-01-01")


def make_mornings(services: dict[str, list[float]]) -> pd.DataFrame:
    """Mornings right after services of one part: one row a service, told by its clock."""
    rows = [
        (machine, FIRST + pd.Timedelta(days=np.ceil(day)), np.ceil(day) - day)
        for machine, days in services.items()
        for day in days
    ]
    return pd.DataFrame(rows, columns=["machine_id", "as_of_date", CLOCK])


@given(days=st.integers(3, 59), laps=st.lists(st.integers(1, 3), min_size=20, max_size=40))
@settings(max_examples=20, deadline=None)
def test_the_rhythm_is_that_of_visits_though_some_leave_the_part_alone(days, laps):
    laps = [1, 2, 3] * FEWEST_SERVICES + laps
    visits = np.cumsum(laps) * float(days)
    rhythm = find_rhythm(make_mornings({"m1": [0, *visits], "m2": [0.4, *visits + 0.4]}), [CLOCK])
    assert (rhythm.days, rhythm.clocks) == (days, (0,))


def test_a_breakdown_now_and_then_takes_no_rhythm_away():
    random = np.random.default_rng(3)
    visits = np.arange(0.0, 900, EVERY)
    machines = {f"m{n}": sorted([*visits, *random.uniform(0, 900, 10)]) for n in range(4)}
    assert find_rhythm(make_mornings(machines), [CLOCK]).days == EVERY


@pytest.mark.parametrize("longest", [8.0, 70.0])
def test_who_is_serviced_on_any_day_has_no_rhythm(longest: float):
    gaps = np.random.default_rng(4).uniform(1, longest, 400)
    assert find_rhythm(make_mornings({"m1": list(np.cumsum(gaps))}), [CLOCK]) is None


def test_few_services_are_no_rhythm_and_nor_is_a_fleet_without_clocks():
    few = make_mornings({"m1": list(np.arange(FEWEST_SERVICES) * 7.0)})
    assert find_rhythm(few, [CLOCK]) is None
    many = make_mornings({"m1": list(np.arange(FEWEST_SERVICES + 1) * 7.0)})
    assert find_rhythm(many, [CLOCK]).days == 7
    assert find_rhythm(many.assign(**{CLOCK: np.nan}), [CLOCK]) is None
    assert find_rhythm(many, ["metric_1_mean_7d"]) is None


def make_fleet(seed: int, *, is_found_on_visits: bool, days: int = 240) -> pd.DataFrame:
    """Machines whose visits service one of two parts; half of old parts break down.

    They do so on the day of the next visit, or on any day.
    """
    random = np.random.default_rng(seed)
    rows = []
    for machine in range(20):
        clocks, offset = random.uniform(1, 30, 2).round(), machine % EVERY
        for day in range(days):
            is_visit = (day + offset) % EVERY == 0
            chance = 0.5 * is_visit if is_found_on_visits else 0.5 / EVERY
            comes = (clocks > 2 * EVERY).any() and random.random() < chance
            morning = FIRST + pd.Timedelta(days=day)
            rows.append((f"m{machine:02d}", morning, *clocks, clocks.min(), comes))
            clocks = clocks + 1
            if is_visit:
                clocks[random.integers(2)] = 1.0
    names = ["machine_id", "as_of_date", *PART_CLOCKS[:2], "days_since_last_stop", LABEL]
    rows = pd.DataFrame(rows, columns=names).assign(arepa_type="a1")
    rows = rows.reindex(columns=list(dict.fromkeys([*rows.columns, *COLUMNS])))
    return rows.assign(**{COLUMNS[-1]: random.normal(size=len(rows))})


@pytest.mark.parametrize("is_found_on_visits", [True, False])
def test_trees_are_told_the_rhythm_where_breakdowns_keep_it(is_found_on_visits, monkeypatch):
    monkeypatch.setattr(estimator, "BOOSTINGS", ((40, 0.3, False),))
    rows = make_fleet(0, is_found_on_visits=is_found_on_visits)
    training = load_settings({}).training
    model = fit_models(rows, COLUMNS, horizon_days=1, training=training)["a1"]
    said = "trees in a rhythm of 9 days, curves" if is_found_on_visits else "trees, curves"
    assert describe_experts(model) == {"experts": said}
    assert isinstance(model.boosting_, TreesInRhythm) == is_found_on_visits


@pytest.fixture(scope="module")
def fleet() -> pd.DataFrame:
    return make_fleet(0, is_found_on_visits=True)


def test_a_model_in_a_rhythm_adds_up_and_keeps_on_file_what_it_says(fleet, monkeypatch):
    monkeypatch.setattr(estimator, "BOOSTINGS", ((40, 0.3, False),))
    monkeypatch.setattr(estimator, "ROWS_MAX", 4_000)  # so that calm mornings are thinned out
    training = load_settings({}).training
    model = fit_models(fleet, COLUMNS, horizon_days=1, training=training)["a1"]
    later = make_fleet(1, is_found_on_visits=True, days=40)[COLUMNS].astype(float)
    said = model.decision_function(later)
    contributions = model.compute_contributions(later)
    np.testing.assert_allclose(contributions.sum(axis=1), said, atol=1e-6)
    again = cloudpickle.loads(cloudpickle.dumps(model))
    np.testing.assert_array_equal(again.decision_function(later), said)
