"""Models of a fleet: types learn from each other, and nothing from the future or from nowhere."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import cloudpickle
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score
from threadpoolctl import threadpool_limits

from python_ml.learning.columns import (
    LABEL,
    PART_CLOCKS,
    feature_columns,
    is_clock_or_level,
)
from python_ml.learning.estimator import (
    CAUSE,
    OF_TYPE,
    OF_WEAR,
    Fit,
    Trainings,
    _cut_folds,
    _Study,
    fit_here,
    fit_in_sequence,
    fit_pool,
    predict_probability,
    weigh_by_censoring,
)
from python_ml.learning.experts import TreesByCause
from python_ml.settings import load_settings
from tests.python_ml.learning.fitting import fit_models

COLUMNS = list(feature_columns(["metric_1", "metric_2"]))
TRAINING = load_settings({}).training
TYPES = ("a1", "a2", "a3")
SEVEN_DAYS: dict[str, Any] = {"horizon_days": 7, "training": TRAINING}
STUDY = _Study(tuple(COLUMNS), 7, TRAINING, fit_here)
DAYS = 120
STRONGEST_MODEL_BYTES = 2_000_000


def make_rows(seed: int = 0, machines: int = 12) -> pd.DataFrame:
    """Mornings whose breakdowns follow metric 2's last day, the same way for all types."""
    random = np.random.default_rng(seed)
    keys = pd.MultiIndex.from_product(
        [pd.date_range(date(2026, 1, 1), periods=DAYS), range(machines)],
        names=["as_of_date", "machine_id"],
    ).to_frame(index=False)
    features = pd.DataFrame(random.normal(1, 0.1, (len(keys), len(COLUMNS))), columns=COLUMNS)
    rows = pd.concat([keys, features], axis=1)
    rows["machine_id"] = rows["machine_id"].map("m{}".format)
    rows["arepa_type"] = np.array(TYPES)[np.arange(len(rows)) % len(TYPES)]
    log_odds = 40 * (rows["metric_2_mean_1d"] - 1.1) - 0.5
    rows[LABEL] = random.random(len(rows)) < 1 / (1 + np.exp(-log_odds))
    return rows


def early(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["as_of_date"] < pd.Timestamp(2026, 3, 10)]


def late(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["as_of_date"] < pd.Timestamp(2026, 4, 10)]


def fit(rows: pd.DataFrame):
    return fit_models(rows, COLUMNS, horizon_days=7, training=TRAINING)


@pytest.fixture(scope="module", autouse=True)
def few_trees():
    """Fewer trees than in life: the tests are about everything else, and wait for each of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("python_ml.learning.estimator.BOOSTINGS", ((40, 0.3, False), (30, 1.0, True)))
        yield


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return make_rows()


@pytest.fixture(scope="module")
def fleet(rows):
    return fit(rows)


def test_each_type_has_a_model(fleet):
    assert set(fleet) == set(TYPES)


def test_trees_that_look_at_clocks_and_levels_alone_split_on_nothing_else(rows, monkeypatch):
    monkeypatch.setattr("python_ml.learning.estimator.BOOSTINGS", ((30, 1.0, True),))
    model = fit(rows)["a1"]
    trees = [trees[0].nodes for trees in model.boosting_._predictors]
    nodes = np.concatenate([tree[~tree["is_leaf"].astype(bool)] for tree in trees])
    seen = {[*COLUMNS, "level"][i] for i in nodes["feature_idx"]} - {"level"}
    assert "metric_2_mean_1d" in seen
    assert all(is_clock_or_level(column) for column in seen)


@pytest.mark.parametrize("is_told", [True, False])
def test_causes_have_trees_of_their_own_where_these_do_better(rows, is_told, monkeypatch):
    """Old parts break down, half of the time, where their metric strays; told, or drawn by lot."""
    monkeypatch.setattr("python_ml.learning.estimator.BOOSTINGS", ((120, 1.0, False),))
    random = np.random.default_rng(4)
    rows = rows.copy()
    clocks = random.uniform(0, 60, (len(rows), len(PART_CLOCKS)))
    rows[list(PART_CLOCKS)] = clocks
    metrics = rows[["metric_1_mean_1d", "metric_2_mean_1d"]].to_numpy()
    strays = np.column_stack([metrics > 1.03, metrics < 0.97])
    comes = strays & (clocks > 40) & (random.random(clocks.shape) < 0.5)
    rows[LABEL] = comes.any(axis=1)
    cause = comes.argmax(axis=1) + 1 if is_told else random.integers(1, 5, len(rows))
    rows[CAUSE] = np.where(rows[LABEL], cause, 0)
    fold = list(_cut_folds(rows, 7))[-1]
    recipe, trees = STUDY._choose_recipe(fold, {})
    assert recipe.is_by_cause == isinstance(trees, TreesByCause) == is_told


def test_probabilities_are_calibrated_on_mornings_that_come_later(fleet):
    later = make_rows(seed=1)
    for arepa_type in TYPES:
        own = later[later["arepa_type"] == arepa_type]
        probabilities = predict_probability(fleet[arepa_type], own[COLUMNS])
        assert probabilities.mean() == pytest.approx(own[LABEL].mean(), abs=0.03)
        assert average_precision_score(own[LABEL], probabilities) > 2 * own[LABEL].mean()


def test_a_type_with_too_little_history_has_no_model(rows):
    is_new = (rows["arepa_type"] == "a3") & (rows["as_of_date"] < pd.Timestamp(2026, 4, 20))
    assert set(fit(rows[~is_new])) == {"a1", "a2"}


def test_the_same_rows_give_the_same_bits_in_any_order_and_on_any_number_of_threads(rows, fleet):
    with threadpool_limits(limits=2):
        again = fit(rows.sample(frac=1, random_state=3))
    for name, model in fleet.items():
        np.testing.assert_array_equal(
            predict_probability(model, rows[COLUMNS]),
            predict_probability(again[name], rows[COLUMNS]),
        )


def test_another_seed_gives_another_model(rows, monkeypatch):
    # Only a share of the features at a split is left to chance.
    monkeypatch.setattr("python_ml.learning.estimator.BOOSTINGS", ((30, 0.3, False),))
    one, other = (
        fit_models(rows, COLUMNS, horizon_days=7, training=replace(TRAINING, seed=seed))["a1"]
        for seed in (7, 8)
    )
    assert np.any(
        predict_probability(other, rows[COLUMNS]) != predict_probability(one, rows[COLUMNS])
    )


def test_shuffled_labels_teach_nothing(rows):
    shuffled = rows.assign(**{LABEL: np.random.default_rng(4).permutation(rows[LABEL].to_numpy())})
    model = fit(shuffled)["a1"]
    later = make_rows(seed=5)
    probabilities = predict_probability(model, later[COLUMNS])
    assert average_precision_score(later[LABEL], probabilities) < 2 * later[LABEL].mean()
    share = shuffled[LABEL].mean()
    assert abs(probabilities - share).mean() < share / 2


def test_a_planted_column_from_the_future_is_noticed(rows):
    """The average precision jumps to where no honest feature can bring it."""
    planted = rows.assign(reading_count_7d=rows[LABEL] + 0.0)
    later = make_rows(seed=6)
    later = later.assign(reading_count_7d=later[LABEL] + 0.0)
    honest = average_precision_score(
        later[LABEL], predict_probability(fit(rows)["a1"], later[COLUMNS])
    )
    cheating = average_precision_score(
        later[LABEL], predict_probability(fit(planted)["a1"], later[COLUMNS])
    )
    assert cheating > 0.99 > honest + 0.1


def test_no_expert_hears_of_mornings_whose_labels_look_into_what_it_is_asked(rows, monkeypatch):
    spans = []

    def spy(known, columns, recipe, fit_all, boosting=None):
        spans.append(known["as_of_date"].max())
        whole = original(known, columns, recipe, fit_all)
        if boosting is not None:
            # The trees that were fitted to choose among are those of this fold.
            features = np.column_stack([known[columns].to_numpy(float), np.zeros(len(known))])
            said = [trees.decision_function(features) for trees in (boosting, whole.boosting)]
            np.testing.assert_array_equal(*said)
        return whole

    def spy_ask(experts, asked, columns):
        assert spans[-1] + timedelta(days=7) <= asked["as_of_date"].min()
        return ask(experts, asked, columns)

    original, ask = (
        fit_in_sequence.__globals__["_fit_experts"],
        fit_in_sequence.__globals__["_ask"],
    )
    monkeypatch.setattr("python_ml.learning.estimator._fit_experts", spy)
    monkeypatch.setattr("python_ml.learning.estimator._ask", spy_ask)
    fit_in_sequence(Trainings([early(rows), late(rows)], rows), COLUMNS, **SEVEN_DAYS)
    assert len(spans) == 5


def test_what_follows_is_blended_by_what_those_before_heard_and_said_and_fits_nothing_for_it(rows):
    rounds: list[int] = []

    def fit_and_count(fits: Sequence[Fit]) -> list[Any]:
        rounds.append(len(fits))
        return fit_here(fits)

    first, twins, served = fit_in_sequence(
        Trainings([early(rows), late(rows)], rows), COLUMNS, **SEVEN_DAYS, fit_all=fit_and_count
    )
    own, told = 1 + len(TYPES), rows[COLUMNS]
    # Of the first: the recipe, two folds, the first of which has its trees still to fit; and each.
    # Of the twins: the trees of the recipe that the first ones are not of; and each.
    assert rounds == [2, 1 + own, own, 1 + own, 1, 1 + own, 1 + own]
    for name, alone in fit(early(rows)).items():
        np.testing.assert_array_equal(
            predict_probability(first[name], told), predict_probability(alone, told)
        )
    for name, alone in fit(rows).items():
        np.testing.assert_array_equal(
            served[name].boosting_.decision_function(np.zeros((1, len(COLUMNS) + 1))),
            alone.boosting_.decision_function(np.zeros((1, len(COLUMNS) + 1))),
        )
        assert (served[name].weights_ != twins[name].weights_).any()
        later = make_rows(seed=1)
        own_later = later[later["arepa_type"] == name]
        said = predict_probability(served[name], own_later[COLUMNS])
        assert said.mean() == pytest.approx(own_later[LABEL].mean(), abs=0.03)


def test_what_was_said_of_the_first_half_is_not_heard_and_mornings_that_left_are_forgotten(rows):
    lesson = STUDY.learn(early(rows))
    recent = rows[rows["as_of_date"] >= pd.Timestamp(2026, 2, 10)]
    later = STUDY.go_on(lesson, recent, chooses=False)
    days = recent["as_of_date"].drop_duplicates().sort_values()
    heard = later.heard["as_of_date"]
    assert lesson.heard["as_of_date"].min() < heard.min() == days.iloc[len(days) // 2]
    assert heard.max() == rows["as_of_date"].max()
    assert not later.heard.duplicated(["machine_id", "arepa_type", "as_of_date"]).any()


@pytest.mark.parametrize("chooses", [True, False])
def test_how_trees_are_made_changes_with_the_mornings_since_but_not_by_those_that_judge(
    rows, chooses, monkeypatch
):
    plain = ((30, 1.0, True),)
    monkeypatch.setattr("python_ml.learning.estimator.BOOSTINGS", plain)
    # Trees that look at clocks alone are all there is at first.
    lesson = STUDY.learn(early(rows.assign(metric_2_mean_1d=1.0)))
    monkeypatch.setattr("python_ml.learning.estimator.BOOSTINGS", ((40, 1.0, False), *plain))
    said = rows.assign(days_since_last_stop=1.0, metric_1_mean_7d=rows[LABEL] + 0.0)
    lesson = replace(lesson, rows=said[said["as_of_date"].isin(lesson.rows["as_of_date"])])
    assert STUDY.go_on(lesson, said, chooses=chooses).recipe.is_plain != chooses


def test_what_is_served_needs_no_training_before_it(rows):
    none, served = fit_in_sequence(Trainings([rows[:0]], rows), COLUMNS, **SEVEN_DAYS)
    assert none == {}
    for name, alone in fit(rows).items():
        np.testing.assert_array_equal(served[name].weights_, alone.weights_)


def test_the_same_sequence_gives_the_same_bits(rows):
    one, again = (
        fit_in_sequence(Trainings([early(part), part]), COLUMNS, **SEVEN_DAYS)[-1]["a1"]
        for part in (rows, rows.sample(frac=1, random_state=3))
    )
    told = rows[COLUMNS]
    np.testing.assert_array_equal(one.predict_proba(told), again.predict_proba(told))


def test_a_model_is_one_small_object_that_travels(fleet, rows):
    packed = cloudpickle.dumps(fleet["a1"])
    assert len(packed) < STRONGEST_MODEL_BYTES
    np.testing.assert_array_equal(
        cloudpickle.loads(packed).predict_proba(rows[COLUMNS]),
        fleet["a1"].predict_proba(rows[COLUMNS]),
    )


def test_missing_constant_and_wild_values_are_survived(rows):
    odd = rows.assign(days_since_last_stop=np.nan, day_count_7d=7.0)
    odd.iloc[::3, 10] = np.nan
    odd.iloc[::7, 12] = 1e300
    probabilities = predict_probability(fit(odd)["a1"], odd[COLUMNS])
    assert np.isfinite(probabilities).all()
    assert ((probabilities > 0) & (probabilities < 1)).all()


@settings(max_examples=20, deadline=None)
@given(row=st.integers(0, 1000))
def test_one_row_is_predicted_as_among_many(fleet, rows, row: int):
    alone = predict_probability(fleet["a2"], rows[COLUMNS].iloc[[row]])
    among = predict_probability(fleet["a2"], rows[COLUMNS])
    assert alone[0] == pytest.approx(among[row], abs=1e-15)


def test_contributions_add_up_to_the_log_odds(fleet, rows):
    for model in fleet.values():
        np.testing.assert_allclose(
            model.compute_contributions(rows[COLUMNS]).sum(axis=1),
            model.decision_function(rows[COLUMNS]),
            atol=1e-9,
        )


def label_mornings(breaks: np.ndarray, planned: np.ndarray, days: int = 20_000) -> pd.DataFrame:
    """Label the mornings of one machine; where a planned stop comes first there is no label."""
    mornings = np.arange(days)
    next_break, next_planned = (
        np.append(np.sort(times), np.inf)[np.searchsorted(np.sort(times), mornings)] - mornings
        for times in (breaks, planned)
    )
    first = np.minimum(next_break, next_planned)
    rows = pd.DataFrame(
        {
            "machine_id": "m1",
            "as_of_date": pd.Timestamp("1990-01-01") + pd.to_timedelta(mornings, unit="D"),
            "until": np.minimum(first, days - mornings),
            "broke": next_break < np.minimum(next_planned, days - mornings),
            LABEL: (next_break <= next_planned) & (next_break < 7),
        }
    )
    return rows[rows[LABEL] | (first >= 7)][: days - 14]


def test_breakdowns_weigh_as_much_as_where_nobody_stops_machines():
    random = np.random.default_rng(3)
    breaks, planned = random.uniform(0, 20_000, 400), random.uniform(0, 20_000, 1_000)
    mornings = label_mornings(breaks, planned)
    labels = mornings[LABEL].to_numpy(bool)
    truth = label_mornings(breaks, np.empty(0))[LABEL].mean()
    weights = weigh_by_censoring(mornings, 7)
    assert labels.mean() > 1.1 * truth
    assert (weights @ labels) / weights.sum() == pytest.approx(truth, rel=0.05)


@settings(max_examples=20)
@given(st.lists(st.floats(1, 280), min_size=1, max_size=30))
def test_stops_that_follow_breakdowns_take_no_labels_and_weigh_nothing(breaks):
    alone = label_mornings(np.array(breaks), np.empty(0), days=300)
    np.testing.assert_array_equal(weigh_by_censoring(alone, 7), 1)
    followed = label_mornings(np.array(breaks), np.array(breaks) + 0.01, days=300)
    np.testing.assert_array_equal(weigh_by_censoring(followed, 7), 1)


@settings(max_examples=20)
@given(st.lists(st.floats(1, 280), max_size=30), st.lists(st.floats(1, 280), max_size=30))
def test_no_breakdown_weighs_more_than_a_morning_without(breaks, planned):
    mornings = label_mornings(np.array(breaks), np.array(planned), days=300)
    weights = weigh_by_censoring(mornings, 7)
    assert weights.mean() == pytest.approx(1)
    calm = weights[~mornings[LABEL].to_numpy(bool)]
    assert (weights <= calm.max() * (1 + 1e-9)).all() if len(calm) else True


def hear_of_machines(breakdowns: int, seed: int) -> pd.DataFrame:
    """Let experts speak of 40 days of machines, of which some break down; who hears types knows."""
    random = np.random.default_rng(seed)
    days = [date(2026, 1, 1) + timedelta(days=day) for day in range(40)]
    heard = pd.DataFrame(
        {
            "machine_id": np.repeat([f"m{number}" for number in range(30)], len(days)),
            "as_of_date": days * 30,
            "arepa_type": "a1",
            LABEL: [n < breakdowns and day >= 33 for n in range(30) for day in range(len(days))],
        }
    )
    sayings = [*OF_TYPE, *OF_WEAR]
    heard[sayings] = random.normal(-3, 1, (len(heard), len(sayings)))
    heard.loc[heard[LABEL], [*OF_TYPE]] += 1
    return heard


@settings(max_examples=10)
@given(types=st.integers(2, 6), breakdowns=st.integers(1, 20), seed=st.integers(0, 99))
def test_types_that_repeat_what_one_says_move_no_blend(types, breakdowns, seed):
    alone = hear_of_machines(breakdowns, seed)
    together = pd.concat(alone.assign(arepa_type=f"a{number}") for number in range(types))
    sayings = (*OF_TYPE, *OF_WEAR)
    blends = [fit_pool(heard, sayings) for heard in (alone, together)]
    np.testing.assert_allclose(*blends, atol=0.02)


def test_little_was_heard_so_the_wear_models_speak_and_much_lets_all_speak():
    sayings, types = (*OF_TYPE, *OF_WEAR), len(OF_TYPE)
    nothing = fit_pool(hear_of_machines(0, 1)[:0], sayings)
    np.testing.assert_allclose(nothing, [*np.zeros(types), *np.full(len(OF_WEAR), 1 / 3), 0])
    few, many = (fit_pool(hear_of_machines(breakdowns, 1), sayings) for breakdowns in (1, 20))
    assert few[:types].sum() < few[types:-1].sum()
    assert many[:types].sum() > many[types:-1].sum()
    without = fit_pool(hear_of_machines(0, 1)[:0], OF_TYPE)
    np.testing.assert_allclose(without, [*np.full(types, 1 / types), 0])
