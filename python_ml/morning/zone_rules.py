"""Whether the machine and DuckDB go by the same rules of a time zone: governments change them."""

from dataclasses import dataclass
from datetime import UTC, date, timedelta
from zoneinfo import ZoneInfo

from python_ml.engines.warehouse import IN_MEMORY, Warehouse

LOOKED_AT = timedelta(days=366)  # before and after the day
# A name that DuckDB does not know has no rows.
SHOWN_BY_DUCKDB = """
select moment, timezone($zone, timezone('UTC', moment)) as shown
from range(cast($first as timestamp), cast($last as timestamp), interval 1 hour) as hours (moment)
where $zone in (select name from pg_timezone_names())
order by moment
"""


@dataclass(frozen=True)
class RuleDifference:
    """From when on two programs of one machine show different times.

    Attributes:
        zone: The zone.
        day: The first day, by the machine's clock.
        ahead: By how much DuckDB's time is ahead.
    """

    zone: str
    day: date
    ahead: timedelta

    def __str__(self) -> str:
        """Say what differs and what to do."""
        minutes = self.ahead // timedelta(minutes=1)
        return (
            f"{self.zone}: DuckDB's time is {abs(minutes)} minutes"
            f" {'ahead of' if minutes > 0 else 'behind'} the machine's from {self.day} on, by other"
            " rules of this zone; bring the machine's package tzdata up to date, or else DuckDB"
        )


def find_difference(zone: str, today: date) -> RuleDifference | None:
    """Find the first hour of the past and the coming year at which the two show different times."""
    days = {"first": today - LOOKED_AT, "last": today + LOOKED_AT}
    with Warehouse(IN_MEMORY) as warehouse:
        hours = warehouse.rows(SHOWN_BY_DUCKDB, {"zone": zone, **days})
    clock = ZoneInfo(zone)
    for moment, shown in hours:
        by_machine = moment.replace(tzinfo=UTC).astimezone(clock).replace(tzinfo=None)
        if by_machine != shown:
            return RuleDifference(zone, by_machine.date(), shown - by_machine)
    return None
