"""What predictions were worth: by hand on two machines, and for any predictions."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_ml.decisions.metrics import (
    Surroundings,
    compute_calibration,
    measure_model,
    measure_rivals,
    worst_by_machine,
)
from tests.machine_logs import HORIZON, at, make_rows, make_stops

STOPS = make_stops(("m1", "breakdown", 20.5, 21.5), ("m2", "breakdown", 30.25, 31.0))
COSTS = pd.DataFrame(
    {"phase": [1], "breakdown_cost": 2400.0, "planned_stop_cost": 400.0, "false_stop_cost": 300.0}
)
AROUND = Surroundings(STOPS, COSTS, {"default": 1}, HORIZON, seed=7)


def make_predictions(said: dict[bool, float]) -> pd.DataFrame:
    """What was said of mornings before which a breakdown came, or not; stops from 0.5 on."""
    rows = make_rows(STOPS, ["m1", "m2"], 40)
    return rows.assign(
        kitchen_id="k1",
        phase=1,
        failure_probability=rows["has_breakdown"].map(said),
        stop_threshold_probability=0.5,
    )


PERFECT = make_predictions({True: 1.0, False: 0.0})


def values_of(measures: pd.DataFrame, policy: str) -> dict[str, float]:
    of_policy = measures[measures["policy"] == policy]
    return dict(zip(of_policy["metric"], of_policy["value"], strict=True))


def test_a_perfect_model_by_hand():
    measured = measure_model(PERFECT, AROUND, "model")
    machine_days = len(PERFECT)
    assert values_of(measured, "model") == pytest.approx(
        {
            "cost_per_machine_day": 2 * 400 / machine_days,
            # Both are stopped on the first morning that saw it coming: 14.0 and 24.0.
            "warning_hours": 24 * (6.5 + 6.25) / 2,
            "false_stops_per_machine_month": 0,
            "recall_at_capacity": 1,
            "brier_score": 0,
            "average_precision": 1,
        }
    )
    is_known = measured["lower_value"].notna()
    bounds = measured[is_known]
    assert (bounds["lower_value"] <= bounds["value"] + 1e-9).all()
    assert (bounds["value"] <= bounds["upper_value"] + 1e-9).all()


def test_a_nervous_model_is_measured_at_what_its_stops_cost():
    nervous = values_of(measure_model(PERFECT.assign(failure_probability=0.9), AROUND, "x"), "x")
    machine_days = len(PERFECT)
    false_stops = nervous["false_stops_per_machine_month"] * machine_days / (365.25 / 12)
    assert false_stops == pytest.approx(round(false_stops))
    assert false_stops > 0
    cost = nervous["cost_per_machine_day"] * machine_days
    assert cost == pytest.approx(2 * 400 + 300 * false_stops)


def test_only_as_many_are_caught_as_there_are_technicians_and_one_machine_stays():
    both_high = PERFECT.assign(
        failure_probability=np.where(PERFECT["machine_id"] == "m1", 0.9, 0.8)
    )
    one_slot = values_of(measure_model(both_high, AROUND, "x"), "x")
    # m1 is always before m2, and while m1 is down m2 is the one that has to stay.
    assert one_slot["recall_at_capacity"] == 0.5
    two_slots = replace(AROUND, slots={"default": 0, "k1": 2})
    assert values_of(measure_model(both_high, two_slots, "x"), "x")["recall_at_capacity"] == 0.5
    no_slot = replace(AROUND, slots={"default": 1, "k1": 0})
    assert values_of(measure_model(both_high, no_slot, "x"), "x")["recall_at_capacity"] == 0


def test_what_has_no_value_is_left_out():
    silent = values_of(measure_model(PERFECT.assign(failure_probability=0.1), AROUND, "x"), "x")
    assert "warning_hours" not in silent
    assert silent["cost_per_machine_day"] == pytest.approx(2 * 2400 / len(PERFECT))


def test_rivals_are_running_to_failure_and_the_cheapest_calendar():
    rivals = measure_rivals(PERFECT, AROUND)
    to_failure, calendar = values_of(rivals, "run_to_failure"), values_of(rivals, "calendar")
    assert to_failure["cost_per_machine_day"] == pytest.approx(2 * 2400 / len(PERFECT))
    # On days 14 and 28, or 14 days after a breakdown: each machine once in time, once for nothing.
    assert calendar["cost_per_machine_day"] == pytest.approx((2 * 400 + 2 * 300) / len(PERFECT))
    assert calendar["interval_days"] == 14


@st.composite
def predictions_of_types(draw: st.DrawFn) -> pd.DataFrame:
    keys = st.tuples(st.sampled_from("mn"), st.integers(0, 3), st.sampled_from("abc"))
    found = draw(st.lists(keys, min_size=1, max_size=20, unique=True))
    said = st.lists(st.integers(0, 3), min_size=len(found), max_size=len(found))
    return pd.DataFrame(
        {
            "machine_id": [key[0] for key in found],
            "as_of_date": [at(key[1]) for key in found],
            "arepa_type": [key[2] for key in found],
            "failure_probability": np.array(draw(said)) / 3,
        }
    )


@settings(deadline=None, max_examples=40)
@given(predictions=predictions_of_types())
def test_the_worst_type_speaks_for_the_machine_and_of_equals_the_first(predictions):
    worst = worst_by_machine(predictions)
    keys = ["machine_id", "as_of_date"]
    assert len(worst) == len(predictions[keys].drop_duplicates())
    for row in worst.itertuples():
        same = predictions[
            (predictions["machine_id"] == row.machine_id)
            & (predictions["as_of_date"] == row.as_of_date)
        ]
        highest = same[same["failure_probability"] == same["failure_probability"].max()]
        assert row.failure_probability == same["failure_probability"].max()
        assert row.arepa_type == highest["arepa_type"].min()


@settings(deadline=None, max_examples=40)
@given(said=st.lists(st.floats(0, 1), min_size=10, max_size=200), seed=st.integers(0, 99))
def test_bins_hold_equally_many_rows_and_every_row(said: list[float], seed: int):
    came = np.random.default_rng(seed).random(len(said)) < 0.3
    bins = compute_calibration(pd.DataFrame({"failure_probability": said, "has_breakdown": came}))
    assert bins["bin"].tolist() == list(range(1, 11))
    assert np.ptp(bins["row_count"]) <= 1
    assert bins["row_count"].sum() == len(said)
    assert (bins["observed_ratio"] * bins["row_count"]).sum() == pytest.approx(came.sum())
    assert (bins["predicted_mean"] * bins["row_count"]).sum() == pytest.approx(sum(said))
    assert (bins["predicted_mean"].diff().dropna() >= -1e-12).all()
