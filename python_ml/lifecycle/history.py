"""`ml.promotion_history`, which version is whose champion, when and why, and `ml.model_versions`.

The history is the truth: a champion's alias in the registry only follows it. It is append-only, and
a version is champion from the as_of_date of its `promote` or `rollback` on.
"""

import getpass
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from python_ml.engines.model_files import RegisteredModel
from python_ml.engines.warehouse import Warehouse
from python_ml.errors import ArepasError

INSERT_DECISION = """
insert into ml.promotion_history (
    arepa_type, as_of_date, decided_at, verdict, from_version, to_version, decided_by, mode, reason
) values (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
CHAMPIONS = """
select as_of_date, to_version from ml.promotion_history
where arepa_type = ? and verdict in ('promote', 'rollback')
order by as_of_date, decided_at
"""
NEWEST_DECISION = """
select verdict, from_version, to_version, reason from ml.promotion_history
where arepa_type = ? and as_of_date <= ?
order by as_of_date desc, decided_at desc
limit 1
"""
PROPOSALS = """
select arepa_type, to_version from ml.promotion_history
where as_of_date <= ?
qualify
    row_number() over (partition by arepa_type order by as_of_date desc, decided_at desc) = 1
    and verdict = 'proposed'
order by arepa_type
"""
NEWEST_MOVE = """
select verdict, from_version, to_version, reason, as_of_date, decided_by, coalesce(mode, 'auto')
from ml.promotion_history
where arepa_type = ? and verdict in ('promote', 'rollback')
order by as_of_date desc, decided_at desc
limit 1
"""
VERSION_BEFORE = """
select from_version from ml.promotion_history
where arepa_type = ? and to_version = ? and verdict = 'promote' and as_of_date <= ?
order by as_of_date desc, decided_at desc
limit 1
"""
WAS_TAKEN_BACK = """
select coalesce(
    max(decided_at) filter (
        where verdict = 'rollback' and from_version = $version and as_of_date >= $trained
    ) > coalesce(
        max(decided_at) filter (where verdict = 'promote' and to_version = $version), '-infinity'
    ),
    false
)
from ml.promotion_history
where arepa_type = $arepa_type and as_of_date <= $as_of
"""
DELETE_VERSION = "delete from ml.model_versions where arepa_type = ? and model_version = ?"
INSERT_VERSION = """
insert into ml.model_versions (
    arepa_type, model_name, model_version, trained_as_of_date, fitted_from_date, fitted_to_date,
    horizon_days, stop_threshold_probability
) values (?, ?, ?, ?, ?, ?, ?, ?)
"""


@dataclass(frozen=True)
class Decision:
    """What was decided of a type's champion, and why."""

    arepa_type: str
    verdict: str
    from_version: str | None
    to_version: str | None
    reason: str


@dataclass(frozen=True)
class Move:
    """A decision that made a version champion: since which morning, by whom, in which mode."""

    decision: Decision
    as_of: date
    decided_by: str
    mode: str


def append_decision(
    warehouse: Warehouse,
    decision: Decision,
    *,
    as_of: date,
    mode: str,
    decided_by: str | None = None,
) -> None:
    """Write down one decision, by default as that of whoever runs the command."""
    warehouse.execute(
        INSERT_DECISION,
        [
            decision.arepa_type,
            as_of,
            datetime.now(UTC).replace(tzinfo=None),
            decision.verdict,
            decision.from_version,
            decision.to_version,
            decided_by or getpass.getuser(),
            mode,
            decision.reason,
        ],
    )


def read_champions(warehouse: Warehouse, arepa_type: str) -> list[tuple[date, str]]:
    """Read since which morning which version has been champion, oldest first."""
    return [(row[0], row[1]) for row in warehouse.rows(CHAMPIONS, [arepa_type])]


def find_reign(champions: Sequence[tuple[date, str]], day: date) -> tuple[date, str] | None:
    """Find, of what `read_champions` reads, since when which version is champion on a morning."""
    begun = [reign for reign in champions if reign[0] <= day]
    return begun[-1] if begun else None


def check_identity(model: RegisteredModel, since: date) -> RegisteredModel:
    """Refuse a version of the registry that is not the one that became champion on a morning.

    A registry that was lost, or put back from an older copy, gives its numbers again.

    Returns:
        The model.

    Raises:
        ArepasError: It was trained after that morning, so it is another one.
    """
    trained = model.tags["trained_as_of"]
    if trained > since.isoformat():
        raise ArepasError(
            f"{model}: was trained on {trained}, and the version of that number that became"
            f" champion on {since} is not in MLFLOW_TRACKING_URI any more"
        )
    return model


def read_champion(warehouse: Warehouse, arepa_type: str, as_of: date) -> str | None:
    """Read the version that is champion on a morning."""
    reign = find_reign(read_champions(warehouse, arepa_type), as_of)
    return reign[1] if reign is not None else None


def read_newest_decision(warehouse: Warehouse, arepa_type: str, as_of: date) -> Decision | None:
    """Read what was last decided of a type up to a morning."""
    rows = warehouse.rows(NEWEST_DECISION, [arepa_type, as_of])
    return Decision(arepa_type, *rows[0]) if rows else None


def read_proposals(warehouse: Warehouse, as_of: date) -> dict[str, str]:
    """Read which versions wait for `make approve` on a morning, by their arepa types."""
    return {row[0]: row[1] for row in warehouse.rows(PROPOSALS, [as_of])}


def read_newest_move(warehouse: Warehouse, arepa_type: str) -> Move:
    """Read the move that made a type's newest champion; there has to be one."""
    row = warehouse.rows(NEWEST_MOVE, [arepa_type])[0]
    return Move(Decision(arepa_type, *row[:4]), *row[4:])


def read_version_before(
    warehouse: Warehouse, arepa_type: str, version: str, as_of: date
) -> str | None:
    """Read which version was champion when a version took its place.

    What was rolled back is not in this chain, so rolling back twice goes further back.
    """
    rows = warehouse.rows(VERSION_BEFORE, [arepa_type, version, as_of])
    return rows[0][0] if rows else None


def was_taken_back(warehouse: Warehouse, model: RegisteredModel, as_of: date) -> bool:
    """Say whether people rolled a version back and nobody has promoted it since.

    What was taken back before the version was trained is another one of its number.
    """
    parameters = {
        "arepa_type": model.arepa_type,
        "version": model.version,
        "trained": date.fromisoformat(model.tags["trained_as_of"]),
        "as_of": as_of,
    }
    return bool(warehouse.value(WAS_TAKEN_BACK, parameters))


def replace_versions(warehouse: Warehouse, models: Iterable[RegisteredModel]) -> None:
    """Write down what the registry's tags say of some versions."""
    for model in models:
        threshold = model.tags.get("stop_threshold_probability")
        warehouse.execute(DELETE_VERSION, [model.arepa_type, model.version])
        warehouse.execute(
            INSERT_VERSION,
            [
                model.arepa_type,
                model.name,
                model.version,
                date.fromisoformat(model.tags["trained_as_of"]),
                date.fromisoformat(model.tags["fitted_from"]),
                date.fromisoformat(model.tags["fitted_to"]),
                int(model.tags["horizon_days"]),
                float(threshold) if threshold is not None else None,
            ],
        )
