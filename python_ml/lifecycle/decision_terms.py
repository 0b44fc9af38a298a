"""`ml.decision_terms`: the costs, technicians and running machines that a morning's plan goes by.

Written when a day is scored, so that what was decided on a past morning does not change with
today's seeds or with data that came later; scoring the day again replaces them.
`ml.training_costs`: the costs that a training learnt by.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from python_ml.decisions.cost_replay import COST_COLUMNS
from python_ml.engines.marts import find_weekdays
from python_ml.engines.warehouse import Warehouse

# Days that were scored before there were terms get those of now: the best that is known.
REPLACE_TERMS = """
create or replace temporary table days_of_terms as
select distinct as_of_date from ml.predictions
where as_of_date between $first and $last
    or as_of_date not in (select as_of_date from ml.decision_terms);
delete from ml.decision_terms where as_of_date in (select as_of_date from days_of_terms);
insert into ml.decision_terms by name
select
    features.kitchen_id,
    features.phase,
    features.as_of_date,
    count(distinct features.machine_id) filter (
        where not features.is_down and features.faulty_reading_ratio_7d is not null
    ) as running_machine_count,
    any_value(coalesce({own_slots}, {default_slots})) as technician_slots,
    any_value(costs.breakdown_cost) as breakdown_cost,
    any_value(costs.planned_stop_cost) as planned_stop_cost,
    any_value(costs.false_stop_cost) as false_stop_cost
from features.feat_machine_arepa_daily as features
inner join days_of_terms on features.as_of_date = days_of_terms.as_of_date
inner join seeds.maintenance_costs as costs on features.phase = costs.phase
inner join seeds.technician_slots as default_slots on default_slots.kitchen_id = 'default'
left join seeds.technician_slots as own_slots on features.kitchen_id = own_slots.kitchen_id
group by features.kitchen_id, features.phase, features.as_of_date
"""
# Thresholds and calendars go by how dear stops are beside breakdowns, not by the currency. Of a
# training before costs were kept with it, the first morning after it says what they were.
COSTS = """
with told as (
    select phase, as_of_date, breakdown_cost, planned_stop_cost, false_stop_cost
    from ml.decision_terms
    where
        as_of_date <= $as_of
        and as_of_date > (select max(trained_as_of_date) from ml.model_versions)
    {trained}
),
terms as (
    select distinct
        *,
        (
            round(planned_stop_cost / breakdown_cost, 6),
            round(false_stop_cost / breakdown_cost, 6)
        ) as shares
    from told
    where phase in (select phase from ml.predictions)
)
select
    phase,
    arg_min((breakdown_cost, planned_stop_cost, false_stop_cost), as_of_date),
    arg_max((breakdown_cost, planned_stop_cost, false_stop_cost), as_of_date)
from terms group by phase
having arg_min(shares, as_of_date) <> arg_max(shares, as_of_date) order by phase
"""
TRAINED_COSTS = """
union all
select phase, trained_as_of_date, breakdown_cost, planned_stop_cost, false_stop_cost
from ml.training_costs
where trained_as_of_date = (select max(trained_as_of_date) from ml.model_versions)
"""
DELETE_TRAINED_COSTS = "delete from ml.training_costs where trained_as_of_date = ?"


def _slots_of_day(table: str, weekdays: Mapping[int, str]) -> str:
    """The expression of a row's slots on its day: its weekday's own where the seed has them."""
    own = " ".join(f"when {number} then {table}.{name}" for number, name in weekdays.items())
    usual = f"{table}.technician_slots"
    return f"coalesce(case isodow(features.as_of_date) {own} end, {usual})" if own else usual


def replace_terms(warehouse: Warehouse, *, first: date, last: date) -> None:
    """Write the terms of the scored mornings anew, inside the caller's transaction.

    Raises:
        InputError: The seed's columns of weekdays are none.
    """
    weekdays = find_weekdays(warehouse)
    slots = {name: _slots_of_day(name, weekdays) for name in ("own_slots", "default_slots")}
    for statement in REPLACE_TERMS.format(**slots).split(";"):
        used = {
            name: day for name, day in (("first", first), ("last", last)) if f"${name}" in statement
        }
        warehouse.execute(statement, used)


def write_trained_costs(warehouse: Warehouse, costs: pd.DataFrame, *, as_of: date) -> None:
    """Write down by which costs a morning's training learnt its thresholds, in place of others.

    Args:
        warehouse: Where to.
        costs: The seed maintenance_costs; one row per phase.
        as_of: The morning of the training.
    """
    trained = costs[["phase", *COST_COLUMNS]].assign(trained_as_of_date=as_of)
    with warehouse.transaction():
        warehouse.execute(DELETE_TRAINED_COSTS, [as_of])
        warehouse.append("ml.training_costs", trained)


def find_changed_costs(warehouse: Warehouse, *, as_of: date) -> list[str]:
    """Say of which phases costs are others now than at the last training.

    From which probability on a stop pays was learnt by the costs of then, and so was who decides.
    """
    is_kept = warehouse.has_table("ml", "training_costs")
    query = COSTS.format(trained=TRAINED_COSTS if is_kept else "")
    return [
        f"costs of phase {phase} were {_tell_costs(then)} when models were trained,"
        f" and are {_tell_costs(now)}"
        for phase, then, now in warehouse.rows(query, {"as_of": as_of})
    ]


def _tell_costs(costs: Sequence[float]) -> str:
    return ", ".join(f"{cost:g}" for cost in costs)
