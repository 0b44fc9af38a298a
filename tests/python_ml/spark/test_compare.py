"""The comparison notices what differs, and that it would; and that both executors worked."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from python_ml.engines.warehouse import IN_MEMORY, Warehouse
from python_ml.settings import PROJECT_DIR
from python_ml.spark.compare import (
    FEATURES,
    KEYS_OF,
    LARGEST_DIFFERENCE,
    SHORT_WEEK,
    WEEK,
    _check_control,
    _check_executors,
    find_differences,
)
from tests.tiny_models import make_features

WEEKLY = f"""
select
    machine_id, arepa_type, as_of_date,
    sum(reading) over (
        partition by machine_id, arepa_type order by as_of_date {WEEK} and current row
    ) as reading_sum_7d
from readings
"""


def tables() -> dict[str, pd.DataFrame]:
    """A row or two of each table that is compared."""
    made = {
        name: pd.DataFrame(
            {key: ["2026-11-20", "2026-11-21"] for key in keys} | {"value": [1.0, 2.0]}
        )
        for name, keys in KEYS_OF.items()
    }
    made[FEATURES] = make_features(date(2026, 11, 20))
    made["quarantine.row_ledger"]["loaded_at"] = pd.Timestamp("2026-11-20 05:00")
    return made


def exceeding(here: dict[str, pd.DataFrame], there: dict[str, pd.DataFrame]) -> list[str]:
    found = find_differences(here, there)
    assert [difference.table for difference in found] == list(KEYS_OF)
    return [each.table for each in found if each.exceeds(LARGEST_DIFFERENCE)]


def test_equal_tables_do_not_differ_whenever_they_were_loaded():
    there = tables()
    there["quarantine.row_ledger"]["loaded_at"] = pd.Timestamp("2026-11-21 05:00")
    there[FEATURES] = there[FEATURES][::-1]
    assert exceeding(tables(), there) == []


@pytest.mark.parametrize("is_row_gone", [False, True])
def test_a_value_or_a_row_that_differs_is_found_in_every_table(is_row_gone: bool):
    there = tables()
    for name, rows in there.items():
        if is_row_gone:
            there[name] = rows[1:]
        else:
            rows.loc[1, "metric_1_mean_7d" if name == FEATURES else "value"] *= 1 + 1e-8
    assert exceeding(tables(), there) == list(KEYS_OF)
    one = tables() | {"core.fct_machine_stops": there["core.fct_machine_stops"]}
    assert exceeding(tables(), one) == ["core.fct_machine_stops"]


def test_a_week_of_six_days_on_one_side_is_noticed_and_a_blind_comparison_too(
    capsys: pytest.CaptureFixture[str],
):
    days = pd.date_range("2026-11-01", periods=20)
    readings = pd.DataFrame({"machine_id": "m1", "arepa_type": "a1", "as_of_date": days})
    readings["reading"] = np.arange(20.0)
    assert WEEK != SHORT_WEEK
    [model] = (PROJECT_DIR / "models").rglob(f"{FEATURES.partition('.')[2]}.sql")
    assert WEEK in model.read_text()
    with Warehouse(IN_MEMORY) as engine:
        engine._connection.register("readings", readings)
        features = engine.frame(WEEKLY)
        assert _check_control(features, engine, WEEKLY) == []
        assert "negative control" in capsys.readouterr().out
        # A query without the week comes out the same, however short it is made.
        other = WEEKLY.replace(WEEK, "rows between 3 preceding")
        [problem] = _check_control(engine.frame(other), engine, other)
    assert "went unnoticed" in problem


@pytest.mark.parametrize(
    ("executors", "is_problem"),
    [(["0", "1", "1"], False), (["0", "0"], True), (["0", "1", "driver"], True), ([], True)],
)
def test_the_work_has_to_be_that_of_two_executors(
    tmp_path: Path, executors: list[str], is_problem: bool
):
    log = tmp_path / "app-1"
    events = [
        {"Event": "SparkListenerTaskEnd", "Task Info": {"Executor ID": name}} for name in executors
    ]
    log.write_text("".join(f"{json.dumps(event, separators=(',', ':'))}\n" for event in events))
    assert bool(_check_executors(log, "local-cluster[2,1,1024]")) == is_problem
