"""The history of champions, against a list of moves that anyone can replay by hand."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.registry import RegisteredModel
from python_ml.engines.warehouse import IN_MEMORY, Warehouse
from python_ml.lifecycle.history import (
    Decision,
    append_decision,
    read_champion,
    read_champions,
    read_newest_decision,
    read_newest_move,
    read_proposals,
    read_version_before,
    replace_versions,
    was_taken_back,
)

FIRST = date(2026, 3, 1)
FOREVER = date(2999, 1, 1)


@pytest.fixture(scope="module")
def database() -> Iterator[Warehouse]:
    with Warehouse(IN_MEMORY) as warehouse:
        create_ml_tables(warehouse)
        yield warehouse


@pytest.fixture
def history(database: Warehouse) -> Warehouse:
    database.execute("truncate ml.promotion_history")
    return database


def decide(history: Warehouse, day: int, verdict: str, *versions: str | None) -> None:
    decision = Decision("a1", verdict, *versions, f"{verdict} on day {day}")
    append_decision(
        history, decision, as_of=FIRST + timedelta(days=day), mode="manual", decided_by="ana"
    )


DECISIONS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from(["promote", "rollback", "keep", "proposed"]),
        st.sampled_from([None, "1", "2"]),
        st.sampled_from(["1", "2", "3"]),
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=30)
@given(decisions=DECISIONS, asked=st.integers(-1, 6))
def test_champion_is_who_the_last_move_up_to_the_morning_made_it(database, decisions, asked: int):
    database.execute("truncate ml.promotion_history")
    decide_another(database)
    for decision in decisions:
        decide(database, *decision)
    # Of a day's decisions the one that was taken last counts, whenever it was taken.
    in_order = sorted(decisions, key=lambda decision: decision[0])
    moves = [decision for decision in in_order if decision[1] in {"promote", "rollback"}]
    known = [move for move in moves if move[0] <= asked]
    as_of = FIRST + timedelta(days=asked)
    assert read_champion(database, "a1", as_of) == (known[-1][3] if known else None)
    expected = [(FIRST + timedelta(days=day), version) for day, _, _, version in moves]
    assert read_champions(database, "a1") == expected
    newest = read_newest_decision(database, "a1", as_of)
    decided = [decision for decision in in_order if decision[0] <= asked]
    waits = bool(decided) and decided[-1][1] == "proposed"
    assert read_proposals(database, as_of) == ({"a1": decided[-1][3]} if waits else {})
    if decided:
        day, verdict, before, after = decided[-1]
        assert newest == Decision("a1", verdict, before, after, f"{verdict} on day {day}")
    else:
        assert newest is None
    if moves:
        move = read_newest_move(database, "a1")
        assert (move.as_of, move.decided_by, move.mode) == (expected[-1][0], "ana", "manual")
        assert move.decision.to_version == expected[-1][1]


def decide_another(history: Warehouse) -> None:
    other = Decision("a2", "promote", None, "9", "another type's")
    append_decision(history, other, as_of=FIRST, mode="auto")


def test_rolling_back_twice_goes_further_back(history: Warehouse):
    decide(history, 0, "promote", None, "1")
    decide(history, 1, "promote", "1", "2")
    decide(history, 2, "promote", "2", "3")
    assert read_version_before(history, "a1", "3", FOREVER) == "2"
    decide(history, 3, "rollback", "3", "2")
    assert read_version_before(history, "a1", "2", FOREVER) == "1"
    decide(history, 4, "rollback", "2", "1")
    assert read_version_before(history, "a1", "1", FOREVER) is None
    assert read_version_before(history, "a1", "3", FIRST) is None


def test_what_people_took_back_is_so_until_somebody_promotes_it_again(history: Warehouse):
    def taken_back(version: str, day: int, trained: int = 0) -> bool:
        tags = {"trained_as_of": str(FIRST + timedelta(days=trained))}
        model = RegisteredModel("a1", "arepas__a1", version, tags)
        return was_taken_back(history, model, FIRST + timedelta(days=day))

    decide(history, 0, "promote", None, "1")
    decide(history, 1, "promote", "1", "2")
    assert not taken_back("2", 9)
    decide(history, 2, "rollback", "2", "1")
    assert taken_back("2", 9)
    assert taken_back("2", 9, trained=2)
    assert not taken_back("2", 9, trained=3)  # by a store that gives its numbers again
    assert not taken_back("2", 1)
    assert not taken_back("1", 9)
    decide(history, 3, "keep", "1", "1")
    assert taken_back("2", 9)
    decide(history, 4, "promote", "1", "2")
    assert not taken_back("2", 9)


def test_versions_are_written_down_as_the_registry_tells_them_and_once(history: Warehouse):
    tags = {
        "trained_as_of": "2026-03-01",
        "fitted_from": "2025-01-01",
        "fitted_to": "2026-01-01",
        "horizon_days": "7",
    }
    first = RegisteredModel("a1", "arepas__a1", "1", tags)
    other = RegisteredModel("a2", "arepas__a2", "1", tags | {"stop_threshold_probability": "0.25"})
    replace_versions(history, [first, other])
    replace_versions(history, [replace(first, tags=tags | {"horizon_days": "5"})])
    story = date(2026, 3, 1), date(2025, 1, 1), date(2026, 1, 1)
    assert history.rows("from ml.model_versions order by all") == [
        ("a1", "arepas__a1", "1", *story, 5, None),
        ("a2", "arepas__a2", "1", *story, 7, 0.25),
    ]
