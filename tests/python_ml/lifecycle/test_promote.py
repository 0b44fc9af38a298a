"""Whatever goes wrong while a type is judged, its champion stays and somebody is told."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.registry import RegisteredModel, Registry
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import ArepasError, InputError
from python_ml.learning.estimator import predict_probability
from python_ml.lifecycle import promote
from python_ml.lifecycle.history import Decision, append_decision
from python_ml.settings import load_settings
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

AS_OF = date(2026, 3, 1)


@dataclass(frozen=True)
class BrokenRegistry:
    """A registry in which everything goes wrong, as it may at any moment."""

    error: Exception

    def find_version(self, *_: Any) -> RegisteredModel:
        raise self.error


@pytest.mark.parametrize(
    "error", [KeyError("stop"), MemoryError("full"), OSError("gone\nfor good"), ZeroDivisionError()]
)
def test_an_exception_inside_keeps_the_champion_and_is_told_in_one_line(
    tmp_path: Path, error: Exception
):
    challenger = RegisteredModel("a1", "arepas__a1", "2", {"horizon_days": "7"})
    with Warehouse(tmp_path / "warehouse.duckdb") as warehouse:
        create_ml_tables(warehouse)
        first = Decision("a1", promote.PROMOTE, None, "1", "first")
        append_decision(warehouse, first, as_of=date(2026, 1, 1), mode="auto")
        court = promote._Court(BrokenRegistry(error), warehouse, None, load_settings({}), AS_OF)
        decision, rulings, problem = promote._judge(court, challenger)
    assert rulings == ()
    assert (decision.verdict, decision.from_version, decision.to_version) == ("keep", "1", "1")
    assert decision.reason.startswith("not judged: ")
    assert problem
    assert "\n" not in decision.reason + problem


class NewRegistry:
    """A registry that was lost, and whose first version has just been trained."""

    def __init__(self, model: RegisteredModel) -> None:
        self.model = model

    def find_version(self, *_: Any) -> RegisteredModel:
        return self.model

    def load_judged(self, _: Any) -> Any:
        raise ArepasError("the contest began")


def test_a_number_that_a_lost_registry_gives_again_is_judged_as_a_challenger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    tags = {"horizon_days": "7", "phases": "1", "trained_as_of": AS_OF.isoformat()}
    challenger = RegisteredModel("a1", "arepas__a1", "1", tags)
    monkeypatch.setattr(promote, "read_training_rows", lambda *_, **__: None)
    with Warehouse(tmp_path / "warehouse.duckdb") as warehouse:
        create_ml_tables(warehouse)
        first = Decision("a1", promote.PROMOTE, None, "1", "first")
        append_decision(warehouse, first, as_of=AS_OF - timedelta(days=60), mode="auto")
        court = promote._Court(NewRegistry(challenger), warehouse, None, load_settings({}), AS_OF)
        decision, _, problem = promote._judge(court, challenger)
    assert (decision.verdict, decision.from_version) == ("keep", None)
    assert problem == "the contest began"


def test_a_challenger_that_was_trained_for_fewer_phases_is_not_judged(tmp_path: Path):
    tags = {"horizon_days": "7", "phases": "1", "trained_as_of": AS_OF.isoformat()}
    challenger = RegisteredModel("a1", "arepas__a1", "2", tags)
    settings = load_settings({"PHASES": "1,2"})
    with Warehouse(tmp_path / "warehouse.duckdb") as warehouse:
        create_ml_tables(warehouse)
        nowhere = BrokenRegistry(AssertionError("asked before it was known to fit"))
        court = promote._Court(nowhere, warehouse, None, settings, AS_OF)
        decision, _, problem = promote._judge(court, challenger)
    assert (decision.verdict, decision.to_version) == ("keep", None)
    said = "arepas__a1 version 2 was trained with PHASES=1, PHASES is 1,2; run `make retrain`"
    assert problem == said


def test_the_place_of_a_champion_whose_metric_was_taken_away_is_free(with_store: Workspace):
    settings = with_store.settings()
    registry = Registry(settings)
    model = register(registry, "a1", trained_as_of=AS_OF, fitted_rows="90", fitted_breakdowns="9")
    around = SimpleNamespace(stops=None, costs=None)
    with Warehouse(settings.warehouse_path) as warehouse:
        write_marts(warehouse, make_features(AS_OF))
        create_ml_tables(warehouse)
        court = promote._Court(registry, warehouse, cast("Any", around), settings, AS_OF)
        fewer = replace(court, settings=settings.replace(metrics=("metric_1",)))
        standing = promote._load_standing(court, model)
        assert standing is not None
        assert standing.registered.version == "1"
        assert promote._load_standing(fewer, model) is None
        with pytest.raises(InputError, match="looks at 8 columns, such as metric_2_mean_7d, that"):
            promote._arrange(fewer, model, None)


def test_contestants_predict_with_parts_clocks_where_they_know_them(with_store: Workspace):
    settings = with_store.settings()
    registry = Registry(settings)
    told = {"fitted_rows": "90", "fitted_breakdowns": "9", "parts": '{"1": ["arm"]}'}
    model = register(registry, "a1", trained_as_of=AS_OF, **told)
    rows = make_features(AS_OF, types=("a1",))
    with Warehouse(settings.warehouse_path) as warehouse:
        write_marts(warehouse, rows)
        number_parts(warehouse)
        court = promote._Court(registry, warehouse, cast("Any", None), settings, AS_OF)
        entered = promote._enter(court, model, registry.load_judged(model), rows)
    expected = predict_probability(fit_tiny_model(), know_the_arm_alone(rows)[list(COLUMNS)])
    np.testing.assert_array_equal(entered.probabilities, expected)


@pytest.mark.parametrize(
    ("verdict", "is_lacking"), [("keep", True), ("proposed", False), ("promote", True)]
)
def test_a_demo_whose_first_models_wait_to_be_approved_is_not_trained_again(
    with_store: Workspace, verdict: str, is_lacking: bool
):
    settings = with_store.settings()
    with Warehouse(settings.warehouse_path) as warehouse:
        write_marts(warehouse, make_features(AS_OF))
    assert promote.lacks_models(settings)
    with Warehouse(settings.warehouse_path) as warehouse:
        decision = Decision("a1", verdict, None, "1", "costs less")
        append_decision(warehouse, decision, as_of=AS_OF, mode="manual")
    # A champion is one by its alias, which an empty registry has not.
    assert promote.lacks_models(settings) == is_lacking


@pytest.mark.parametrize(
    ("verb", "before", "after"), [(promote.rollback, "3", "2"), (promote.approve, "2", "3")]
)
def test_a_command_that_was_cut_off_is_finished_by_typing_it_again_and_not_done_twice(
    with_store: Workspace, verb: Callable[..., Decision], before: str, after: str
):
    settings = with_store.settings()
    registry = Registry(settings)
    models = [register(registry, "a1", trained_as_of=AS_OF) for _ in range(3)]
    registry.promote(models[int(before) - 1])
    verdict = "rollback" if verb is promote.rollback else "promote"
    moves = [("promote", None, "1"), ("promote", "1", before), (verdict, before, after)]
    with Warehouse(settings.warehouse_path) as warehouse:
        write_marts(warehouse, make_features(AS_OF))
        create_ml_tables(warehouse)
        for said, old, new in moves:
            decision = Decision("a1", said, old, new, "costs less")
            append_decision(warehouse, decision, as_of=AS_OF, mode="manual")
    done = verb(settings, arepa_type="a1", as_of=AS_OF)
    assert (done.from_version, done.to_version) == (before, after)
    assert registry.find_champions() == {"a1": after}
    with Warehouse(settings.warehouse_path) as warehouse:
        assert warehouse.value("select count(*) from ml.promotion_history") == len(moves)


def test_an_alias_that_somebody_moved_is_put_back_and_not_told_as_a_command_that_was_cut_off(
    with_store: Workspace, caplog: pytest.LogCaptureFixture
):
    settings = with_store.settings()
    registry = Registry(settings)
    models = [register(registry, "a1", trained_as_of=AS_OF) for _ in range(3)]
    registry.promote(models[0])  # by hand
    with Warehouse(settings.warehouse_path) as warehouse:
        write_marts(warehouse, make_features(AS_OF))
        create_ml_tables(warehouse)
        for said, old, new in (
            ("promote", None, "2"),
            ("promote", "2", "3"),
            ("rollback", "3", "2"),
        ):
            decision = Decision("a1", said, old, new, "costs less")
            append_decision(warehouse, decision, as_of=AS_OF, mode="manual")
    caplog.set_level("INFO")
    done = promote.rollback(settings, arepa_type="a1", as_of=AS_OF)
    assert (done.from_version, done.to_version) == ("3", "2")
    assert registry.find_champions() == {"a1": "2"}
    assert "a1: MLflow did not name version 2, the champion since the last rollback" in caplog.text
    assert "cut off" not in caplog.text


def test_a_later_promotion_that_was_cut_off_is_no_rollback_of_an_earlier_day(
    with_store: Workspace,
):
    settings = with_store.settings()
    registry = Registry(settings)
    models = [register(registry, "a1", trained_as_of=AS_OF) for _ in range(3)]
    registry.promote(models[0])
    moves = [("promote", None, "1", 0), ("promote", "1", "2", 0), ("rollback", "2", "1", 0)]
    with Warehouse(settings.warehouse_path) as warehouse:
        write_marts(warehouse, make_features(AS_OF))
        create_ml_tables(warehouse)
        for said, old, new, days in [*moves, ("promote", "1", "3", 1)]:
            decision = Decision("a1", said, old, new, "costs less")
            day = AS_OF + timedelta(days=days)
            append_decision(warehouse, decision, as_of=day, mode="manual")
    with pytest.raises(InputError, match="a1"):
        promote.rollback(settings, arepa_type="a1", as_of=AS_OF)
