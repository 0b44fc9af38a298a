"""What drift is told against: fitted on the window, level by type, one threshold a gauge."""

import numpy as np
import pandas as pd
import pytest

from python_ml.lifecycle.drift_references import fit_references, pool

DAYS = pd.date_range("2025-01-01", periods=200)


def made_up() -> pd.DataFrame:
    """Two machines, two types at levels of their own, two metrics."""
    rng = np.random.default_rng(1)
    rows = [
        (machine, arepa_type, metric, DAYS[number], 20, level + rng.normal())
        for machine in ("m1", "m2")
        for arepa_type, level in (("a1", 10.0), ("a2", 50.0))
        for metric in ("metric_1", "metric_2")
        for number in range(len(DAYS))
        if (number + len(arepa_type) + ord(arepa_type[1])) % 3
    ]
    names = ["machine_id", "arepa_type", "metric", "measured_date", "reading_count", "mean"]
    return pd.DataFrame(rows, columns=names)


def test_each_type_has_its_level_and_each_gauge_one_threshold():
    references = fit_references(made_up(), alarms_per_month=1.0)
    keys = ["machine_id", "arepa_type", "metric"]
    assert len(references) == references[keys].drop_duplicates().shape[0] == 8
    by_type = references.groupby("arepa_type")["usual_level"].mean()
    assert by_type["a1"] == pytest.approx(10, abs=0.2)
    assert by_type["a2"] == pytest.approx(50, abs=0.2)
    assert (references.groupby(["machine_id", "metric"])["threshold"].nunique() == 1).all()
    assert references["threshold"].between(0.5, 3).all()


def test_days_without_readings_stay_gaps_and_a_machine_s_other_metrics_are_its_own():
    days = made_up()
    references = fit_references(days, alarms_per_month=1.0)
    days = days[~days["measured_date"].isin(DAYS[50:60])]
    levels, others = pool(days.merge(references, on=["machine_id", "arepa_type", "metric"]))
    assert list(levels.index) == list(DAYS)
    assert levels.iloc[50:60].isna().all(axis=None)
    pd.testing.assert_series_equal(
        others[("m1", "metric_1")], levels[("m1", "metric_2")], check_names=False
    )


def test_a_young_fleet_has_levels_and_no_threshold_yet():
    days = made_up()
    young = fit_references(days[days["measured_date"] < DAYS[60]], alarms_per_month=1.0)
    assert young["threshold"].isna().all()
    assert young["usual_level"].notna().all()


@pytest.mark.parametrize("count", [0, 1, 40])
def test_a_few_days_are_no_reason_to_fail(count: int):
    days = made_up()
    few = fit_references(
        days[days["measured_date"] < DAYS[0] + pd.Timedelta(days=count)], alarms_per_month=1.0
    )
    assert few["threshold"].isna().all()
    assert {"usual_level", "usual_deviation", "other_weight"} <= set(few)


def test_a_gauge_that_never_moves_and_one_metric_alone_have_references():
    days = made_up()
    alone = days[days["metric"] == "metric_1"]
    assert (fit_references(alone, alarms_per_month=1.0)["other_weight"] == 0).all()
    stuck = days.assign(mean=days["mean"].where(days["machine_id"] == "m1", 5.0))
    references = fit_references(stuck, alarms_per_month=1.0).set_index("machine_id")
    assert references.loc["m1", "threshold"].notna().all()
    assert set(references.index) == {"m1", "m2"}
