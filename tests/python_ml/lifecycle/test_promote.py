"""Whatever goes wrong while a type is judged, its champion stays and somebody is told."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.registry import RegisteredModel
from python_ml.engines.warehouse import Warehouse
from python_ml.lifecycle import promote
from python_ml.lifecycle.history import Decision, append_decision
from python_ml.settings import load_settings

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


def test_a_challenger_that_was_trained_for_fewer_phases_is_not_judged(tmp_path: Path):
    tags = {"horizon_days": "7", "phases": "1"}
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
