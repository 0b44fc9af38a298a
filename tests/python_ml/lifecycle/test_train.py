"""A challenger for each type that can have one, from what its morning knew, and each once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from python_ml.decisions import metrics
from python_ml.decisions.metrics import PREVIOUS_CHAMPION
from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.registry import CHALLENGER, CHAMPION, RegisteredModel, Registry
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import ArepasError, InputError, PartlyDoneError
from python_ml.learning.columns import LABEL
from python_ml.learning.estimator import Trainings
from python_ml.lifecycle import train as module
from python_ml.lifecycle.history import Decision, append_decision
from python_ml.lifecycle.train import RESULTS, backtest, train
from python_ml.settings import Settings
from tests.conftest import Workspace
from tests.trained_fleet import (
    COLUMNS,
    MATURE,
    TYPES,
    fit_each_quickly,
    fit_quickly,
    make_training_rows,
    with_small_training,
    write_marts,
)

NEXT_DAY = MATURE + timedelta(days=1)
BACKTESTS = """
select backtest_date, arepa_type, model_version from ml.backtest_metrics
where policy = 'model' and metric = 'brier_score' order by all
"""


@pytest.fixture(autouse=True)
def quick_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "fit_in_sequence", fit_each_quickly)
    monkeypatch.setattr(metrics, "SCORE_SAMPLES", 5)


@pytest.fixture
def built(with_store: Workspace) -> Workspace:
    """A workspace with the marts of 120 mornings of two types."""
    write_rows(with_store, make_training_rows())
    return with_store


@pytest.fixture
def in_workspace(built: Workspace) -> Settings:
    return with_small_training(built.settings())


def write_rows(workspace: Workspace, rows: pd.DataFrame) -> None:
    workspace.warehouse.unlink(missing_ok=True)
    with Warehouse(workspace.warehouse) as warehouse:
        write_marts(warehouse, rows)


def versions_of(models: list[RegisteredModel]) -> dict[str, str]:
    return {model.arepa_type: model.version for model in models}


def test_each_type_gets_a_challenger_with_its_story_and_no_champion(
    built: Workspace, in_workspace: Settings
):
    assert versions_of(train(in_workspace, as_of=MATURE)) == {"a1": "1", "a2": "1"}
    registry = Registry(in_workspace)
    for arepa_type in TYPES:
        assert registry.find(arepa_type, CHAMPION) is None
        challenger = registry.find(arepa_type, CHALLENGER)
        assert challenger is not None
        assert challenger.tags["trained_as_of"] == MATURE.isoformat()
        assert challenger.tags["arepa_type"] == arepa_type
        assert 0 < float(challenger.tags["stop_threshold_probability"]) < 1
        assert registry.load(challenger).columns == COLUMNS
    written = "select arepa_type, model_version, trained_as_of_date from ml.model_versions"
    assert sorted(built.rows(written)) == [("a1", "1", MATURE), ("a2", "1", MATURE)]
    costs = "phase, breakdown_cost, planned_stop_cost, false_stop_cost"
    assert built.rows(f"select {costs} from ml.training_costs") == built.rows(
        f"select {costs} from seeds.maintenance_costs"
    )
    assert built.rows(BACKTESTS) == [
        (MATURE, "a1", "1"),
        (MATURE, "a2", "1"),
        (MATURE, "all", None),
    ]


def test_what_is_served_has_learnt_from_the_mornings_that_its_twin_was_judged_on(
    in_workspace: Settings, monkeypatch: pytest.MonkeyPatch
):
    fitted: list[pd.Series] = []

    def fit_and_tell(trainings: Trainings, columns: Sequence[str], **_: Any) -> Any:
        rows = [*trainings.rows]
        fitted.extend(each["as_of_date"] for each in (*rows, trainings.served))
        return fit_each_quickly(Trainings(rows, trainings.served), columns)

    monkeypatch.setattr(module, "fit_in_sequence", fit_and_tell)
    model = train(in_workspace, as_of=MATURE)[0]
    judged, served = fitted
    tags = model.tags
    assert str(judged.max().date()) == tags["judged_fitted_to"] < tags["holdout_from"]
    assert str(served.max().date()) == tags["fitted_to"] == tags["holdout_to"]
    assert int(tags["judged_fitted_rows"]) == len(judged) / 2 < len(served) / 2
    registry = Registry(in_workspace)
    loaded, twin = registry.load(model), registry.load_judged(model)
    rows = make_training_rows()
    for mornings, known in ((served, loaded), (judged, twin)):
        is_own = rows["as_of_date"].isin(mornings) & (rows["arepa_type"] == "a1")
        alone = fit_quickly(rows[is_own], COLUMNS)["a1"]
        assert known.estimator.coef_ == pytest.approx(alone.coef_, rel=1e-3)
    assert twin.registered.tags["fitted_to"] == tags["judged_fitted_to"]


def test_mornings_that_a_planned_stop_took_the_label_of_are_fitted_on_and_judged_by_nobody(
    built: Workspace, in_workspace: Settings, monkeypatch: pytest.MonkeyPatch
):
    rows = make_training_rows()
    is_taken = (rows["machine_id"] == "m1") & (rows["as_of_date"].dt.day < 5)
    stopped = rows["as_of_date"] + timedelta(days=3)
    taken = rows.assign(has_breakdown=None, next_planned_stop_at=stopped)[is_taken]
    built.warehouse.unlink(missing_ok=True)
    with Warehouse(built.warehouse) as warehouse:
        write_marts(warehouse, rows[~is_taken], taken)
    seen: list[pd.DataFrame] = []

    def fit_and_tell(trainings: Trainings, columns: Sequence[str], **_: Any) -> Any:
        seen.append(trainings.served)
        return fit_each_quickly(trainings, columns)

    monkeypatch.setattr(module, "fit_in_sequence", fit_and_tell)
    tags = train(in_workspace, as_of=MATURE)[0].tags
    assert seen[0][LABEL].isna().sum() == len(taken)
    assert int(tags["fitted_censored_rows"]) == len(taken) / 2
    assert int(tags["fitted_rows"]) == (~is_taken).sum() / 2
    replayed = built.rows(
        "select count(*) from ml.backtest_predictions where has_breakdown is null"
    )
    assert replayed == [(0,)]


def test_training_again_on_the_same_rows_registers_nothing_new(in_workspace: Settings):
    first = versions_of(train(in_workspace, as_of=MATURE))
    assert versions_of(train(in_workspace, as_of=MATURE)) == first
    assert versions_of(train(in_workspace, as_of=NEXT_DAY)) == first
    assert len(Registry(in_workspace).find_versions()) == len(first)


def test_the_same_training_gives_a_warehouse_that_lost_its_results_what_it_gave_the_first(
    built: Workspace, in_workspace: Settings
):
    first = versions_of(train(in_workspace, as_of=MATURE))
    kept = {table: built.rows(f"select count(*) from ml.{table}") for table in RESULTS}
    write_rows(built, make_training_rows())
    assert versions_of(train(in_workspace, as_of=MATURE)) == first
    assert {table: built.rows(f"select count(*) from ml.{table}") for table in RESULTS} == kept
    assert kept["drift_references"] != [(0,)]
    assert len(Registry(in_workspace).find_versions()) == len(first)


def test_the_same_training_that_left_no_results_is_not_fitted_again(
    built: Workspace, in_workspace: Settings, monkeypatch: pytest.MonkeyPatch
):
    with Warehouse(built.warehouse) as warehouse:
        warehouse.execute("delete from core.fct_machine_metrics_daily")
    first = versions_of(train(in_workspace, as_of=MATURE))
    assert built.rows("select count(*) from ml.drift_references") == [(0,)]
    monkeypatch.setattr(module, "fit_in_sequence", None)
    assert versions_of(train(in_workspace, as_of=MATURE)) == first


def test_training_for_more_phases_is_another_training_though_they_have_no_machines(
    in_workspace: Settings,
):
    train(in_workspace, as_of=MATURE)
    wider = train(in_workspace.replace(phases=(1, 2)), as_of=MATURE)
    assert [(model.version, model.tags["phases"]) for model in wider] == [("2", "1,2")] * 2


def test_the_back_test_leaves_a_champion_out_whose_metric_was_taken_away(
    built: Workspace, in_workspace: Settings
):
    before = MATURE - timedelta(days=30)
    trained = train(in_workspace, as_of=before)
    rows = make_training_rows()
    write_rows(built, rows[[name for name in rows if not name.startswith("metric_2")]])
    with Warehouse(built.warehouse) as warehouse:
        create_ml_tables(warehouse)
        for model in trained:
            first = Decision(model.arepa_type, "promote", None, model.version, "first")
            append_decision(warehouse, first, as_of=before, mode="auto")
    fewer = in_workspace.replace(metrics=("metric_1",))
    assert versions_of(train(fewer, as_of=MATURE)) == {"a1": "2", "a2": "2"}
    with Warehouse(built.warehouse) as warehouse:
        measured = "select count(*) from ml.backtest_metrics where policy = $policy"
        assert warehouse.value(measured, {"policy": PREVIOUS_CHAMPION}) == 0


def test_labels_that_mature_later_are_not_seen(built: Workspace, in_workspace: Settings):
    """The morning's training is the same, whatever its last mornings turned out to be."""
    rows = make_training_rows()
    as_of = MATURE - timedelta(days=5)
    first = versions_of(train(in_workspace, as_of=as_of))
    is_later = rows["as_of_date"] > rows["as_of_date"].max() - timedelta(days=5)
    spoilt = rows.assign(**{LABEL: rows[LABEL] ^ is_later})
    write_rows(built, spoilt)
    assert versions_of(train(in_workspace, as_of=as_of)) == first


@pytest.mark.parametrize("column", [COLUMNS[0], LABEL])
def test_a_row_that_was_corrected_makes_another_training(
    built: Workspace, in_workspace: Settings, column: str
):
    train(in_workspace, as_of=MATURE)
    rows = make_training_rows()
    rows[column] = rows[column].astype(float)
    rows.loc[50, column] = 1 - rows.loc[50, column]
    write_rows(built, rows)
    assert set(versions_of(train(in_workspace, as_of=MATURE)).values()) == {"2"}


def test_a_type_without_enough_history_is_told_and_the_others_are_registered(
    built: Workspace, in_workspace: Settings
):
    rows = make_training_rows()
    is_new = (rows["arepa_type"] == "a2") & (rows["as_of_date"] < "2026-04-20")
    write_rows(built, rows[~is_new])
    with pytest.raises(PartlyDoneError, match="no model for 1 arepa type: a2: 0 rows to fit on"):
        train(in_workspace, as_of=MATURE)
    assert [model.arepa_type for model in Registry(in_workspace).find_versions()] == ["a1"]


def test_where_no_type_has_enough_history_that_fails(in_workspace: Settings):
    demanding = in_workspace.replace(training=replace(in_workspace.training, minimum_rows=10_000))
    with pytest.raises(ArepasError, match="no model for 2 arepa types") as failed:
        train(demanding, as_of=MATURE)
    assert failed.value.exit_status == 1
    with pytest.raises(InputError, match="nothing to replay: a1: "):
        backtest(demanding, as_of=MATURE)


def without_labels(_: Warehouse) -> None:
    """On that morning no label is mature."""


def without_log(warehouse: Warehouse) -> None:
    warehouse.execute("update raw.run_settings set has_maintenance_events = false")


def without_machines(warehouse: Warehouse) -> None:
    warehouse.execute("truncate core.dim_machines")
    warehouse.execute("insert into core.dim_machines (machine_id, phase) values ('m1', 3)")


def without_features(warehouse: Warehouse) -> None:
    warehouse.execute("drop table features.train_machine_arepa_daily")


@pytest.mark.parametrize(
    ("spoil", "as_of", "said"),
    [
        (without_labels, date(2026, 1, 5), "no labelled rows"),
        (without_log, MATURE, r"no maintenance_events\*\.csv"),
        (without_machines, MATURE, "PHASES=1 names none of the phases 3 that"),
        (without_features, MATURE, "no features yet; run `make daily`"),
    ],
)
def test_training_without_what_it_needs_says_what_is_missing(
    built: Workspace,
    in_workspace: Settings,
    spoil: Callable[[Warehouse], None],
    as_of: date,
    said: str,
):
    with Warehouse(built.warehouse) as warehouse:
        spoil(warehouse)
    with pytest.raises(InputError, match=said) as failed:
        train(in_workspace, as_of=as_of)
    assert failed.value.exit_status == 2


def test_a_back_test_alone_registers_nothing(built: Workspace, in_workspace: Settings):
    assert backtest(in_workspace, as_of=MATURE) > 0
    assert Registry(in_workspace).find_versions() == []
    assert {version for _, _, version in built.rows(BACKTESTS)} == {None}
