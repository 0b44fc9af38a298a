"""Who is champion: the history says it, the registry's aliases and tags follow.

A move is written down first and carried out second. Whatever dies in between, the next command that
calls `align_aliases` carries it out; so alias and history never disagree for longer than that.
"""

import logging
from collections.abc import Iterable
from datetime import date

from python_ml.engines.registry import CHAMPION, RegisteredModel, Registry
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import ArepasError, UnreachableRegistryError
from python_ml.lifecycle.history import (
    Decision,
    append_decision,
    check_identity,
    find_reign,
    read_champions,
    read_newest_move,
)

logger = logging.getLogger(__name__)

RECOVERED = "recovered"


def find_champion(
    registry: Registry, warehouse: Warehouse, arepa_type: str, as_of: date
) -> RegisteredModel | None:
    """Find the champion of a morning.

    Raises:
        ArepasError: The history names a version that the registry does not have.
    """
    reign = find_reign(read_champions(warehouse, arepa_type), as_of)
    if reign is None:
        return None
    since, version = reign
    return check_identity(registry.find_version(arepa_type, version), since)


def align_aliases(
    registry: Registry, warehouse: Warehouse, arepa_types: Iterable[str]
) -> list[str]:
    """Make the registry's champions those of the history.

    A champion that only the registry knows, after the warehouse was lost, is written down.

    Returns:
        The types whose alias had to be moved.
    """
    moved = []
    for arepa_type in arepa_types:
        in_registry = _find_by_alias(registry, arepa_type)
        champions = read_champions(warehouse, arepa_type)
        if champions:
            version = champions[-1][1]
            if in_registry is None or in_registry.version != version:
                _carry_out(registry, warehouse, arepa_type, version)
                moved.append(arepa_type)
        elif in_registry is not None:
            _recover(warehouse, in_registry)
    return moved


def _find_by_alias(registry: Registry, arepa_type: str) -> RegisteredModel | None:
    """Find who carries the champion's alias; a version that people made is not taken for one."""
    try:
        return registry.find(arepa_type, CHAMPION)
    except UnreachableRegistryError:
        raise
    except ArepasError as error:
        logger.warning("no champion: %s", error)
    return None


def move_champion(
    registry: Registry, warehouse: Warehouse, decision: Decision, *, as_of: date, mode: str
) -> None:
    """Write a move of the champion down, then carry it out."""
    append_decision(warehouse, decision, as_of=as_of, mode=mode)
    align_aliases(registry, warehouse, [decision.arepa_type])


def _carry_out(registry: Registry, warehouse: Warehouse, arepa_type: str, version: str) -> None:
    move = read_newest_move(warehouse, arepa_type)
    model = check_identity(registry.find_version(arepa_type, version), move.as_of)
    registry.tag(
        model,
        {
            "champion_since": move.as_of.isoformat(),
            "champion_by": move.decided_by,
            "champion_mode": move.mode,
            "champion_reason": move.decision.reason,
        },
    )
    registry.promote(model)
    logger.info("%s version %s is champion now", model.name, version)


def _recover(warehouse: Warehouse, model: RegisteredModel) -> None:
    since = model.tags.get("champion_since", model.tags["trained_as_of"])
    decision = Decision(
        model.arepa_type,
        "promote",
        None,
        model.version,
        "found as champion in the registry; the warehouse had no history of it",
    )
    append_decision(
        warehouse,
        decision,
        as_of=date.fromisoformat(since),
        decided_by=model.tags.get("champion_by", "unknown"),
        mode=RECOVERED,
    )
    logger.warning("%s: champion version %s recovered", model.name, model.version)
