"""Where a calendar decides: the gate's rulings and, for each scored morning, what followed.

`ml.calendar_rulings` says for each model (or none) and phase whether the best known calendar
decides in its place, from that morning on until the gate rules anew. `ml.calendar_terms` is written
when a day is scored, so that what was decided on a past morning stays.
"""

from collections.abc import Iterable
from datetime import date

from python_ml.decisions.gate import Ruling
from python_ml.engines.warehouse import Warehouse
from python_ml.learning.columns import CALENDAR_CLOCKS

NO_MODEL = ""
DELETE_RULINGS = "delete from ml.calendar_rulings where arepa_type = ? and as_of_date = ?"
INSERT_RULING = "insert into ml.calendar_rulings values (?, ?, ?, ?, ?, ?, ?, ?)"
DELETE_TERMS = "delete from ml.calendar_terms where as_of_date between $first and $last"
INSERT_TERMS = f"""
insert into ml.calendar_terms by name
with
rulings as (
    select
        *,
        lead(as_of_date) over (
            partition by arepa_type, phase, model_version order by as_of_date
        ) as next_as_of_date
    from ml.calendar_rulings
)
select
    predictions.machine_id,
    predictions.arepa_type,
    predictions.as_of_date,
    rulings.clock,
    case rulings.clock
        {" ".join(f"when '{clock}' then features.{clock}" for clock in CALENDAR_CLOCKS)}
    end as clock_value,
    rulings.interval_value,
    rulings.stop_saving
from ml.predictions as predictions
inner join rulings
    on
        predictions.arepa_type = rulings.arepa_type
        and predictions.phase = rulings.phase
        and coalesce(predictions.model_version, '{NO_MODEL}') = rulings.model_version
        and predictions.as_of_date >= rulings.as_of_date
        and predictions.as_of_date < coalesce(rulings.next_as_of_date, date '9999-12-31')
inner join features.feat_machine_arepa_daily as features
    on
        predictions.machine_id = features.machine_id
        and predictions.arepa_type = features.arepa_type
        and predictions.as_of_date = features.as_of_date
where
    predictions.model_role = 'champion'
    and predictions.as_of_date between $first and $last
    and rulings.decides
"""  # noqa: S608  (names of columns, from constants)


def write_rulings(
    warehouse: Warehouse, arepa_type: str, rulings: Iterable[Ruling], *, as_of: date
) -> None:
    """Write down how the gate ruled on a type, in place of what it ruled on the same morning."""
    with warehouse.transaction():
        warehouse.execute(DELETE_RULINGS, [arepa_type, as_of])
        for ruling in rulings:
            calendar = ruling.calendar
            warehouse.execute(
                INSERT_RULING,
                [
                    arepa_type,
                    as_of,
                    ruling.version or NO_MODEL,
                    ruling.phase,
                    ruling.decides,
                    calendar.clock,
                    calendar.interval if calendar.clock else None,
                    calendar.stop_saving,
                ],
            )


def replace_calendar_terms(warehouse: Warehouse, *, first: date, last: date) -> None:
    """Write the calendars of the scored mornings anew, inside the caller's transaction."""
    days = {"first": first, "last": last}
    warehouse.execute(DELETE_TERMS, days)
    warehouse.execute(INSERT_TERMS, days)
