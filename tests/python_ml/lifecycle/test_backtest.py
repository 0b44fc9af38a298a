"""The past replayed: no training knows its own future, and every morning is predicted once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from python_ml.decisions import metrics
from python_ml.decisions.metrics import Surroundings
from python_ml.engines.model_files import write_parts
from python_ml.engines.registry import LoadedModel, RegisteredModel
from python_ml.engines.warehouse import IN_MEMORY, Warehouse
from python_ml.learning.columns import LABEL, PART_CLOCKS
from python_ml.learning.evaluate import Split, split_by_date
from python_ml.lifecycle import backtest
from python_ml.lifecycle.backtest import (
    Backtest,
    _choose_threshold,
    measure_champions,
    read_surroundings,
    run_backtest,
    write_backtest,
)
from python_ml.lifecycle.material import past_trainings
from python_ml.settings import BacktestSettings, load_settings
from tests.machine_logs import HORIZON
from tests.trained_fleet import (
    COLUMNS,
    COSTS,
    DAYS,
    FIRST_DAY,
    LAST_DAY,
    TYPES,
    day,
    fit_quickly,
    make_log,
    make_training_rows,
    write_marts,
)

ROWS = make_training_rows()
AROUND = Surroundings(make_log(), COSTS, {"default": 2}, HORIZON, seed=7)
BREAK_EVEN = 300 / (2400 - 400 + 300)
EVERY_THREE_WEEKS = load_settings({}).replace(
    backtest=BacktestSettings(refit_days=21, refit_count=2)
)


@pytest.fixture(scope="module", autouse=True)
def few_samples() -> Iterator[None]:
    """Intervals from fewer samples than in life: nothing here is about them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics, "SCORE_SAMPLES", 5)
        yield


@pytest.fixture(scope="module")
def newest() -> Split:
    return split_by_date(ROWS, holdout_days=21, horizon_days=HORIZON)


@pytest.fixture(scope="module")
def replayed(newest: Split) -> Backtest:
    past = past_trainings(ROWS, newest, EVERY_THREE_WEEKS)
    trainings = [(each.holdout, fit_quickly(each.fitted, COLUMNS)) for each in (*past, newest)]
    return run_backtest(trainings, AROUND, EVERY_THREE_WEEKS)


def test_each_period_is_predicted_by_the_models_of_its_morning(replayed: Backtest):
    predictions = replayed.predictions
    keys = ["machine_id", "arepa_type", "as_of_date"]
    assert not predictions[keys].duplicated().any()
    first = LAST_DAY - timedelta(days=3 * 21 - 1)
    expected = ROWS[ROWS["as_of_date"] >= pd.Timestamp(first)]
    assert len(predictions) == len(expected)
    origins = [first, first + timedelta(days=21), first + timedelta(days=42)]
    age = (predictions["as_of_date"] - predictions["trained_as_of_date"]).dt.days
    assert sorted(predictions["trained_as_of_date"].unique()) == list(map(pd.Timestamp, origins))
    assert age.between(0, 20).all()
    said = predictions.groupby(LABEL)["failure_probability"]
    assert said.min()[True] > said.max()[False]


def test_metrics_and_calibration_are_of_each_type_and_of_all_machines(replayed: Backtest):
    for found in (replayed.metrics, replayed.calibration):
        assert set(found["arepa_type"]) == {*TYPES, "all"}
    assert set(replayed.metrics["policy"]) == {"model", "run_to_failure", "calendar"}
    by_policy = replayed.metrics[replayed.metrics["metric"] == "cost_per_machine_day"]
    of_all = by_policy[by_policy["arepa_type"] == "all"].set_index("policy")["value"]
    assert of_all["model"] < of_all["calendar"] < of_all["run_to_failure"]


def test_without_mature_predictions_the_threshold_is_what_costs_alone_say(replayed: Backtest):
    predictions = replayed.predictions
    first = predictions["trained_as_of_date"].min()
    at_first = predictions[predictions["trained_as_of_date"] == first]
    assert at_first["stop_threshold_probability"].to_numpy() == pytest.approx(BREAK_EVEN)
    assert set(replayed.thresholds) == set(TYPES)


def test_thresholds_are_chosen_by_a_type_s_labels_that_were_mature_and_no_others():
    # Drawn by chance: every row more or less moves the choice.
    said = np.random.default_rng(3).random(len(ROWS))
    predictions = ROWS.assign(failure_probability=said)

    def choose(rows: pd.DataFrame, as_of: date) -> float:
        return _choose_threshold(rows, "a1", as_of, AROUND, EVERY_THREE_WEEKS)

    def choose_from(last: int) -> float:
        is_known = ROWS["as_of_date"] <= pd.Timestamp(day(last))
        known = predictions[is_known & (ROWS["arepa_type"] == "a1")]
        return choose(known, day(2 * DAYS))

    chosen = choose(predictions, day(100))
    assert chosen == choose_from(100 - HORIZON)
    assert chosen != choose_from(100 - HORIZON + 1)
    assert chosen != choose_from(100 - HORIZON - 1)


def champion(fitted_to: date, **tags: str) -> LoadedModel:
    model = RegisteredModel("a1", "arepas__a1", "1", {"fitted_to": fitted_to.isoformat(), **tags})
    return LoadedModel(model, fit_quickly(ROWS, COLUMNS)["a1"], COLUMNS)


def test_champions_are_measured_on_mornings_whose_labels_they_have_not_seen():
    measured = measure_champions(ROWS, [champion(day(80))], {}, AROUND)
    assert set(measured["arepa_type"]) == {"a1", "all"}
    assert set(measured["policy"]) == {"previous_champion"}
    assert set(measured["from_date"]) == {pd.Timestamp(day(80 + HORIZON))}
    assert measure_champions(ROWS, [champion(LAST_DAY)], {}, AROUND).empty
    assert measure_champions(ROWS, [], {}, AROUND).empty


def test_champions_are_measured_with_parts_clocks_where_they_know_them(
    monkeypatch: pytest.MonkeyPatch,
):
    asked = []

    def say(_: object, inputs: pd.DataFrame) -> np.ndarray:
        asked.append(inputs)
        return np.full(len(inputs), 0.1)

    monkeypatch.setattr(backtest, "predict_probability", say)
    rows = ROWS.assign(**(dict.fromkeys(PART_CLOCKS, np.nan) | {PART_CLOCKS[1]: 9.0}))
    known = replace(champion(day(80), parts=write_parts({1: ["arm"]})), columns=PART_CLOCKS)
    measure_champions(rows, [known], {1: ["belt", "arm"]}, AROUND)
    [inputs] = asked
    assert set(inputs[PART_CLOCKS[0]]) == {9.0}
    assert inputs[PART_CLOCKS[1]].isna().all()


def test_a_champion_is_measured_with_its_own_threshold():
    def false_stops(**tags: str) -> float:
        measured = measure_champions(ROWS, [champion(day(40), **tags)], {}, AROUND)
        is_asked = measured["metric"] == "false_stops_per_machine_month"
        return measured[is_asked & (measured["arepa_type"] == "a1")]["value"].item()

    assert false_stops() == 0
    assert false_stops(stop_threshold_probability="0.0") > 0


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    with Warehouse(IN_MEMORY) as warehouse:
        yield warehouse


def test_a_back_test_takes_the_place_of_an_earlier_one_of_its_morning(
    warehouse: Warehouse, replayed: Backtest
):
    def counts() -> list[tuple]:
        return [
            tuple(warehouse.rows(f"select backtest_date, count(*) from ml.{name} group by 1"))
            for name in ("backtest_predictions", "backtest_metrics", "calibration")
        ]

    def write(found: Backtest, as_of: date) -> None:
        write_backtest(warehouse, found, {"a1": "3"}, as_of=as_of, horizon_days=HORIZON)

    write(replayed, LAST_DAY)
    once = counts()
    write(replayed, LAST_DAY)
    assert counts() == once
    assert once[0] == ((LAST_DAY, len(replayed.predictions)),)
    versions = "select distinct arepa_type, model_version from ml.backtest_metrics order by 1"
    assert warehouse.rows(versions) == [("a1", "3"), ("a2", None), ("all", None)]
    write(replayed, FIRST_DAY)
    assert [len(found) for found in counts()] == [2, 2, 2]
    spoilt = replace(replayed, calibration=replayed.calibration.assign(row_count=None))
    before = counts()
    with pytest.raises(Exception, match="NOT NULL"):
        write(replace(spoilt, predictions=replayed.predictions[:1]), LAST_DAY)
    assert counts() == before


def test_what_predictions_are_judged_against_is_read_as_of_the_morning(warehouse: Warehouse):
    write_marts(warehouse, ROWS)
    around = read_surroundings(warehouse, load_settings({}), as_of=day(50))
    assert len(around.stops) == (make_log()["started_at"] < pd.Timestamp(day(50))).sum()
    assert around.slots == {"default": 2}
    assert (around.horizon_days, around.seed) == (HORIZON, 7)
