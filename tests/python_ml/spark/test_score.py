"""Executors predict what the morning would, with champions or else the newest models."""

from datetime import date, timedelta

import pandas as pd
import pytest

from python_ml.engines.registry import LoadedModel, RegisteredModel, Registry
from python_ml.errors import ArepasError, InputError
from python_ml.morning.score import complete_rows, describe_scoring, predict_rows
from python_ml.spark.score import (
    _create_predictions,
    _spark_columns,
    load_live_models,
    predict_with,
    score_on_spark,
)
from tests.conftest import Workspace
from tests.tiny_models import (
    COLUMNS,
    fit_tiny_model,
    know_the_arm_alone,
    make_features,
    register,
)

D = date(2026, 11, 20)
NEXT_WEEK = D + timedelta(days=7)


def versions_on(workspace: Workspace, as_of: date) -> dict[str, str]:
    models = load_live_models(workspace.settings(), as_of=as_of)
    return {name: model.registered.version for name, model in models.items()}


def test_a_type_scores_with_its_champion_or_its_newest_model_and_none_of_later_days(
    with_store: Workspace,
):
    registry = Registry(with_store.settings())
    champion = register(registry, "a1", trained_as_of=D)
    registry.promote(champion)
    register(registry, "a1", trained_as_of=NEXT_WEEK)
    register(registry, "a2", trained_as_of=D)
    register(registry, "a2", trained_as_of=D + timedelta(days=1))
    register(registry, "a3", trained_as_of=NEXT_WEEK)
    assert versions_on(with_store, D) == {"a1": "1", "a2": "1"}
    assert versions_on(with_store, NEXT_WEEK) == {"a1": "1", "a2": "2", "a3": "1"}
    registry.promote(registry.find_version("a1", "2"))
    assert versions_on(with_store, D)["a1"] == "1", "the champion of now is of a later day"
    with pytest.raises(ArepasError, match="no arepa type has a model of 2026-11-19 or before"):
        load_live_models(with_store.settings(), as_of=D - timedelta(days=1))


def test_a_model_that_looks_another_horizon_ahead_is_refused(with_store: Workspace):
    register(Registry(with_store.settings()), "a1", trained_as_of=D, horizon_days="9")
    with pytest.raises(InputError, match="looks 9 days ahead, HORIZON_DAYS is 7"):
        load_live_models(with_store.settings(), as_of=D)


def test_a_model_of_a_metric_that_was_taken_away_is_refused(with_store: Workspace):
    register(Registry(with_store.settings()), "a1", trained_as_of=D)
    fewer = with_store.settings().replace(metrics=("metric_1",))
    with pytest.raises(InputError, match="looks at 8 columns, such as metric_2_mean_7d, that"):
        load_live_models(fewer, as_of=D)


def test_frames_of_features_become_frames_of_predictions_in_the_table_s_order(tmp_path):
    model = LoadedModel(RegisteredModel("a1", "arepas__a1", "3", {}), fit_tiny_model(), COLUMNS)
    described = describe_scoring(Workspace(tmp_path).settings(), "run")
    rows = make_features(D, days=2)
    predict = predict_with({"a1": model}, described)
    columns = [name for name, _ in _spark_columns()]
    frames = list(predict(iter([rows[:9], rows[9:]])))
    assert all(list(frame.columns) == columns for frame in frames)
    predicted = pd.concat(frames)
    parts = [
        predict_rows(of_type, {"a1": model}.get(str(name)), "champion")
        for name, of_type in rows.groupby("arepa_type")
    ]
    expected = complete_rows(parts, described)[columns]
    keys = ["as_of_date", "machine_id", "arepa_type"]
    pd.testing.assert_frame_equal(
        predicted.sort_values(keys, ignore_index=True),
        expected.sort_values(keys, ignore_index=True),
        check_exact=True,
    )
    assert set(predicted.loc[predicted["arepa_type"] == "a2", "status"]) >= {"no_model", "down"}
    held = pd.concat(predict_with({"a1": model}, described, held=["k1"])(iter([rows])))
    assert set(held["status"]) == {"no_data", "down"}


def test_executors_put_parts_clocks_where_the_model_knows_them(tmp_path):
    knows_arm = RegisteredModel("a1", "arepas__a1", "3", {"parts": '{"1": ["arm"]}'})
    models = {"a1": LoadedModel(knows_arm, fit_tiny_model(), COLUMNS)}
    described = describe_scoring(Workspace(tmp_path).settings(), "run")
    rows = make_features(D, types=("a1",))
    [numbered] = predict_with(models, described, parts={1: ["belt", "arm"]})(iter([rows]))
    [known] = predict_with(models, described)(iter([know_the_arm_alone(rows)]))
    pd.testing.assert_frame_equal(numbered, known, check_exact=True)


def test_the_table_is_cut_by_days_with_spark_s_own_types():
    columns = _spark_columns()
    assert columns[-1] == ("as_of_date", "date")
    assert {kind for _, kind in columns} == {"string", "int", "double", "timestamp", "date"}
    assert _create_predictions().endswith("partitioned by (as_of_date)")


@pytest.mark.spark
def test_scoring_a_day_again_takes_its_place_and_leaves_the_others(empty_spark, tmp_path):
    settings = Workspace(tmp_path).settings(SPARK_DIR=str(tmp_path / "spark"))
    models = {
        "a1": LoadedModel(RegisteredModel("a1", "arepas__a1", "3", {}), fit_tiny_model(), COLUMNS)
    }
    first, last = D - timedelta(days=1), D
    said = "no features yet; run `make spark-build` first"
    with pytest.raises(InputError, match=said):
        score_on_spark(settings, empty_spark, models, run_id="first", mornings=(first, last))
    features = make_features(last, days=2)
    for schema in ("core", "features", "intermediate", "quarantine"):
        empty_spark.execute(f"create database {schema}")
    kinds = ", ".join(
        f"{name} {dict(bool='boolean', int64='int', float64='double').get(str(kind), 'string')}"
        for name, kind in features.drop(columns="as_of_date").dtypes.items()
    )
    empty_spark.execute(
        f"create table features.feat_machine_arepa_daily (as_of_date date, {kinds}) using parquet"
    )
    empty_spark.append("features.feat_machine_arepa_daily", features)
    empty_spark.execute(
        "create table core.dim_arepa_types using parquet as"
        " select explode(array('a1', 'a2')) as arepa_type, true as is_modelled"
    )
    empty_spark.execute(
        "create table quarantine.data_checks using parquet as"
        " select 'held_kitchens' as check_name, 'machines of k9' as subject"
    )
    empty_spark.execute("create table core.dim_machines (machine_id string, phase int)")
    empty_spark.execute(
        "create table intermediate.int_parts_serviced"
        " (machine_id string, component string, part_number int)"
    )
    both = {"mornings": (first, last)}
    assert score_on_spark(settings, empty_spark, models, run_id="first", **both) == ["a2"]
    assert score_on_spark(settings, empty_spark, models, run_id="again", mornings=(last, last)) == [
        "a2"
    ]
    counted = "select as_of_date, run_id, count(*) from ml.predictions group by all order by 1"
    assert empty_spark.rows(counted) == [(first, "first", 8), (last, "again", 8)]
    scored = "select count(*) from ml.predictions where status = 'scored' and arepa_type = 'a1'"
    assert empty_spark.value(scored) == 4
