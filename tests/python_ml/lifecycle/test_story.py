"""What there is to tell of a training: its own morning's, for each type and for all."""

from datetime import timedelta

import numpy as np
import pytest

from python_ml.engines.registry import Registry
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import InputError
from python_ml.learning.columns import describe_feature
from python_ml.lifecycle import train as train_module
from python_ml.lifecycle.history import Decision, append_decision
from python_ml.lifecycle.story import TrainingStory, read_story
from python_ml.metric_names import read_metric_names
from python_ml.settings import Settings
from tests.conftest import Workspace
from tests.trained_fleet import (
    MATURE,
    TELLTALE,
    TYPES,
    fit_each_quickly,
    make_training_rows,
    with_small_training,
    write_marts,
)

NEXT_DAY = MATURE + timedelta(days=1)


@pytest.fixture
def trained(with_store: Workspace, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(train_module, "fit_in_sequence", fit_each_quickly)
    settings = with_small_training(with_store.settings())
    with Warehouse(settings.warehouse_path) as warehouse:
        write_marts(warehouse, make_training_rows())
    train_module.train(settings, as_of=MATURE)
    return settings


def decide(settings: Settings, verdict: str, *, days: int = 0) -> None:
    decision = Decision("a1", verdict, None, "1", f"{verdict} it")
    with Warehouse(settings.warehouse_path) as warehouse:
        append_decision(warehouse, decision, as_of=MATURE + timedelta(days=days), mode="auto")


def test_a_training_s_story_is_told_for_each_type_and_for_all(trained: Settings):
    decide(trained, "keep")
    decide(trained, "promote")
    decide(trained, "rollback", days=1)
    # A later training does not change what is told of this one.
    registry = Registry(trained)
    newest = registry.find_newest("a1", MATURE)
    assert newest is not None
    registry.register(
        "a1",
        registry.load(newest).estimator,
        columns=registry.load(newest).columns,
        metrics={},
        tags=newest.tags | {"trained_as_of": NEXT_DAY.isoformat()},
    )
    story = read_story(trained, as_of=MATURE)
    versions = {name: model.version for name, model in story.models.items()}
    assert versions == dict.fromkeys(TYPES, "1")
    for table in ("metrics", "calibration", "precision_recall", "cost_curves"):
        assert set(getattr(story, table)["arepa_type"]) == {*TYPES, "all"}, table
    assert story.decisions[["arepa_type", "verdict"]].values.tolist() == [["a1", "promote"]]
    check_curves(story)
    check_influences(story)


def check_curves(story: TrainingStory) -> None:
    """The model is perfect, so nothing is caught at the price of a false alarm."""
    assert (story.precision_recall["precision"][story.precision_recall["recall"] == 1] <= 1).all()
    best = story.precision_recall.groupby("arepa_type").apply(
        lambda curve: (curve["precision"] * curve["recall"]).max()
    )
    assert best.tolist() == pytest.approx([1, 1, 1])
    cost = story.metrics[story.metrics["metric"] == "cost_per_machine_day"]
    to_failure = cost[cost["policy"] == "run_to_failure"].set_index("arepa_type")["value"]
    for arepa_type, curve in story.cost_curves.groupby("arepa_type"):
        # From a threshold on that no probability reaches no machine is stopped.
        never = curve.loc[curve["threshold"].idxmax(), "cost_per_machine_day"]
        assert never == pytest.approx(to_failure[arepa_type])
        assert curve["cost_per_machine_day"].min() < never / 2


def check_influences(story: TrainingStory) -> None:
    for _, of_type in story.influences.groupby("arepa_type"):
        told = of_type.set_index("feature")["influence"]
        telltale = describe_feature(TELLTALE, read_metric_names("en"))
        assert told.idxmax() == telltale
        assert told.max() > 0.3
        assert np.allclose(told.drop(telltale), 0)


def test_a_morning_without_a_training_is_named(trained: Settings):
    with pytest.raises(InputError, match=f"AS_OF={NEXT_DAY}: no back-test of that morning"):
        read_story(trained, as_of=NEXT_DAY)


def test_a_type_without_mornings_kept_apart_has_no_influences_and_stops_no_other(
    trained: Settings,
):
    with Warehouse(trained.warehouse_path) as warehouse:
        warehouse.execute(
            "delete from features.train_machine_arepa_daily"
            f" where arepa_type = 'a1' and as_of_date > date '{MATURE}' - 60"
        )
    story = read_story(trained, as_of=MATURE)
    assert set(story.influences["arepa_type"]) == set(TYPES) - {"a1"}
    # As the report draws them.
    assert len(story.influences.nlargest(3, "influence")) == 3
