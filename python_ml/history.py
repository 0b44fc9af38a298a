"""`ml.promotion_history`: which version was whose champion, when and why; append-only."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from python_ml.warehouse import Warehouse

CREATE_PROMOTION_HISTORY = """
create schema if not exists ml;
create table if not exists ml.promotion_history (
    arepa_type varchar not null,
    as_of_date date not null,
    decided_at timestamp not null,
    verdict varchar not null,
    from_version varchar,
    to_version varchar,
    decided_by varchar not null,
    reason varchar not null
);
"""
INSERT_DECISION = "insert into ml.promotion_history values (?, ?, ?, ?, ?, ?, ?, ?)"
CHAMPIONS = """
select as_of_date, to_version from ml.promotion_history
where arepa_type = ? and verdict in ('promote', 'rollback')
order by as_of_date, decided_at
"""


@dataclass(frozen=True)
class Decision:
    """What was decided of a type's champion, and why."""

    arepa_type: str
    verdict: str
    from_version: str | None
    to_version: str | None
    reason: str


def create_history(warehouse: Warehouse) -> None:
    """Create the table where it is missing."""
    warehouse.execute(CREATE_PROMOTION_HISTORY)


def append_decision(
    warehouse: Warehouse, decision: Decision, *, as_of: date, decided_by: str
) -> None:
    """Write down one decision."""
    create_history(warehouse)
    warehouse.execute(
        INSERT_DECISION,
        [
            decision.arepa_type,
            as_of,
            datetime.now(UTC).replace(tzinfo=None),
            decision.verdict,
            decision.from_version,
            decision.to_version,
            decided_by,
            decision.reason,
        ],
    )


def read_champions(warehouse: Warehouse, arepa_type: str) -> list[tuple[date, str]]:
    """Read since which morning which version has been champion, oldest first."""
    return [(row[0], row[1]) for row in warehouse.rows(CHAMPIONS, [arepa_type])]
