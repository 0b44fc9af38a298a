"""What a training is made from: the right mornings, the types that can, and its story."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from python_ml.learning.columns import LABEL, feature_hash
from python_ml.learning.evaluate import Split, compute_metrics
from python_ml.lifecycle.material import (
    HOLDOUT_FIGURES_OF,
    compute_holdout_metrics,
    describe_training,
    describe_type,
    past_trainings,
    rows_of_type,
    rows_to_serve,
    split_by_history,
    split_rows,
)
from python_ml.settings import BacktestSettings, Settings, load_settings
from tests.trained_fleet import COLUMNS, DAYS, TELLTALE, day, fit_quickly, make_training_rows

FIRST_DAY = date(2026, 1, 1)
ROWS = make_training_rows()


def settings_with(**training: int) -> Settings:
    known = load_settings({})
    return known.replace(training=replace(known.training, **training))


def make_rows(arepa_type: str, days: int, breakdowns: int) -> pd.DataFrame:
    mornings = [pd.Timestamp(FIRST_DAY + timedelta(days=number)) for number in range(days)]
    labels = np.arange(days) < breakdowns
    return pd.DataFrame({"arepa_type": arepa_type, "as_of_date": mornings, LABEL: labels})


@settings(deadline=None, max_examples=40)
@given(days=st.integers(2, 200), window=st.integers(1, 120), holdout=st.integers(1, 60))
def test_the_window_is_so_many_days_before_the_holdout(days: int, window: int, holdout: int):
    known = settings_with(window_days=window, holdout_days=holdout)
    split = split_rows(make_rows("a1", days, 0), known)
    last = pd.Timestamp(FIRST_DAY + timedelta(days=days - 1))
    assert split.holdout["as_of_date"].max() == last
    assert len(split.holdout) <= holdout
    mornings = pd.concat([split.fitted, split.holdout])["as_of_date"]
    assert mornings.min() > last - timedelta(days=window + holdout)
    if len(split.fitted):
        oldest = max(last - timedelta(days=window + holdout - 1), pd.Timestamp(FIRST_DAY))
        assert split.fitted["as_of_date"].min() == oldest


def test_types_without_enough_history_are_named_with_what_they_lack():
    known = settings_with(minimum_rows=20, minimum_breakdowns=3)
    kinds = {"able": (20, 3), "short": (19, 3), "calm": (20, 2), "always": (20, 20)}
    fitted = pd.concat([make_rows(name, *size) for name, size in kinds.items()])
    able, problems = split_by_history([*kinds, "new"], Split(fitted, fitted[:0]), known)
    assert able == ["able"]
    assert problems == [
        "short: 19 rows to fit on, 20 needed",
        "calm: 2 of 20 rows end in a breakdown, 3 needed and not all",
        "always: 20 of 20 rows end in a breakdown, 3 needed and not all",
        "new: 0 rows to fit on, 20 needed",
    ]


def test_a_type_that_is_called_as_all_together_has_no_model():
    known = settings_with(minimum_rows=20, minimum_breakdowns=3)
    fitted = pd.concat([make_rows(name, 20, 3) for name in ("a1", "all")])
    able, [problem] = split_by_history(["a1", "all"], Split(fitted, fitted[:0]), known)
    assert able == ["a1"]
    assert problem.startswith("all: means all types together in back-tests")


def test_a_model_is_judged_on_its_type_s_holdout_beside_the_naive_guess():
    split = rows_of_type(split_rows(ROWS, settings_with(holdout_days=30)), "a1")
    model = fit_quickly(split.fitted, COLUMNS)["a1"]
    found = compute_holdout_metrics(model, COLUMNS, split)
    said = model.predict_proba(split.holdout[list(COLUMNS)])[:, 1]
    expected = compute_metrics(split.holdout[LABEL].to_numpy(bool), said)
    assert found.items() >= {f"holdout_{name}": value for name, value in expected.items()}.items()
    assert found["holdout_brier_score"] < found["holdout_naive_brier_score"]
    assert found["holdout_average_precision"] == 1 > found["holdout_naive_average_precision"]
    assert compute_holdout_metrics(model, COLUMNS, Split(split.fitted, split.holdout[:0])) == {}


def test_tags_tell_when_from_what_and_for_what_a_model_was_trained():
    split = split_rows(ROWS, settings_with(holdout_days=30))
    served = rows_to_serve(ROWS, settings_with(window_days=100))
    told = describe_training(
        split, served, settings_with(seed=3).replace(phases=(1, 3)), COLUMNS, date(2026, 5, 9)
    )
    code_version = told.pop("code_version")
    assert code_version
    assert told == {
        "fitted_from": "2026-01-21",
        "fitted_to": "2026-04-30",
        "judged_fitted_from": "2026-01-01",
        "judged_fitted_to": "2026-03-25",
        "holdout_figures_of": HOLDOUT_FIGURES_OF,
        "holdout_from": "2026-04-01",
        "holdout_to": "2026-04-30",
        "horizon_days": "7",
        "phases": "1,3",
        "seed": "3",
        "feature_hash": feature_hash(COLUMNS),
        "trained_as_of": "2026-05-09",
    }
    assert describe_type("a2", split, served) == {
        "arepa_type": "a2",
        "fitted_rows": str(len(served) // 2),
        "fitted_censored_rows": "0",
        "fitted_breakdowns": str(int(served[TELLTALE].sum()) // 2),
        "judged_fitted_rows": str(len(split.fitted) // 2),
        "judged_fitted_breakdowns": str(int(split.fitted[TELLTALE].sum()) // 2),
        "holdout_rows": str(len(split.holdout) // 2),
    }


def settings_of(refit_days: int, refit_count: int, window_days: int, horizon: int) -> Settings:
    known = load_settings({})
    return known.replace(
        horizon_days=horizon,
        training=replace(known.training, window_days=window_days),
        backtest=BacktestSettings(refit_days=refit_days, refit_count=refit_count),
    )


@settings(deadline=None, max_examples=40)
@given(
    refit_days=st.integers(1, 70),
    refit_count=st.integers(0, 6),
    window_days=st.integers(1, 150),
    horizon=st.integers(1, 20),
    newest=st.integers(0, DAYS),
)
def test_past_trainings_know_no_label_of_what_they_predict_and_predict_each_morning_once(
    refit_days, refit_count, window_days, horizon, newest
):
    known = settings_of(refit_days, refit_count, window_days, horizon)
    mornings = ROWS[ROWS["arepa_type"] == "a1"]
    asked: list[date] = []
    judging = pd.DataFrame({"as_of_date": [pd.Timestamp(day(newest))]})
    for split in past_trainings(mornings, Split(mornings[:0], judging), known):
        fitted = pd.to_datetime(split.fitted["as_of_date"]).dt.date
        period = sorted(set(pd.to_datetime(split.holdout["as_of_date"]).dt.date))
        # A period begins where the one after it is one refit away; its first morning may be gone.
        origin = day(newest) - timedelta(
            days=refit_days * -(-(day(newest) - period[0]).days // refit_days)
        )
        assert fitted.max() + timedelta(days=horizon) <= origin
        assert fitted.min() > origin - timedelta(days=window_days)
        assert period[-1] < min(origin + timedelta(days=refit_days), day(newest))
        assert not asked or asked[-1] < period[0]
        asked += period
    assert not asked or asked[0] >= day(newest) - timedelta(days=refit_days * refit_count)


def test_where_nothing_judges_the_newest_training_there_is_none_before_it():
    assert not list(past_trainings(ROWS, Split(ROWS, ROWS[:0]), load_settings({})))
