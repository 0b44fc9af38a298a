"""The history says who is champion, the real registry's aliases and tags follow."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from mlflow import MlflowClient

from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.registry import Registry
from python_ml.engines.warehouse import IN_MEMORY, Warehouse
from python_ml.errors import ArepasError
from python_ml.lifecycle.aliases import align_aliases, find_champion, move_champion
from python_ml.lifecycle.history import Decision, read_champion
from tests.conftest import Workspace

TYPE, NAME = "a5", "arepas__a5"
FIRST, SECOND, LATER = date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1)
HISTORY = """
select verdict, from_version, to_version, mode from ml.promotion_history order by decided_at
"""


@dataclass(frozen=True)
class Lifecycle:
    """Three versions of one type's model; the registry holds them, without any files."""

    registry: Registry
    warehouse: Warehouse
    client: MlflowClient

    def move(self, version: str, as_of: date) -> None:
        before = read_champion(self.warehouse, TYPE, as_of)
        decision = Decision(TYPE, "promote", before, version, f"version {version} saves more")
        move_champion(self.registry, self.warehouse, decision, as_of=as_of, mode="auto")

    def align(self) -> None:
        align_aliases(self.registry, self.warehouse, [TYPE])

    def alias(self) -> str | None:
        return self.registry.find_champions().get(TYPE)

    def tags(self, version: str) -> dict[str, str]:
        return self.client.get_model_version(NAME, version).tags


@pytest.fixture
def life(with_store: Workspace) -> Iterator[Lifecycle]:
    settings = with_store.settings()
    registry = Registry(settings)
    client = MlflowClient(settings.mlflow_tracking_uri.get_secret_value())
    client.create_registered_model(NAME)
    for _ in range(3):
        days = dict.fromkeys(("trained_as_of", "fitted_from", "fitted_to"), FIRST.isoformat())
        tags = {"arepa_type": TYPE, "horizon_days": "7", **days}
        client.create_model_version(NAME, "nowhere", tags=tags)
    with Warehouse(IN_MEMORY) as warehouse:
        create_ml_tables(warehouse)
        yield Lifecycle(registry, warehouse, client)


def test_a_move_is_written_down_and_carried_out_with_its_story(life: Lifecycle):
    assert find_champion(life.registry, life.warehouse, TYPE, FIRST) is None
    life.move("2", FIRST)
    assert life.alias() == "2"
    assert life.warehouse.rows(HISTORY) == [("promote", None, "2", "auto")]
    told = life.tags("2")
    assert told["champion_since"] == FIRST.isoformat()
    assert told["champion_mode"] == "auto"
    assert told["champion_reason"] == "version 2 saves more"
    assert told["champion_by"]


def test_the_champion_of_a_past_morning_is_found_and_the_alias_is_the_newest(life: Lifecycle):
    life.move("1", FIRST)
    life.move("3", SECOND)
    for morning, version in ((FIRST, "1"), (SECOND, "3"), (LATER, "3")):
        found = find_champion(life.registry, life.warehouse, TYPE, morning)
        assert found is not None
        assert found.version == version
    assert life.alias() == "3"


def test_what_was_written_down_and_not_carried_out_is_carried_out_by_whoever_comes_next(
    life: Lifecycle, monkeypatch: pytest.MonkeyPatch
):
    life.move("1", FIRST)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(Registry, "promote", die)
        life.move("2", SECOND)
    assert (read_champion(life.warehouse, TYPE, LATER), life.alias()) == ("2", "1")
    life.align()
    assert life.alias() == "2"
    assert life.tags("2")["champion_since"] == SECOND.isoformat()


def test_an_alias_moved_behind_our_back_is_put_back(life: Lifecycle):
    life.move("1", FIRST)
    life.client.set_registered_model_alias(NAME, "champion", "2")
    life.align()
    assert life.alias() == read_champion(life.warehouse, TYPE, LATER) == "1"


def test_a_champion_that_only_the_registry_knows_is_recovered(life: Lifecycle):
    life.move("1", FIRST)
    life.move("3", SECOND)
    life.warehouse.execute("delete from ml.promotion_history where arepa_type = ?", [TYPE])
    life.align()
    assert life.warehouse.rows(HISTORY) == [("promote", None, "3", "recovered")]
    assert life.alias() == read_champion(life.warehouse, TYPE, SECOND) == "3"
    assert read_champion(life.warehouse, TYPE, FIRST) is None
    life.align()
    assert len(life.warehouse.rows(HISTORY)) == 1


def test_a_champion_that_the_registry_lost_is_an_error_that_names_it(life: Lifecycle):
    life.move("2", FIRST)
    life.client.delete_model_version(NAME, "2")
    with pytest.raises(ArepasError, match=f"{NAME} version 2"):
        find_champion(life.registry, life.warehouse, TYPE, LATER)


def test_a_version_that_was_trained_after_its_number_became_champion_is_another_one(
    life: Lifecycle,
):
    life.move("2", FIRST)
    life.client.delete_registered_model_alias(NAME, "champion")
    life.client.set_model_version_tag(NAME, "2", "trained_as_of", SECOND.isoformat())
    with pytest.raises(ArepasError, match=f"version 2: was trained on {SECOND}"):
        find_champion(life.registry, life.warehouse, TYPE, LATER)
    with pytest.raises(ArepasError, match=f"became champion on {FIRST} is not in"):
        life.align()
    assert life.alias() is None
