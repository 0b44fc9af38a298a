"""Champions in memory follow the aliases; predictions together, and what becomes of who waits."""

import asyncio
import threading
from collections.abc import Sequence
from datetime import date

import pytest

from python_ml.engines.registry import LoadedModel, RegisteredModel, Registry
from python_ml.errors import ArepasError
from python_ml.serving.champions import Champions, MicroBatches
from python_ml.serving.rows import Row
from python_ml.settings import Settings
from tests.conftest import Workspace
from tests.tiny_models import register

D = date(2026, 11, 20)


def predict(arepa_type: str, rows: Sequence[Row]) -> list[Row]:
    if arepa_type == "broken":
        raise ValueError("no such model")
    if arepa_type == "short":
        return []
    return [{**row, "type": arepa_type, "together": len(rows)} for row in rows]


async def answers_of(*asked: str) -> list[Row | BaseException]:
    batches = MicroBatches(predict)
    waiting = [
        asyncio.create_task(batches.predict(arepa_type, {"number": number}))
        for number, arepa_type in enumerate(asked)
    ]
    await asyncio.sleep(0)
    work = asyncio.create_task(batches.run())
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert not work.done()
    work.cancel()
    return answers


def test_what_arrives_together_is_predicted_together_and_each_gets_its_own():
    answers = asyncio.run(answers_of("a1", "a2", "a1"))
    assert answers == [
        {"number": 0, "type": "a1", "together": 2},
        {"number": 1, "type": "a2", "together": 1},
        {"number": 2, "type": "a1", "together": 2},
    ]


def test_who_was_checked_for_a_champion_is_not_predicted_by_the_next_one_of_its_type():
    asked = ["a1", "".join(["a", "1"])]  # equal, but not the same
    assert [answer["together"] for answer in asyncio.run(answers_of(*asked))] == [1, 1]


@pytest.mark.parametrize("broken", ["broken", "short"])
def test_a_type_that_cannot_be_predicted_stops_no_other(broken: str):
    answers = asyncio.run(answers_of(broken, "a1", broken))
    assert [isinstance(answer, ValueError) for answer in answers] == [True, False, True]


def test_who_waits_when_the_work_ends_is_told_so():
    is_at_work, may_end = threading.Event(), threading.Event()

    def predict_slowly(_: str, rows: Sequence[Row]) -> list[Row]:
        is_at_work.set()
        may_end.wait()
        return list(rows)

    async def run() -> list[Row | BaseException]:
        batches = MicroBatches(predict_slowly)
        work = asyncio.create_task(batches.run())
        asked = [asyncio.create_task(batches.predict("a1", {}))]
        await asyncio.to_thread(is_at_work.wait)
        asked.append(asyncio.create_task(batches.predict("a2", {})))
        await asyncio.sleep(0)
        work.cancel()
        await asyncio.wait([work])
        asked.append(asyncio.create_task(batches.predict("a3", {})))
        try:
            return await asyncio.wait_for(asyncio.gather(*asked, return_exceptions=True), 60)
        finally:
            may_end.set()

    assert [type(answer) for answer in asyncio.run(run())] == [ArepasError] * 3


class CountingRegistry(Registry):
    """The real registry; counts what it is asked to load."""

    loaded = 0

    def load(self, model: RegisteredModel) -> LoadedModel:
        self.loaded += 1
        return super().load(model)


@pytest.fixture
def settings(with_store: Workspace) -> Settings:
    return with_store.settings()


@pytest.fixture
def registry(settings: Settings) -> CountingRegistry:
    return CountingRegistry(settings)


def versions_of(champions: Champions) -> dict[str, str]:
    return {name: model.registered.version for name, model in champions.models.items()}


def test_a_champion_is_loaded_once_and_changed_when_its_alias_moves(
    registry: CountingRegistry, settings: Settings
):
    champions = Champions(registry, settings)
    champions.refresh()
    assert versions_of(champions) == {}
    first = {name: register(registry, name, trained_as_of=D) for name in ("a1", "a2")}
    champions.refresh()
    assert versions_of(champions) == {}, "a challenger answers nobody"

    for model in first.values():
        registry.promote(model)
    champions.refresh()
    kept = champions.models["a2"]
    champions.refresh()
    assert (versions_of(champions), registry.loaded) == ({"a1": "1", "a2": "1"}, 2)

    registry.promote(register(registry, "a1", trained_as_of=D, seed=2))
    champions.refresh()
    assert (versions_of(champions), registry.loaded) == ({"a1": "2", "a2": "1"}, 3)
    assert champions.models["a2"] is kept
    assert champions.problems == {}


def test_a_champion_that_cannot_be_used_is_told_and_the_one_before_stays(
    registry: CountingRegistry, settings: Settings
):
    registry.promote(register(registry, "a1", trained_as_of=D))
    champions = Champions(registry, settings)
    champions.refresh()
    for arepa_type in ("a1", "a2"):
        registry.promote(register(registry, arepa_type, trained_as_of=D, horizon_days="9"))
    champions.refresh()
    assert versions_of(champions) == {"a1": "1"}
    assert set(champions.problems) == {"a1", "a2"}
    for problem in champions.problems.values():
        assert "looks 9 days ahead, HORIZON_DAYS is 7" in problem

    registry.promote(registry.find_version("a1", "1"))
    champions.refresh()
    assert set(champions.problems) == {"a2"}


def test_a_champion_of_a_metric_that_was_taken_away_is_told(
    registry: CountingRegistry, settings: Settings
):
    registry.promote(register(registry, "a1", trained_as_of=D))
    champions = Champions(registry, settings.replace(metrics=("metric_1",)))
    champions.refresh()
    assert versions_of(champions) == {}
    assert "looks at 8 columns, such as metric_2_mean_7d, that" in champions.problems["a1"]
