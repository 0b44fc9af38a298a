"""The two-monthly job goes on after what failed for some types, and tells it at its end."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from python_ml.decisions.cost_replay import COST_COLUMNS
from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.warehouse import IN_MEMORY, Warehouse
from python_ml.errors import ArepasError, PartlyDoneError
from python_ml.lifecycle import retrain as module
from python_ml.lifecycle.decision_terms import find_changed_costs, write_trained_costs
from python_ml.lifecycle.retrain import find_reasons_to_retrain, retrain
from python_ml.modelling import MonitoringSettings
from python_ml.run.record import Run
from tests.conftest import Workspace

AS_OF = date(2026, 3, 1)
STEPS = ("train", "promote", "report_models")


@pytest.fixture
def run_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[list[str], list[str]]]:
    """Retrain with steps that fail as told; what was done, and the problems."""

    def retrain_with(**errors: Exception) -> tuple[list[str], list[str]]:
        done: list[str] = []

        def step(name: str) -> Callable[..., list[str]]:
            def work(_: object, *, as_of: date) -> list[str]:
                assert as_of == AS_OF
                done.append(name)
                if name in errors:
                    raise errors[name]
                return ["a1", "a2"]

            return work

        for name in STEPS:
            monkeypatch.setattr(module, name, step(name))
        settings = Workspace(tmp_path).settings()
        run = Run(settings, AS_OF, "run")
        try:
            retrain(settings, run)
        except ArepasError as error:
            return done, [f"ended: {error}"]
        return done, run.problems

    return retrain_with


def test_a_good_run_trains_promotes_and_reports_in_this_order(run_with):
    assert run_with() == (list(STEPS), [])


def test_one_type_s_problem_stops_neither_the_others_nor_the_steps_after(run_with):
    done, problems = run_with(
        train=PartlyDoneError("no model for a3"),
        promote=PartlyDoneError("a4 not judged"),
        report_models=KeyError("title"),
    )
    assert done == list(STEPS)
    assert problems == [
        "train: no model for a3",
        "promote: a4 not judged",
        "model_report: KeyError: 'title'",
    ]


def test_where_nothing_could_be_trained_nothing_is_promoted(run_with):
    assert run_with(train=ArepasError("no labels")) == (["train"], ["ended: no labels"])


def test_where_nothing_could_be_judged_nothing_is_reported(run_with):
    done, problems = run_with(promote=ArepasError("registry: gone"))
    assert (done, problems) == (["train", "promote"], ["ended: registry: gone"])


MONITORING = MonitoringSettings(
    1.0, weeks_watched=3, weeks_worse=2, drift_days=14, late_truth_share=0.05
)
WINDOWS = """
create schema bi; create schema ml;
create table ml.decision_terms (
    phase integer, as_of_date date, breakdown_cost double, planned_stop_cost double,
    false_stop_cost double
);
create table ml.predictions as select unnest([1, 2]) as phase;
create table ml.model_versions as select date '2026-01-01' as trained_as_of_date;
create table bi.rpt_models as
select type as arepa_type, if(type = 'replaced', '2', '1') as champion_version
from (values ('often'), ('long_ago'), ('unpromised'), ('replaced')) as types (type);
create table bi.rpt_model_performance_rolling as
select
    'champion' as model_role, type as arepa_type, '1' as model_version, days as window_days,
    date '2026-03-01' - 7 * week::integer as as_of_date, is_worse as is_worse_than_promised
from (values
    ('often', 28, 0, true), ('often', 28, 1, false), ('often', 28, 2, true),
    ('long_ago', 28, 0, true), ('long_ago', 28, 1, false), ('long_ago', 28, 2, false),
    ('long_ago', 28, 3, true), ('long_ago', 90, 0, true),
    ('replaced', 28, 0, true), ('replaced', 28, 1, true), ('replaced', 28, 2, true),
    ('unpromised', 28, 0, null), ('unpromised', 28, 1, null)
) as windows (type, days, week, is_worse);
create table bi.rpt_drift_daily as
select machine as machine_id, 'metric_1' as metric, 'up' as direction, day as as_of_date,
    true as is_alarm, since as drifting_since
from (values
    ('m1', date '2026-02-28', date '2026-02-14'), ('m2', date '2026-02-28', date '2026-02-15'),
    ('m3', date '2026-02-27', date '2026-01-01')
) as alarms (machine, day, since)
"""
LATE = """
create table bi.rpt_late_truth as select * from (values
    (0.04, false, date '2026-02-20'), (0.06, true, date '2026-02-28'),
    (0.5, true, date '2026-03-02')
) as facts (changed_row_share, is_retrain_worth, noted_as_of_date)
"""


def test_weeks_worse_than_promised_lasting_drift_and_late_truth_ask_for_a_training():
    with Warehouse(IN_MEMORY) as warehouse:
        assert find_reasons_to_retrain(warehouse, MONITORING, as_of=AS_OF) == []
        warehouse.execute(WINDOWS)
        worse, drifting = find_reasons_to_retrain(warehouse, MONITORING, as_of=AS_OF)
        assert worse == (
            "often: version 1 did worse than promised in 2 of the last 3 weekly windows"
        )
        assert drifting == "m1: metric 1 has drifted up since 2026-02-14"
        warehouse.execute(LATE)
        late = find_reasons_to_retrain(warehouse, MONITORING, as_of=AS_OF)[2:]
        assert late == ["6% of a champion's training rows were changed by what came late"]
        soon = date(2026, 1, 28)
        assert find_reasons_to_retrain(warehouse, MONITORING, as_of=soon) == []


@pytest.mark.parametrize(
    ("costs", "reasons"),
    [
        ((2400, 400, 400), []),
        ((4800, 800, 800), []),
        (
            (24000, 400, 400),
            [
                "costs of phase 1 were 2400, 400, 400 when models were trained,"
                " and are 24000, 400, 400"
            ],
        ),
    ],
)
def test_costs_that_changed_beside_each_other_ask_for_a_training_at_once(
    costs: tuple[float, ...], reasons: list[str]
):
    with Warehouse(IN_MEMORY) as warehouse:
        warehouse.execute(WINDOWS)
        for phase, day, of_day in (
            (1, date(2026, 1, 1), (9, 9, 9)),
            (1, date(2026, 1, 2), (2400, 400, 400)),
            (1, date(2026, 1, 9), costs),
            (3, date(2026, 1, 2), (1, 2, 3)),
            (3, date(2026, 1, 9), (3, 2, 1)),
            (1, date(2026, 1, 11), (7, 8, 9)),
        ):
            warehouse.execute(
                "insert into ml.decision_terms values ($1, $2, $3, $4, $5)", [phase, day, *of_day]
            )
        assert find_reasons_to_retrain(warehouse, MONITORING, as_of=date(2026, 1, 10)) == reasons


def test_costs_that_changed_between_the_training_and_the_first_morning_ask_for_one():
    costs = pd.DataFrame(
        [[1, 2400.0, 400.0, 400.0], [2, 9.0, 2.0, 1.0]], columns=["phase", *COST_COLUMNS]
    )
    trained, first_morning = date(2026, 1, 1), date(2026, 1, 2)
    with Warehouse(IN_MEMORY) as warehouse:
        create_ml_tables(warehouse)
        warehouse.execute(
            "insert into ml.model_versions by name select 'a1' as arepa_type, 'm' as model_name,"
            " '1' as model_version, $day as trained_as_of_date, $day as fitted_from_date,"
            " $day as fitted_to_date, 7 as horizon_days",
            {"day": trained},
        )
        warehouse.execute(
            "create or replace table ml.predictions as select unnest([1, 2]) as phase"
        )
        write_trained_costs(warehouse, costs * 2, as_of=trained)
        write_trained_costs(warehouse, costs, as_of=trained)
        assert find_changed_costs(warehouse, as_of=first_morning) == []
        warehouse.execute(
            "insert into ml.decision_terms values ('k1', 1, $day, 2, 1, 4800, 400, 400),"
            " ('k1', 2, $day, 2, 1, 9, 2, 1)",
            {"day": first_morning},
        )
        assert find_changed_costs(warehouse, as_of=trained) == []
        assert find_changed_costs(warehouse, as_of=first_morning) == [
            "costs of phase 1 were 2400, 400, 400 when models were trained, and are 4800, 400, 400"
        ]
