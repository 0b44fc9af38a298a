"""Where a calendar decides: the gate's rulings and, for each scored morning, what followed.

`ml.calendar_rulings` says for each model (or none) and phase what its stops saved against the best
known calendar, from that morning on until the gate rules anew. Who decides is one question for a
phase, over the models of all its types: a machine whose types had each its own answer would be
stopped and let run in turns. Two months hold few breakdowns, so what models saved on the mornings
of earlier rulings counts, too, the less the longer ago, up to a year. A machine none of whose types
has a model goes by the calendar.
`ml.calendar_terms` is written when a day is scored, so that what was decided on a past morning
stays.
"""

from collections.abc import Iterable
from datetime import date

from python_ml.decisions.gate import Ruling
from python_ml.engines.warehouse import Warehouse
from python_ml.learning.columns import CALENDAR_CLOCKS

NO_MODEL = ""
DELETE_RULINGS = "delete from ml.calendar_rulings where arepa_type = ? and as_of_date = ?"
INSERT_RULING = """
insert into ml.calendar_rulings by name
select
    $arepa_type as arepa_type, $as_of as as_of_date, $version as model_version, $phase as phase,
    $decides as decides, $clock as clock, $interval as interval_value,
    $stop_saving as stop_saving, $saving as saving, $machine_days as machine_days
"""
MEMORY_DAYS = 365
DELETE_TERMS = "delete from ml.calendar_terms where as_of_date between $first and $last"
# Of rulings from before savings were kept, the greater number counts. The calendar is that of the
# type with the most machine-days, of those with a model first. Of models that were judged on the
# same mornings the better one was champion after them; mornings that a later ruling judged again
# count there alone.
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
),
judged as (
    select
        arepa_type,
        phase,
        as_of_date,
        max(saving) as saving,
        lead(as_of_date) over (
            partition by arepa_type, phase order by as_of_date
        ) as next_as_of_date
    from ml.calendar_rulings
    where model_version <> '{NO_MODEL}' and saving is not null
    group by arepa_type, phase, as_of_date
),
remembered as (
    select
        rulings.arepa_type,
        rulings.phase,
        rulings.model_version,
        rulings.as_of_date,
        sum(
            judged.saving
            * least((judged.next_as_of_date - judged.as_of_date) / $holdout_days, 1)
            * (1 - (rulings.as_of_date - judged.as_of_date) / {MEMORY_DAYS})
        ) as saving
    from rulings
    inner join judged
        on
            rulings.arepa_type = judged.arepa_type
            and rulings.phase = judged.phase
            and judged.as_of_date < rulings.as_of_date
            and judged.as_of_date > rulings.as_of_date - {MEMORY_DAYS}
    group by all
),
champions as (
    select
        *,
        bool_or(model_version is not null) over (partition by machine_id, as_of_date) as has_model
    from ml.predictions
    where model_role = 'champion' and as_of_date between $first and $last
),
ruled as (
    select distinct
        champions.as_of_date, champions.phase, rulings.arepa_type, rulings.model_version,
        rulings.clock, rulings.interval_value, rulings.stop_saving, rulings.machine_days,
        coalesce(rulings.saving, case when rulings.decides then -1 else 1 end)
        + coalesce(remembered.saving, 0) as saving
    from champions
    inner join rulings
        on
            champions.arepa_type = rulings.arepa_type
            and champions.phase = rulings.phase
            and coalesce(champions.model_version, '{NO_MODEL}') = rulings.model_version
            and champions.as_of_date >= rulings.as_of_date
            and champions.as_of_date < coalesce(rulings.next_as_of_date, date '9999-12-31')
    left join remembered
        on
            rulings.arepa_type = remembered.arepa_type
            and rulings.phase = remembered.phase
            and rulings.model_version = remembered.model_version
            and rulings.as_of_date = remembered.as_of_date
),
phases as (
    select
        as_of_date,
        phase,
        sum(saving) filter (where model_version <> '{NO_MODEL}') as saving,
        arg_max(
            {{'clock': clock, 'interval_value': interval_value, 'stop_saving': stop_saving}},
            (model_version <> '{NO_MODEL}', coalesce(machine_days, 0), arepa_type)
        ) as calendar
    from ruled
    group by all
)
select
    champions.machine_id,
    champions.arepa_type,
    champions.as_of_date,
    phases.calendar.clock as clock,
    case phases.calendar.clock
        {" ".join(f"when '{clock}' then features.{clock}" for clock in CALENDAR_CLOCKS)}
    end as clock_value,
    phases.calendar.interval_value as interval_value,
    phases.calendar.stop_saving as stop_saving
from champions
inner join phases
    on champions.phase = phases.phase and champions.as_of_date = phases.as_of_date
inner join features.feat_machine_arepa_daily as features
    on
        champions.machine_id = features.machine_id
        and champions.arepa_type = features.arepa_type
        and champions.as_of_date = features.as_of_date
where
    case
        when champions.has_model then phases.saving <= 0
        else phases.calendar.clock is not null
    end
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
                {
                    "arepa_type": arepa_type,
                    "as_of": as_of,
                    "version": ruling.version or NO_MODEL,
                    "phase": ruling.phase,
                    "decides": ruling.decides,
                    "clock": calendar.clock,
                    "interval": calendar.interval if calendar.clock else None,
                    "stop_saving": calendar.stop_saving,
                    "saving": ruling.saving,
                    "machine_days": ruling.machine_days,
                },
            )


def replace_calendar_terms(
    warehouse: Warehouse, *, first: date, last: date, holdout_days: int
) -> None:
    """Write the calendars of the scored mornings anew, inside the caller's transaction.

    Args:
        warehouse: Where rulings, predictions and features are.
        first: The first of these mornings.
        last: The last of them.
        holdout_days: How many mornings a ruling judges.
    """
    days = {"first": first, "last": last}
    warehouse.execute(DELETE_TERMS, days)
    warehouse.execute(INSERT_TERMS, days | {"holdout_days": holdout_days})
