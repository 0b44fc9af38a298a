"""Who scores a morning: the champion of that morning, and nobody who knows its future."""

from datetime import date
from pathlib import Path

import pytest

from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.model_files import DIGEST_TAG, KeptModels
from python_ml.engines.warehouse import Warehouse
from python_ml.lifecycle.history import Decision, append_decision
from python_ml.morning.live_models import LiveModels
from python_ml.settings import Settings
from tests.conftest import Workspace
from tests.python_ml.engines.test_model_files import FILE, make_version

D = date(2026, 11, 20)
PARTS = """
create schema core;
create schema intermediate;
create table core.dim_machines as select 'm1' as machine_id, 1 as phase;
create table intermediate.int_parts_serviced as
from (values ('m1', 'belt', 2), ('m1', 'arm', 1)) as t (machine_id, component, part_number);
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Workspace(tmp_path).settings()


def live_models(settings: Settings, *champions: tuple[date, str], **tags: str) -> LiveModels:
    """The models of a type whose version 2 is kept, with a history."""
    KeptModels(settings).write(make_version("2", trained_as_of="2026-11-10", **tags), FILE)
    with Warehouse(settings.warehouse_path) as warehouse:
        create_ml_tables(warehouse)
        warehouse.execute(PARTS)
        for since, version in champions:
            decision = Decision("a/1", "promote", None, version, "costs less")
            append_decision(warehouse, decision, as_of=since, mode="auto")
        return LiveModels(KeptModels(settings), warehouse, "a/1", settings)


def test_the_history_says_who_was_champion(settings: Settings):
    models = live_models(settings, (date(2026, 11, 1), "1"), (date(2026, 11, 10), "2"))
    champion = models.champion_on(D)
    assert champion is not None
    assert champion.registered.version == "2"
    assert models.champion_on(D) is champion  # loaded once
    assert models.challenger_on(D) is None
    assert models.problems == []


def test_a_version_of_the_history_that_is_nowhere_is_told_once(settings: Settings):
    models = live_models(settings, (date(2026, 11, 1), "1"))
    assert models.champion_on(D) is None
    assert models.champion_on(D) is None
    [problem] = models.problems
    assert "version 1, is not kept" in problem
    assert problem.endswith("run `make retrain`")


def test_without_a_history_nobody_scores_a_morning_before_the_training(settings: Settings):
    models = live_models(settings)
    assert models.champion_on(date(2026, 11, 9)) is None
    assert models.champion_on(date(2026, 11, 10)) is not None
    assert models.problems == []


def test_a_champion_of_another_horizon_is_told(settings: Settings):
    models = live_models(settings.replace(horizon_days=9), (date(2026, 11, 10), "2"))
    assert models.champion_on(D) is None
    assert "looks 7 days ahead, HORIZON_DAYS is 9" in models.problems[0]


@pytest.mark.parametrize(("asked_for", "is_told"), [((1, 2), True), ((1,), False), ((3,), False)])
def test_a_champion_that_was_trained_for_fewer_phases_is_told(
    settings: Settings, asked_for: tuple[int, ...], is_told: bool
):
    models = live_models(settings.replace(phases=asked_for), phases="1,3")
    assert (models.champion_on(D) is None) == is_told
    said = "arepas__a%2F1 version 2 was trained with PHASES=1,3, PHASES is 1,2: run `make retrain`"
    assert models.problems == ([said] if is_told else [])


@pytest.mark.parametrize(
    ("remembered", "said"),
    [
        ('{"1": ["arm"]}', None),
        ('{"1": ["arm", "belt"]}', None),
        ('{"1": ["belt", "arm"]}', None),
        ('{"1": ["arm", "belt", "valve"]}', "part 3 of phase 1 was valve, which has no clock now"),
    ],
)
def test_a_champion_that_misses_a_part_is_told_and_scores(
    settings: Settings, remembered: str, said: str | None
):
    models = live_models(settings, parts=remembered)
    assert models.champion_on(D) is not None
    told = f"arepas__a%2F1 version 2 was trained when {said}: run `make retrain`"
    assert models.problems == ([told] if said else [])


def test_a_champion_from_before_phases_were_written_down_scores_all(settings: Settings):
    models = live_models(settings.replace(phases=(1, 2, 3)))
    assert models.champion_on(D) is not None
    assert models.problems == []


def test_a_copy_that_was_changed_is_told_and_not_loaded(settings: Settings):
    models = live_models(settings, (date(2026, 11, 10), "2"))
    KeptModels(settings).write(make_version("2", **{DIGEST_TAG: "0" * 64}), FILE)
    (KeptModels(settings).folder / "arepas__a%2F1.pkl").write_bytes(b"another")
    assert models.champion_on(D) is None
    assert "its file is not the one that was registered" in models.problems[0]


def test_a_number_that_the_registry_gave_again_scores_no_morning_before_its_training(
    settings: Settings,
):
    models = live_models(settings, (date(2026, 11, 1), "2"), (date(2026, 11, 15), "2"))
    assert models.champion_on(date(2026, 11, 12)) is None
    [problem] = models.problems
    assert "version 2: was trained on 2026-11-10" in problem
    assert models.champion_on(D) is not None
