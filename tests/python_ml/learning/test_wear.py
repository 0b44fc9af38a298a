"""One wear behind all that a machine's types show: found, honest about what it does not know."""

from collections.abc import Callable
from copy import copy
from datetime import date, timedelta

import cloudpickle
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score

from python_ml.learning.answers import rehearse
from python_ml.learning.blend import BlendedClassifier
from python_ml.learning.columns import (
    LABEL,
    NEXT_BREAKDOWN,
    NEXT_PLANNED_STOP,
    WEAR,
    model_columns,
    type_column,
)
from python_ml.learning.estimator import (
    Trainings,
    fit_in_sequence,
    predict_probability,
)
from python_ml.learning.lives import find_what_came
from python_ml.learning.reasons import explain, to_text
from python_ml.learning.wear import (
    EXPERTS,
    WearExpert,
    can_fit,
)
from python_ml.lifecycle.material import describe_experts
from python_ml.settings import load_settings
from tests.python_ml.learning.fitting import fit_models

METRICS = ("metric_1", "metric_2")
COLUMNS = list(model_columns(METRICS))
CLOCK = COLUMNS.index("batch_count_since_last_stop")
LAST_DAY = pd.Timestamp(date(2026, 6, 1))
# Of each type: how far full wear moves either metric, in spreads of a reading.
MOVES = np.array([[2.0, 0.0], [-2.0, 0.5], [0.0, -2.0]])


def make_mornings(seed: int = 0, machines: int = 20, days: int = 150) -> pd.DataFrame:
    """Mornings of machines that break down when worn, whose gauges lie; one row a morning."""
    random = np.random.default_rng(seed)
    rows = []
    for machine in range(machines):
        age, life, gauge = random.uniform(0, 20), random.uniform(15, 45), random.normal(0, 1, 2)
        for day in range(days):
            morning = LAST_DAY - pd.Timedelta(days=days - day)
            shown = 0.5 + 0.1 * (gauge + MOVES * (age / life) ** 2)
            rows.append(
                {
                    "machine_id": f"m{machine:02d}",
                    "as_of_date": morning,
                    "age": age,
                    "left": life - age,
                }
                | {
                    type_column(slot + 1, told): value
                    for slot in range(len(MOVES))
                    for told, value in describe_type(slot, shown[slot], random).items()
                }
            )
            age += 1
            if age >= life:
                age, life = 0.0, random.uniform(15, 45)
    mornings = pd.DataFrame(rows).sort_values(["as_of_date", "machine_id"], ignore_index=True)
    ends = mornings["as_of_date"] + pd.to_timedelta(mornings["left"], unit="D")
    mature = mornings["as_of_date"] + pd.Timedelta(days=7)
    known = {
        "arepa_type": "a1",
        CLOCK_NAME: mornings["age"] * 20,
        "label_mature_date": mature,
        NEXT_BREAKDOWN: ends,
        NEXT_PLANNED_STOP: pd.NaT,
        LABEL: ends < mature,
    }
    return mornings.assign(**known).reindex(columns=list(dict.fromkeys([*KEPT, *COLUMNS])))


CLOCK_NAME = COLUMNS[CLOCK]
KEPT = (
    *("machine_id", "arepa_type", "as_of_date", "label_mature_date"),
    *(NEXT_BREAKDOWN, NEXT_PLANNED_STOP, LABEL),
)


def describe_type(slot: int, level: np.ndarray, random: np.random.Generator) -> dict[str, float]:
    told = {"code": 100.0 + slot, "readings_7d": 40.0}
    for metric, value in zip(METRICS, level, strict=True):
        told[f"{metric}_mean_7d"] = value + random.normal(0, 0.1 / np.sqrt(40))
        told[f"{metric}_std_7d"] = 0.1 * np.exp(random.normal(0, 0.1))
        told[f"{metric}_last_day_delta_7d"] = random.normal(0, 0.04)
    return told


def fit_expert(mornings: pd.DataFrame, columns: list[str] = COLUMNS) -> WearExpert:
    until, broke = find_what_came(mornings)
    expert = WearExpert(columns, METRICS, horizon_days=7)
    return expert.fit(mornings[columns].to_numpy(float), until, broke)


@pytest.fixture(scope="module")
def mornings() -> pd.DataFrame:
    return make_mornings()


@pytest.fixture(scope="module")
def expert(mornings) -> WearExpert:
    return fit_expert(mornings)


@pytest.fixture(scope="module")
def later() -> tuple[np.ndarray, np.ndarray]:
    rows = make_mornings(seed=1)
    return rows[COLUMNS].to_numpy(float), rows[LABEL].to_numpy(bool)


def test_wear_is_found_behind_gauges_that_lie_and_types_that_move_apart(expert, later):
    features, came = later
    said = expert.compute_log_odds(features)
    by_clock = expert.compute_clock_log_odds(features)
    for number, name in enumerate(EXPERTS):
        found = average_precision_score(came, said[:, number])
        assert found > average_precision_score(came, by_clock[:, number]) + 0.1, name
    seen, _ = expert.compute_health(features)
    assert seen[came].mean() > seen[~came].mean() + 0.3


def test_a_gauge_that_moves_all_types_alike_says_less_than_types_that_move_apart(expert, mornings):
    """The shift of all is the same in size as what wear does to the types."""
    row = mornings[COLUMNS].iloc[[0]].assign(**{CLOCK_NAME: 300.0}).to_numpy(float)
    alike, apart = row.copy(), row.copy()
    for slot, moves in enumerate(MOVES):
        for metric, move in zip(METRICS, moves, strict=True):
            column = COLUMNS.index(type_column(slot + 1, f"{metric}_mean_7d"))
            alike[0, column] = 0.5 + 0.2 * (metric == "metric_1")
            apart[0, column] = 0.5 + 0.1 * move
    said = expert.compute_log_odds(np.vstack([alike, apart]))
    assert (said[1] > said[0] + 1).all()


def test_the_same_mornings_give_the_same_bits(expert, mornings, later):
    again = cloudpickle.loads(cloudpickle.dumps(fit_expert(mornings)))
    features, _ = later
    np.testing.assert_array_equal(
        again.compute_log_odds(features), expert.compute_log_odds(features)
    )


def test_without_types_that_it_knows_it_says_what_the_clock_says(expert, later):
    features = later[0][:50].copy()
    features[:, [COLUMNS.index(type_column(slot, "code")) for slot in range(1, 7)]] = 7.0
    np.testing.assert_allclose(
        expert.compute_log_odds(features), expert.compute_clock_log_odds(features), atol=1e-9
    )


def test_wild_and_missing_values_are_survived(mornings, later):
    odd = mornings.copy()
    odd.iloc[::5, odd.columns.get_loc("type_1_metric_1_mean_7d")] = 1e300
    odd.iloc[::7, odd.columns.get_loc("type_2_metric_2_std_7d")] = 0.0
    odd["type_3_metric_1_mean_7d"] = np.nan
    odd[CLOCK_NAME] = np.nan
    said = fit_expert(odd).compute_log_odds(odd[COLUMNS].to_numpy(float))
    assert np.isfinite(said).all()


def test_of_a_week_with_a_stop_in_it_only_the_last_day_counts_if_all_of_it_came_after(
    expert, later
):
    def ask(days: float, mean: float, last_day: float, spread: float) -> np.ndarray:
        shown = pd.DataFrame(later[0][:50], columns=COLUMNS).assign(days_since_last_stop=days)
        column = type_column(1, "metric_1")
        shown[f"{column}_mean_7d"] += mean
        shown[f"{column}_last_day_delta_7d"] += last_day
        shown[f"{column}_std_7d"] *= spread
        return expert.compute_log_odds(shown.to_numpy(float))

    assert not np.allclose(ask(20, 0, 0, 1), ask(20, 0.1, -0.1, 2), atol=0.1)
    np.testing.assert_allclose(ask(3, 0, 0, 1), ask(3, 0.1, -0.1, 2))
    assert not np.allclose(ask(3, 0, 0, 1), ask(3, 0, 0.1, 1), atol=0.1)
    np.testing.assert_allclose(ask(0.5, 0, 0, 1), ask(0.5, 0.1, 0.1, 2))


def test_a_week_s_mean_shows_less_than_today_s_wear_the_sooner_after_a_stop_the_less(expert, later):
    weeks = pd.DataFrame(later[0][:5], columns=COLUMNS)
    features = weeks.assign(days_since_last_stop=[3.0, 10.0, 30.0, 300.0, np.nan]).to_numpy(float)
    shown = expert.read_since_stops(features).shown[:, 0]
    assert shown == pytest.approx([1, 0.7, 0.9, 0.99, 1])  # of a week with a stop the last day
    of_before = copy(expert)
    del of_before.__dict__["_ages_weeks"]  # as it comes out of a registry of before this was asked
    assert np.all(of_before.read_since_stops(features).shown == 1)


def test_what_came_ends_where_the_labels_end():
    days = pd.to_datetime(["2026-01-01"] * 3 + ["2026-01-11"])
    mornings = pd.DataFrame(
        {
            "as_of_date": days,
            "label_mature_date": days + pd.Timedelta(days=7),
            NEXT_BREAKDOWN: pd.to_datetime(["2026-01-03", "2026-01-05", "2026-02-01", None]),
            NEXT_PLANNED_STOP: pd.to_datetime([None, "2026-01-04", None, None]),
        }
    )
    until, broke = find_what_came(mornings)
    np.testing.assert_array_equal(until, [2, 3, 17, 7])
    np.testing.assert_array_equal(broke, [True, False, False, False])


def test_a_fleet_without_breakdowns_or_with_few_mornings_has_no_wear_expert(mornings):
    until, broke = find_what_came(mornings)
    assert can_fit(until, broke)
    assert not can_fit(until, np.zeros_like(broke))
    assert not can_fit(until[:100], broke[:100])


@pytest.fixture(scope="module")
def model(mornings) -> BlendedClassifier:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("python_ml.learning.estimator.BOOSTINGS", ((20, 0.3, False),))
        training = load_settings({}).training
        return fit_models(mornings, COLUMNS, horizon_days=7, training=training)["a1"]


def test_the_blend_believes_the_expert_that_knows_and_adds_up(model, later):
    features = pd.DataFrame(later[0], columns=COLUMNS)
    assert model.weights_[-len(EXPERTS) :].sum() > model.weights_[: -len(EXPERTS)].sum()
    assert average_precision_score(later[1], predict_probability(model, features)) > 0.8
    np.testing.assert_allclose(
        model.compute_contributions(features).sum(axis=1),
        model.decision_function(features),
        atol=1e-9,
    )


def test_what_is_served_has_the_wear_of_newer_mornings_too(mornings):
    training = load_settings({}).training
    is_old = mornings["label_mature_date"] < mornings["label_mature_date"].max() - timedelta(25)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("python_ml.learning.estimator.BOOSTINGS", ((20, 0.3, False),))
        twin, served = (
            models["a1"]
            for models in fit_in_sequence(
                Trainings([mornings[is_old]], mornings), COLUMNS, horizon_days=7, training=training
            )
        )
    assert len(served.weights_) == len(twin.weights_) == len(EXPERTS) + 3
    alone = served.wear_.compute_log_odds(mornings[COLUMNS].to_numpy(float))
    assert (alone != twin.wear_.compute_log_odds(mornings[COLUMNS].to_numpy(float))).any()
    assert np.isfinite(served.timing_.weights).all()


def with_metrics(mornings: pd.DataFrame, count: int) -> pd.DataFrame:
    """As many metrics, each of which shows what one of the two shows."""
    names = [f"metric_{number + 1}" for number in range(count)]
    shown = {
        type_column(slot + 1, f"{name}_{told}"): mornings[
            type_column(slot + 1, f"{METRICS[number % 2]}_{told}")
        ]
        for slot in range(len(MOVES))
        for number, name in enumerate(names)
        for told in ("mean_7d", "std_7d", "last_day_delta_7d")
    }
    others = mornings.drop(columns=[column for column in shown if column in mornings])
    columns = list(dict.fromkeys([*KEPT, *model_columns(names)]))
    return pd.concat([others, pd.DataFrame(shown)], axis=1).reindex(columns=columns)


def with_breakdowns_of(mornings: pd.DataFrame, machines: list[str]) -> pd.DataFrame:
    breaks = mornings["machine_id"].isin(machines)
    nexts = mornings[NEXT_BREAKDOWN].where(breaks)
    return mornings.assign(**{NEXT_BREAKDOWN: nexts, LABEL: mornings[LABEL] & breaks})


def with_what_types_show(mornings: pd.DataFrame, show: Callable) -> pd.DataFrame:
    shown = [column for column in COLUMNS if column.startswith("type_") and "metric" in column]
    return mornings.assign(**{column: show(mornings[column]) for column in shown})


ODD_FLEETS = {
    "ten breakdowns": lambda: with_breakdowns_of(make_mornings(machines=9), ["m00", "m01"]),
    "one machine": lambda: make_mornings(machines=1, days=500),
    "one metric": lambda: with_metrics(make_mornings(machines=6), 1),
    "twenty metrics": lambda: with_metrics(make_mornings(machines=8, days=70), 20),
    "metrics that say nothing": lambda: with_what_types_show(
        make_mornings(machines=6), lambda shown: shown.sample(frac=1, random_state=0).to_numpy()
    ),
    "metrics that stand still": lambda: with_what_types_show(make_mornings(machines=6), np.sign),
    "metrics that nobody has": lambda: with_what_types_show(
        make_mornings(machines=6), lambda shown: shown * np.nan
    ),
}


@pytest.fixture
def fit_few(monkeypatch: pytest.MonkeyPatch) -> Callable[[pd.DataFrame], BlendedClassifier]:
    monkeypatch.setattr("python_ml.learning.estimator.BOOSTINGS", ((5, 0.3, False),))

    def fit(mornings: pd.DataFrame) -> BlendedClassifier:
        columns, training = list(mornings.columns[len(KEPT) :]), load_settings({}).training
        return fit_models(mornings, columns, horizon_days=7, training=training)["a1"]

    return fit


@pytest.mark.parametrize("make", ODD_FLEETS.values(), ids=ODD_FLEETS)
def test_odd_fleets_have_a_wear_and_answer_what_a_morning_asks(make, fit_few):
    mornings = make()
    model = fit_few(mornings)
    asked = mornings[mornings.columns[len(KEPT) :]].tail(20)
    rehearse(model, asked)
    assert model.wear_ is not None
    assert np.isfinite(predict_probability(model, asked)).all()
    assert np.isfinite(model.predict_health(asked)).all()


def test_without_a_breakdown_there_is_no_model_and_no_failure():
    calm = with_breakdowns_of(make_mornings(machines=6), [])
    training = load_settings({}).training
    both = fit_in_sequence(Trainings([calm], calm), COLUMNS, horizon_days=7, training=training)
    assert both == [{}, {}]


@pytest.mark.parametrize("failure", ["raised", "said"])
def test_where_wear_comes_to_nothing_the_other_experts_go_on(monkeypatch, fit_few, failure):
    def fit_in_vain(self: WearExpert, *_: object) -> WearExpert:
        if failure == "raised":
            raise np.linalg.LinAlgError("singular")
        monkeypatch.setattr(
            WearExpert, "compute_log_odds", lambda _, rows: np.full((len(rows), 3), np.nan)
        )
        return self

    monkeypatch.setattr(WearExpert, "fit", fit_in_vain)
    model = fit_few(make_mornings(machines=6))
    assert describe_experts(model) == {"experts": "trees, curves"}
    assert len(model.weights_) == 3


def test_wear_is_a_reason_in_words(model, later):
    features, came = later
    worn = pd.DataFrame(features[came][:20], columns=COLUMNS)
    told = [reason for of_row in explain(model, worn) for reason in of_row]
    assert {reason.feature for reason in told} & {WEAR}
    assert any("wear of the machine by all its types" in to_text([reason]) for reason in told)


def test_a_blend_of_before_wear_is_read_and_says_what_it_said(mornings):
    own = [column for column in COLUMNS if not column.startswith("type_")]
    old = BlendedClassifier(iterations=5).fit(mornings[own], mornings[LABEL])
    state = {name: value for name, value in old.__getstate__().items() if name != "wear_"}
    read = BlendedClassifier.__new__(BlendedClassifier)
    read.__setstate__(state)
    np.testing.assert_array_equal(
        read.predict_proba(mornings[own]), old.predict_proba(mornings[own])
    )


def test_a_machine_s_health_rises_with_its_wear_and_lies_in_its_band(model, mornings):
    health, low, high = model.predict_health(mornings[COLUMNS].astype(float)).T
    assert ((low >= 0) & (low <= health) & (health <= high) & (high <= 1)).all()
    is_new = mornings[CLOCK_NAME] < 60
    left = mornings[NEXT_BREAKDOWN] - mornings["as_of_date"]
    is_worn = left < pd.Timedelta(days=2)
    assert health[is_new].mean() < 0.3
    assert health[is_worn].mean() > 0.7
