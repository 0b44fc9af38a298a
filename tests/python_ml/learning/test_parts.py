"""Parts wear apart: the log's clocks say which, and their metrics how much."""

import cloudpickle
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score

from python_ml.learning.columns import LABEL, PART_CLOCKS, model_columns, type_column
from python_ml.learning.estimator import _plan_wear_fit, _Recipe, _Study
from python_ml.learning.lives import find_what_came
from python_ml.learning.parts import find_causes, find_lives_of_parts
from python_ml.learning.wear import BY_PARTS, EXPERTS, WearExpert
from python_ml.lifecycle.material import describe_experts
from python_ml.settings import load_settings
from tests.python_ml.learning.fitting import fit_models

METRICS = ("metric_1", "metric_2")
COLUMNS = list(model_columns(METRICS))
LAST_DAY = pd.Timestamp("2026-06-01")
MOVES = np.array([[2.0, 0.0], [0.0, 2.0]])  # of each part: how its wear moves either metric


def make_mornings(seed: int, machines: int = 16, days: int = 160) -> pd.DataFrame:
    """Mornings of machines of two parts, each of which breaks down at the end of its own life."""
    random = np.random.default_rng(seed)
    rows = []
    for machine in range(machines):
        age, life = random.uniform(0, 20, 2), random.uniform(20, 60, 2)
        for day in range(days):
            level = 0.5 + 0.1 * (age / life) ** 2 @ MOVES + random.normal(0, 0.02, 2)
            told = {type_column(1, "code"): 100.0, type_column(1, "readings_7d"): 40.0}
            for metric, value in zip(METRICS, level, strict=True):
                told[type_column(1, f"{metric}_mean_7d")] = value
                told[type_column(1, f"{metric}_std_7d")] = 0.1
            morning = LAST_DAY - pd.Timedelta(days=days - day)
            left = (life - age).min()
            clocks = dict(zip(PART_CLOCKS, age, strict=False))
            known = {"machine_id": f"m{machine:02d}", "as_of_date": morning}
            breakdown = morning + pd.Timedelta(days=left)
            rows.append({**known, **told, **clocks, "next_breakdown_at": breakdown, "left": left})
            age = age + 1
            is_worn = age >= life
            # Half a day of repair lies between the breakdown and the new clock.
            age = np.where(is_worn, np.maximum(age - life - 0.5, 0.01), age)
            life = np.where(is_worn, random.uniform(20, 60, 2), life)
    mornings = pd.DataFrame(rows).sort_values(["as_of_date", "machine_id"], ignore_index=True)
    mature = mornings["as_of_date"] + pd.Timedelta(days=7)
    mornings = mornings.assign(label_mature_date=mature, next_planned_stop_at=pd.NaT)
    return mornings.reindex(columns=list(dict.fromkeys([*mornings.columns, *COLUMNS])))


@pytest.fixture(scope="module")
def mornings() -> pd.DataFrame:
    return make_mornings(seed=0)


@pytest.fixture(scope="module")
def expert(mornings) -> WearExpert:
    until, broke = find_what_came(mornings)
    lives = find_lives_of_parts(mornings, PART_CLOCKS)
    features = mornings[COLUMNS].to_numpy(float)
    return WearExpert(COLUMNS, METRICS, horizon_days=7).fit(features, until, broke, lives)


def test_the_clock_that_a_repair_sets_anew_names_the_part(mornings):
    lives = find_lives_of_parts(mornings, PART_CLOCKS)
    until, broke = find_what_came(mornings)
    soonest = lives.until.argmin(axis=1)
    is_named = broke & lives.broke.any(axis=1)
    assert is_named.sum() > 0.9 * broke.sum()
    # The breakdown that ends the machine's life is that of the part whose life ends first.
    rows = np.flatnonzero(is_named)
    np.testing.assert_allclose(lives.until[rows, soonest[rows]], until[rows], atol=1e-6)


def test_each_morning_is_told_what_breaks_next(mornings):
    lives, causes = find_lives_of_parts(mornings, PART_CLOCKS), find_causes(mornings, PART_CLOCKS)
    is_named = causes < 3
    assert is_named.mean() > 0.9
    assert set(causes[~is_named]) == {3}
    np.testing.assert_array_equal(causes[is_named], lives.until[is_named].argmin(axis=1) + 1)


def test_parts_are_told_apart_better_than_one_wear_of_all(expert):
    assert expert.names == (*EXPERTS, BY_PARTS)
    later = make_mornings(seed=1)
    said = expert.compute_log_odds(later[COLUMNS].to_numpy(float))
    found = [average_precision_score(later["left"] < 7, each) for each in said.T]
    assert found[-1] > max(found[:-1]) + 0.05


def test_what_clocks_and_types_add_is_exact_and_clocks_of_parts_are_named(expert):
    features = make_mornings(seed=2, machines=4, days=40)[COLUMNS].to_numpy(float)
    weights = np.array([0.1, 0.2, 0.3, 0.4])
    added = expert.compute_contributions(features, weights)
    said = np.clip(expert.compute_log_odds(features), -12, 12) @ weights
    np.testing.assert_allclose(added.sum(axis=1), said, atol=1e-9)
    clocks = [COLUMNS.index(clock) for clock in PART_CLOCKS]
    assert (np.abs(added[:, clocks[:2]]).max(axis=0) > 0.1).all()
    assert (added[:, clocks[2:]] == 0).all()


@pytest.mark.parametrize("unnamed", PART_CLOCKS[:2])
def test_a_log_that_names_one_part_alone_has_no_parts(mornings, unnamed):
    one_alone = mornings.assign(**{unnamed: np.nan})
    assert find_lives_of_parts(one_alone, PART_CLOCKS) is None
    assert find_causes(one_alone, PART_CLOCKS) is None


def test_parts_are_numbered_as_the_clocks_that_a_model_sees(mornings):
    first, second, third, _ = PART_CLOCKS
    moved = mornings.assign(**{second: mornings[first], third: mornings[second], first: 1.0})
    seen = find_lives_of_parts(moved, (second, third))
    expected = find_lives_of_parts(mornings, PART_CLOCKS)
    np.testing.assert_array_equal(seen.until, expected.until)
    np.testing.assert_array_equal(seen.broke, expected.broke)


@pytest.mark.parametrize("count", [0, 1])
def test_who_sees_no_clocks_of_parts_is_fitted_without_parts(mornings, count):
    columns = [column for column in COLUMNS if column not in PART_CLOCKS[count:]]
    recipe = _Recipe(1, 1.0, is_plain=True, seed=0, columns=tuple(columns), horizon_days=7)
    [fit] = _plan_wear_fit(mornings, recipe)
    assert fit.run().names == EXPERTS


def test_without_lives_of_parts_an_expert_has_none(mornings):
    until, broke = find_what_came(mornings)
    features = mornings[COLUMNS].to_numpy(float)
    assert WearExpert(COLUMNS, METRICS, horizon_days=7).fit(features, until, broke).names == EXPERTS


def test_without_parts_an_expert_says_what_it_would_have_said_without(expert, mornings):
    features = mornings[COLUMNS].to_numpy(float)[-50:]
    alone, weights = expert.without_parts(), np.array([0.2, 0.3, 0.5])
    said = alone.compute_log_odds(features)
    np.testing.assert_array_equal(said, expert.compute_log_odds(features)[:, : len(EXPERTS)])
    added = alone.compute_contributions(features, weights).sum(axis=1)
    np.testing.assert_allclose(added, np.clip(said, -12, 12) @ weights, atol=1e-9)


def test_a_model_with_trees_by_cause_says_so_and_adds_up(mornings, monkeypatch):
    known = {"columns": tuple(COLUMNS), "horizon_days": 7}
    recipe = _Recipe(20, 1.0, is_plain=False, seed=0, is_by_cause=True, **known)
    monkeypatch.setattr(_Study, "_choose_recipe", lambda *_: (recipe, None))
    rows = mornings.assign(arepa_type="a1", **{LABEL: mornings["left"] < 7})
    training = load_settings({}).training
    model = fit_models(rows, COLUMNS, horizon_days=7, training=training)["a1"]
    assert describe_experts(model) == {"experts": "trees by cause, curves, wear"}
    assert len(model.boosting_.of_each_) == 3  # two parts, and what no clock names
    later = make_mornings(seed=3, machines=4, days=40)[COLUMNS].astype(float)
    said = model.decision_function(later)
    np.testing.assert_allclose(model.compute_contributions(later).sum(axis=1), said, atol=1e-6)
    again = cloudpickle.loads(cloudpickle.dumps(model))
    np.testing.assert_array_equal(again.decision_function(later), said)
