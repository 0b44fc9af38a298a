"""Scoring: each morning by the models of that morning, days replaced whole, nothing lost."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient
from sklearn.base import BaseEstimator

from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.registry import LoadedModel, RegisteredModel, Registry
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import InputError
from python_ml.learning.estimator import predict_probability
from python_ml.lifecycle.history import Decision, append_decision
from python_ml.morning.score import (
    COLUMNS as PREDICTION_COLUMNS,
)
from python_ml.morning.score import (
    ScoredRun,
    complete_rows,
    describe_scoring,
    lay_out_curves,
    name_status,
    predict_rows,
    score,
)
from python_ml.settings import Settings, load_settings
from python_ml.variables import Address
from tests.conftest import Workspace
from tests.tiny_models import (
    COLUMNS,
    fit_tiny_model,
    know_the_arm_alone,
    make_features,
    number_parts,
    register,
    write_marts,
)

D = date(2026, 11, 20)
BEFORE = D - timedelta(days=1)
MODEL = LoadedModel(RegisteredModel("a1", "arepas__a1", "3", {}), fit_tiny_model(), COLUMNS)
NAMES = [line.split()[0] for line in PREDICTION_COLUMNS.strip().splitlines()]


@pytest.mark.parametrize(
    ("is_down", "has_data", "has_model", "status"),
    [
        (True, True, True, "down"),
        (True, False, False, "down"),
        (False, False, True, "no_data"),
        (False, False, False, "no_data"),
        (False, True, False, "no_model"),
        (False, True, True, "scored"),
    ],
)
def test_a_row_that_is_down_or_silent_is_said_to_be_so_first(
    is_down: bool, has_data: bool, has_model: bool, status: str
):
    assert name_status(is_down=is_down, has_data=has_data, has_model=has_model) == status


def test_only_rows_with_readings_of_running_machines_get_a_probability():
    rows = make_features(D, types=("a1",))
    predicted = predict_rows(rows, MODEL, "champion").set_index("machine_id")
    assert predicted["status"].to_dict() == {
        "m1": "scored", "m2": "scored", "m3": "down", "m4": "no_data",
    }  # fmt: skip
    inputs = rows.set_index("machine_id").loc[["m1", "m2"], list(COLUMNS)]
    expected = predict_probability(MODEL.estimator, inputs)
    np.testing.assert_array_equal(predicted.loc[["m1", "m2"], "failure_probability"], expected)
    assert predicted.loc[["m3", "m4"], "failure_probability"].isna().all()
    assert predicted.loc[["m1", "m2"], "reasons"].str.contains("risk").all()
    assert predicted.loc[["m3", "m4"], "reasons"].isna().all()
    assert set(predicted["model_version"]) == {"3"}


def test_without_a_model_there_is_a_row_and_no_probability():
    predicted = predict_rows(make_features(D, types=("a1",)), None, "champion")
    assert list(predicted["status"]) == ["no_model", "no_model", "down", "no_data"]
    assert predicted[["failure_probability", "model_name", "feature_hash"]].isna().all(axis=None)


def test_what_is_put_together_has_the_columns_of_the_table(tmp_path: Path):
    settings = load_settings({"WAREHOUSE_PATH": str(tmp_path / "w.duckdb")})
    described = describe_scoring(settings, "run")
    parts = [predict_rows(make_features(D), MODEL, role) for role in ("champion", "challenger")]
    rows = complete_rows(parts, described)
    assert list(rows.columns) == NAMES
    assert len(rows) == 16
    assert set(rows["run_id"]) == {"run"}
    assert list(complete_rows([], described).columns) == NAMES
    assert lay_out_curves([], settings.horizon_days).empty


@dataclass(frozen=True)
class Fleet:
    """Two mornings of two types: `a1` had a first and a second champion, `a2` has no model."""

    settings: Settings

    def score(self, run_id: str, first: date = BEFORE, last: date = D) -> ScoredRun:
        return score(self.settings, run_id=run_id, first=first, last=last)

    def rows(self, sql: str) -> list[tuple]:
        with Warehouse(self.settings.warehouse_path) as warehouse:
            return warehouse.rows(sql)

    def predictions(self) -> pd.DataFrame:
        with Warehouse(self.settings.warehouse_path) as warehouse:
            return warehouse.frame("select * from ml.predictions order by all")

    def change(self, sql: str) -> None:
        with Warehouse(self.settings.warehouse_path) as warehouse:
            warehouse.execute(sql)


@pytest.fixture
def fleet(with_store: Workspace) -> Fleet:
    settings = with_store.settings()
    registry = Registry(settings)
    register(registry, "a1", trained_as_of=D - timedelta(days=9))
    register(registry, "a1", trained_as_of=D, seed=2)
    register(registry, "a1", trained_as_of=D, seed=3)
    with Warehouse(settings.warehouse_path) as warehouse:
        write_marts(warehouse, make_features(D, days=2))
        create_ml_tables(warehouse)
        for version, since in (("1", D - timedelta(days=9)), ("2", D)):
            decision = Decision("a1", "promote", None, version, "costs less")
            append_decision(warehouse, decision, as_of=since, mode="auto")
    return Fleet(settings)


def test_a_kitchen_whose_files_say_nothing_has_no_plan(fleet: Fleet):
    fleet.change("insert into quarantine.data_checks values ('held_kitchens', 'machines of k1')")
    assert fleet.score("first").status_counts == {"down": 4, "no_data": 12}


def test_a_fleet_without_a_machine_of_the_modelled_phases_is_told(fleet: Fleet):
    fleet.change("insert into core.dim_machines (machine_id, phase) values ('m1', 3)")
    assert "PHASES=1 names none of the phases 3 that" in fleet.score("first").problems[-1]


def test_a_morning_puts_parts_clocks_where_its_model_knows_them(fleet: Fleet):
    model = register(Registry(fleet.settings), "a2", trained_as_of=BEFORE, parts='{"1": ["arm"]}')
    with Warehouse(fleet.settings.warehouse_path) as warehouse:
        number_parts(warehouse)
        decision = Decision("a2", "promote", None, model.version, "costs less")
        append_decision(warehouse, decision, as_of=BEFORE, mode="auto")
    fleet.score("first")
    rows = make_features(D, days=2)
    rows = rows[(rows["arepa_type"] == "a2") & rows["machine_id"].isin(["m1", "m2"])]
    numbered, known = (
        predict_probability(fit_tiny_model(), each[list(COLUMNS)])
        for each in (rows, know_the_arm_alone(rows))
    )
    predictions = fleet.predictions()
    is_scored = (predictions["arepa_type"] == "a2") & (predictions["status"] == "scored")
    assert not np.allclose(known, numbered)
    assert sorted(predictions.loc[is_scored, "failure_probability"]) == pytest.approx(sorted(known))


def test_each_morning_is_scored_with_the_models_of_that_morning(fleet: Fleet):
    scored = fleet.score("first")
    used = """
    select distinct as_of_date, model_role, model_version from ml.predictions
    where arepa_type = 'a1' order by all
    """
    assert fleet.rows(used) == [
        (BEFORE, "champion", "1"),
        (D, "challenger", "3"),
        (D, "champion", "2"),
    ]
    assert scored.status_counts == {"scored": 4, "no_model": 4, "down": 4, "no_data": 4}
    assert len(fleet.predictions()) == 16 + 4


def test_a_type_without_a_model_is_told_and_stops_no_other(fleet: Fleet):
    [problem] = fleet.score("first").problems
    assert "no model for a2, a control chart judges their machines" in problem
    judged = fleet.rows("select distinct reasons from ml.predictions where status = 'no_model'")
    assert all(reasons.startswith("no model for this type") for (reasons,) in judged)


def test_a_type_whose_first_model_is_only_proposed_is_told_what_it_waits_for(fleet: Fleet):
    with Warehouse(fleet.settings.warehouse_path) as warehouse:
        proposed = Decision("a2", "proposed", None, "1", "costs less")
        append_decision(warehouse, proposed, as_of=D, mode="manual")
    [problem] = fleet.score("first").problems
    assert problem.startswith("models of a2 are proposed and wait for `make approve`")


def test_a_rerun_keeps_every_row_and_a_changed_day_is_replaced_whole(fleet: Fleet):
    fleet.score("first")
    before = fleet.predictions()
    fleet.score("again")
    pd.testing.assert_frame_equal(fleet.predictions(), before, check_exact=True)
    assert fleet.rows("select count(*) from ml.prediction_log") == [(len(before),)]

    fleet.change(
        "update features.feat_machine_arepa_daily set metric_1_std_7d = 20, kitchen_id = 'k2'"
        f" where as_of_date = '{D}' and machine_id = 'm1'"
    )
    fleet.score("changed")
    by_day = "select distinct as_of_date, run_id from ml.predictions order by all"
    assert fleet.rows(by_day) == [(BEFORE, "first"), (D, "changed")]
    logged = "select run_id, count(*) from ml.prediction_log group by all order by 1 desc"
    assert fleet.rows(logged) == [("first", 20), ("changed", 12)]


def test_each_probability_has_a_curve_through_it_that_never_falls(fleet: Fleet):
    fleet.score("first")
    keys = "machine_id, arepa_type, as_of_date, model_role"
    curves = fleet.rows(
        f"select {keys}, list(failure_probability order by days_ahead),"
        f" list(days_ahead order by days_ahead) from ml.prediction_curves group by all"
    )
    said = {
        tuple(row[:4]): row[4]
        for row in fleet.rows(
            f"select {keys}, failure_probability from ml.predictions"
            " where failure_probability is not null"
        )
    }
    assert {tuple(row[:4]) for row in curves} == said.keys()
    for *key, risks, days in curves:
        assert days == list(range(1, 15))
        assert risks == sorted(risks)
        assert risks[fleet.settings.horizon_days - 1] == said[tuple(key)]


def test_mornings_of_before_there_were_curves_get_theirs_when_they_are_scored_again(fleet: Fleet):
    fleet.score("first")
    curves = "select * from ml.prediction_curves order by all"
    before = fleet.rows(curves)
    fleet.change("delete from ml.prediction_curves")
    fleet.score("again")
    assert fleet.rows(curves) == before
    assert fleet.rows("select distinct run_id from ml.predictions") == [("first",)]


def test_what_a_day_is_decided_with_is_written_beside_its_predictions(fleet: Fleet):
    fleet.score("first")
    terms = "select as_of_date, running_machine_count, technician_slots from ml.decision_terms"
    assert sorted(fleet.rows(terms)) == [(BEFORE, 3, 2), (D, 3, 2)]
    assert fleet.rows("select count(*) from ml.prediction_inputs") == [(16,)]
    versions = "select model_version from ml.model_versions order by 1"
    assert fleet.rows(versions) == [("1",), ("2",), ("3",)]


def test_a_champion_that_looks_another_horizon_ahead_is_named_and_predicts_nothing(fleet: Fleet):
    register(Registry(fleet.settings), "a2", trained_as_of=D, horizon_days="9")
    fleet.change(
        "insert into ml.promotion_history"
        " select 'a2', as_of_date, decided_at, verdict, null, '1', decided_by, mode, reason"
        " from ml.promotion_history where to_version = '2'"
    )
    problems = "; ".join(fleet.score("first").problems)
    assert "arepas__a2 version 1 looks 9 days ahead, HORIZON_DAYS is 7" in problems
    statuses = "select distinct arepa_type, status from ml.predictions where machine_id = 'm1'"
    assert sorted(fleet.rows(statuses)) == [("a1", "scored"), ("a2", "no_model")]


BY_MACHINE = """
select machine_id, arepa_type, status, model_version, failure_probability, reasons
from ml.predictions where model_role = 'champion' and as_of_date = '2026-11-20' order by all
"""


def statuses(fleet: Fleet) -> dict[str, str]:
    """What became of the running, heard machine `m1`, by arepa type."""
    return {row[1]: row[2] for row in fleet.rows(BY_MACHINE) if row[0] == "m1"}


@pytest.mark.parametrize("has_history", [True, False])
def test_a_version_that_people_made_champion_concerns_its_type_alone(
    fleet: Fleet, has_history: bool
):
    register(Registry(fleet.settings), "a2", trained_as_of=D)
    client = MlflowClient(fleet.settings.mlflow_tracking_uri.get_secret_value())
    for arepa_type, version in (("a1", "4"), ("a2", "1")):
        name = f"arepas__{arepa_type}"
        if arepa_type == "a1":
            client.create_model_version(name, f"models:/{name}/1")
        client.set_registered_model_alias(name, "champion", version)
    if not has_history:
        fleet.change("delete from ml.promotion_history")
    [problem] = fleet.score("first", D, D).problems
    assert "arepas__a1 version 4: not made by `make train` (its tag" in problem
    assert statuses(fleet) == {"a1": "scored" if has_history else "no_model", "a2": "scored"}


@pytest.mark.parametrize("has_alias", [True, False])
def test_a_champion_that_lost_its_tags_is_named_once(fleet: Fleet, has_alias: bool):
    client = MlflowClient(fleet.settings.mlflow_tracking_uri.get_secret_value())
    client.delete_model_version_tag("arepas__a1", "2", "trained_as_of")
    if has_alias:
        client.set_registered_model_alias("arepas__a1", "champion", "2")
    told = fleet.score("first", D, D).problems
    [problem] = [line for line in told if "arepas__a1 version 2" in line]
    assert "(its tag trained_as_of is missing)" in problem
    assert problem.endswith("; run `make retrain`")


@pytest.mark.parametrize("uri", ["http://me:hush-hush@127.0.0.1:9", "sqlite:////dev/null/m.db"])
def test_without_the_registry_the_kept_champions_say_what_they_would_have_said(
    fleet: Fleet, uri: str
):
    fleet.score("first", D, D)
    before = fleet.rows(BY_MACHINE)
    fleet.change("delete from ml.predictions")
    away = Fleet(fleet.settings.replace(mlflow_tracking_uri=Address(uri)))
    problem, without_model = away.score("again", D, D).problems
    assert "127.0.0.1:9: cannot be reached" in problem or "m.db: cannot be reached" in problem
    assert "the champions kept in" in problem
    assert "hush-hush" not in problem
    assert "no model for a2" in without_model
    assert fleet.rows(BY_MACHINE) == before


def test_a_file_that_was_changed_is_told_and_the_kept_copy_scores(fleet: Fleet):
    fleet.score("first", D, D)
    before = fleet.rows(BY_MACHINE)
    client = MlflowClient(fleet.settings.mlflow_tracking_uri.get_secret_value())
    folder = urlsplit(client.get_model_version_download_uri("arepas__a1", "2")).path
    (Path(folder) / "model.pkl").write_bytes(b"not what was registered")
    problems = fleet.score("again", D, D).problems
    assert "arepas__a1 version 2: cannot be loaded, its file is not the one" in problems[0]
    assert problems[1].startswith("arepas__a1 version 2: the copy kept in")
    assert fleet.rows(BY_MACHINE) == before


def test_no_champion_at_all_leaves_a_control_chart_for_every_type(fleet: Fleet, empty_store: Path):
    fleet.change("delete from ml.promotion_history")
    nobody = Fleet(fleet.settings.replace(mlflow_tracking_uri=Address(f"sqlite:///{empty_store}")))
    assert nobody.score("first", D, D).problems == (
        "no model for a1, a2, a control chart judges their machines; run `make retrain` when there"
        " is enough history",
    )
    assert statuses(fleet) == {"a1": "no_model", "a2": "no_model"}
    charted = "select bool_and(reasons like 'no model for this type%') from ml.predictions"
    assert fleet.rows(f"{charted} where status = 'no_model'") == [(True,)]


class Mute(BaseEstimator):
    """An estimator that was registered in time and says nothing now."""

    def predict_proba(self, features: pd.DataFrame) -> np.ndarray:
        raise MemoryError("no words\nleft")


def test_a_model_that_cannot_predict_concerns_its_type_alone(fleet: Fleet):
    registry = Registry(fleet.settings)
    tags = registry.find_version("a1", "2").tags
    registry.register("a1", Mute(), columns=COLUMNS, metrics={}, tags=tags)
    fleet.change("update ml.promotion_history set to_version = '4' where to_version = '2'")
    register(registry, "a2", trained_as_of=D)
    registry.promote(registry.find_version("a2", "1"))
    [problem] = fleet.score("first", D, D).problems
    assert problem.startswith("arepas__a1 version 4: cannot predict (")
    assert "\n" not in problem
    assert statuses(fleet) == {"a1": "no_model", "a2": "scored"}


def test_a_model_of_a_metric_that_was_taken_away_says_what_to_run(fleet: Fleet):
    for column in COLUMNS:
        if column.startswith("metric_2"):
            fleet.change(f"alter table features.feat_machine_arepa_daily drop column {column}")
            fleet.change(f"alter table features.train_machine_arepa_daily drop column {column}")
    fewer = Fleet(fleet.settings.replace(metrics=("metric_1",)))
    problems = fewer.score("first", D, D).problems
    assert len(problems) == 3  # champion, challenger and the type without any
    assert problems[0].startswith("arepas__a1 version 2 looks at 8 columns, such as metric_2_")
    assert problems[0].endswith(
        "that METRICS does not make: set METRICS back or run `make retrain`"
    )
    assert statuses(fleet) == {"a1": "no_model", "a2": "no_model"}


def test_before_the_first_build_it_says_what_to_run(fleet: Fleet, tmp_path: Path):
    empty = fleet.settings.replace(warehouse_path=tmp_path / "empty.duckdb")
    with pytest.raises(InputError, match="no features yet; run `make daily` first"):
        score(empty, run_id="first", first=D, last=D)
