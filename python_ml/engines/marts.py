"""The tables that Python reads: schema `features`, arepa types, stops, and the seeds of costs."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

import pandas as pd

from python_ml.engines.warehouse import Warehouse
from python_ml.errors import InputError, describe_unknown
from python_ml.learning.columns import KEYS, LABEL, PART_CLOCKS
from python_ml.seed_numbers import WEEKDAYS

# What stands on the list and was never cooked lacks no model.
MODELLED_TYPES = """
select arepa_type from core.dim_arepa_types where is_modelled and batch_count > 0 order by 1
"""
UNLISTED_TYPES = """
select arepa_type from core.dim_arepa_types where not is_listed and batch_count > 0 order by 1
"""
TRAINING_ROWS = """
select * from features.train_machine_arepa_daily
where list_contains(?, arepa_type) and list_contains(?, phase) and label_mature_date <= ?
order by as_of_date, machine_id, arepa_type
"""
# The same of mornings whose label a planned stop took; a machine without a log has none.
CENSORED_ROWS = """
select
    features.*,
    labels.label_mature_date,
    labels.horizon_days,
    labels.has_breakdown,
    labels.next_breakdown_at,
    labels.next_planned_stop_at
from features.feat_machine_arepa_daily as features
inner join features.label_machine_daily as labels
    on
        features.machine_id = labels.machine_id
        and features.as_of_date = labels.as_of_date
where
    labels.has_breakdown is null
    and labels.next_planned_stop_at < cast(labels.label_mature_date as timestamp)
    and labels.label_mature_date <= cast({as_of} as date)
    and features.reading_count_7d > 0
    and not features.is_down
"""
OF_TYPES = """
where list_contains(?, arepa_type) and list_contains(?, phase)
order by as_of_date, machine_id, arepa_type
"""
FEATURE_ROWS = """
select * from features.feat_machine_arepa_daily
where as_of_date between ? and ? and list_contains(?, phase) and list_contains(?, arepa_type)
order by as_of_date, machine_id, arepa_type
"""
# The subject is the kind of file, which holds no blank, then the kitchen.
HELD_KITCHENS = """
select distinct substr(subject, position(' of ' in subject) + 4) as kitchen_id
from quarantine.data_checks where check_name = 'held_kitchens'
"""
COUNT_FEATURES = "select count(*) from features.feat_machine_arepa_daily where as_of_date = ?"
# A warehouse that was first built for the morning itself has no later features, but the readings;
# those of days to come are of a wrong clock.
LATER_MORNING = """
with mornings as (
    select as_of_date from features.feat_machine_arepa_daily
    union all
    select measured_date + 1 from core.fct_cooking_metrics
    where measured_date >= $as_of and measured_date < $today
)
select min(as_of_date) from mornings
where
    as_of_date > $as_of
    and $as_of not in (select as_of_date from features.feat_machine_arepa_daily)
"""
STOPS = """
select machine_id, kind, started_at, case when ended_at < $as_of then ended_at end as ended_at
from core.fct_machine_stops
where started_at < $as_of
order by machine_id, started_at, kind
"""
SERVICED_PARTS = """
select distinct machines.phase, parts.part_number, parts.component
from intermediate.int_parts_serviced as parts
inner join core.dim_machines as machines on parts.machine_id = machines.machine_id
where parts.part_number {numbers}
order by machines.phase, parts.part_number
"""
# Those whose clocks models look at, and the others: features have a column for each clock.
PARTS = SERVICED_PARTS.format(numbers=f"<= {len(PART_CLOCKS)}")
PARTS_WITHOUT_CLOCK = SERVICED_PARTS.format(numbers=f"> {len(PART_CLOCKS)}")
MACHINES = "select distinct machine_id from core.dim_machines order by 1"
KITCHENS = "select distinct kitchen_id from core.dim_machines order by 1"
PHASES = "select distinct phase from core.dim_machines order by 1"
MACHINES_ALONE = """
select any_value(machine_id) from core.dim_machines
where list_contains(?, phase)
group by kitchen_id, phase having count(*) = 1
order by 1
"""
COSTS = "select * from seeds.maintenance_costs order by phase"
SLOTS = """
select slots.kitchen_id, coalesce(slots.technician_slots, usual.technician_slots)
from seeds.technician_slots as slots
inner join seeds.technician_slots as usual on usual.kitchen_id = 'default'
"""


def read_modelled_types(warehouse: Warehouse) -> list[str]:
    """List the arepa types that have, or should have, a model."""
    return [row[0] for row in warehouse.rows(MODELLED_TYPES)]


def read_unlisted_types(warehouse: Warehouse) -> list[str]:
    """List the arepa types that cook but stand on no list."""
    return [row[0] for row in warehouse.rows(UNLISTED_TYPES)]


def read_held_kitchens(warehouse: Warehouse) -> list[str]:
    """List the kitchens that have no plan, since of a kind of their files nothing was kept."""
    return [row[0] for row in warehouse.rows(HELD_KITCHENS)]


def count_features(warehouse: Warehouse, as_of: date) -> int:
    """Count a morning's rows of features."""
    return warehouse.value(COUNT_FEATURES, [as_of])


def read_training_rows(
    warehouse: Warehouse, arepa_types: Sequence[str], *, phases: Sequence[int], as_of: date
) -> pd.DataFrame:
    """Read the labelled rows of some types whose labels were mature on a morning.

    Grain: one row per machine_id, arepa_type, as_of_date.
    """
    rows = warehouse.frame(TRAINING_ROWS, [list(arepa_types), list(phases), as_of])
    return rows.astype({**dict.fromkeys(KEYS[:2], object), LABEL: bool})


def read_censored_rows(
    warehouse: Warehouse, arepa_types: Sequence[str], *, phases: Sequence[int], as_of: date
) -> pd.DataFrame:
    """Read the mornings whose label a planned stop took, as far as that was known on a morning.

    Grain and columns as of `read_training_rows`.
    """
    rows = warehouse.frame(
        f"from ({CENSORED_ROWS.format(as_of='?')}) {OF_TYPES}",
        [as_of, list(arepa_types), list(phases)],
    )
    return rows.astype(dict.fromkeys(KEYS[:2], object))


def find_later_morning(warehouse: Warehouse, as_of: date, *, today: date) -> date | None:
    """Find the first morning after one without features that has readings, up to today's.

    None where it has features itself, or no later one has readings.
    """
    return warehouse.value(LATER_MORNING, {"as_of": as_of, "today": today})


def read_features(
    warehouse: Warehouse,
    arepa_types: Sequence[str],
    *,
    phases: Sequence[int],
    first: date,
    last: date,
) -> pd.DataFrame:
    """Read the features of some mornings.

    Grain: one row per machine_id, arepa_type, as_of_date.
    """
    rows = warehouse.frame(FEATURE_ROWS, [first, last, list(phases), list(arepa_types)])
    return rows.astype(dict.fromkeys(KEYS[:2], object))


def read_stops(warehouse: Warehouse, *, as_of: date) -> pd.DataFrame:
    """Read the maintenance log as it was known on a morning.

    Grain: one row per machine_id, kind, started_at.
    """
    return warehouse.frame(STOPS, {"as_of": as_of}).astype({"machine_id": object, "kind": object})


def find_unknown(
    warehouse: Warehouse, *, machine: str | None = None, kitchen: str | None = None
) -> list[str]:
    """Say of a machine and a kitchen that the fleet does not have which it has; None is all."""
    arguments = (("MACHINE", machine, MACHINES), ("KITCHEN", kitchen, KITCHENS))
    told = [
        describe_unknown(
            name, asked, [row[0] for row in warehouse.rows(known)], f"such {name.lower()}"
        )
        for name, asked, known in arguments
        if asked is not None
    ]
    return [line for line in told if line is not None]


def find_machines_alone(warehouse: Warehouse, phases: Sequence[int]) -> list[str]:
    """List the machines that are the only ones of their kitchen in a phase; none before a build."""
    if not warehouse.has_table("core", "dim_machines"):
        return []
    return [row[0] for row in warehouse.rows(MACHINES_ALONE, [list(phases)])]


def tell_phases_without_machines(warehouse: Warehouse, phases: Collection[int]) -> str | None:
    """Say that the fleet has no machine of any modelled phase; None if it has, or is empty."""
    known = [row[0] for row in warehouse.rows(PHASES)]
    if not known or not set(known).isdisjoint(phases):
        return None
    return (
        f"PHASES={','.join(map(str, phases))} names none of the phases {', '.join(map(str, known))}"
        " that there are machines of, so there is nothing to predict; name them"
    )


def read_parts(warehouse: Warehouse) -> dict[int, list[str]]:
    """Read what each phase's parts are called, in the order of their numbers."""
    return list_parts(warehouse.rows(PARTS))


def tell_parts_without_clock(rows: Iterable[Sequence[Any]], phases: Collection[int]) -> list[str]:
    """Say which parts of each modelled phase no model looks at, of rows of PARTS_WITHOUT_CLOCK."""
    return [
        f"phase {phase}: models look at the clocks of the first four parts that were ever serviced,"
        f" not at that of {', '.join(parts)}"
        for phase, parts in list_parts(rows).items()
        if phase in phases
    ]


def list_parts(rows: Iterable[Sequence[Any]]) -> dict[int, list[str]]:
    """List the parts of each phase from rows of PARTS, of whichever engine."""
    return {
        phase: [component for _, _, component in of_phase]
        for phase, of_phase in groupby(rows, key=itemgetter(0))
    }


def read_costs(warehouse: Warehouse) -> pd.DataFrame:
    """Read what maintenance costs; grain: one row per phase."""
    return warehouse.frame(COSTS)


def read_slots(warehouse: Warehouse) -> dict[str, int]:
    """Read how many machines each kitchen can stop on one day; `default` for all others."""
    return {row[0]: row[1] for row in warehouse.rows(SLOTS)}


def find_weekdays(warehouse: Warehouse) -> dict[int, str]:
    """Find the seed's columns of weekdays, by number, 1 for Monday; letters may be large or small.

    Raises:
        InputError: A column is named almost as a weekday is.
    """
    columns = [row[0] for row in warehouse.rows("describe seeds.technician_slots")]
    for column in columns:
        meant = column.strip().lower().rstrip("s")
        like = [day for day in WEEKDAYS if len(meant) >= 3 and day.startswith(meant)]
        if like and column.lower() not in WEEKDAYS:
            raise InputError(
                f"seeds/technician_slots.csv: column {column} is no weekday; call it {like[0]}"
            )
    numbers = {day: number for number, day in enumerate(WEEKDAYS, start=1)}
    return {numbers[name.lower()]: name for name in columns if name.lower() in numbers}


def read_slots_by_weekday(warehouse: Warehouse) -> dict[str, dict[int, int]]:
    """Read the slots of each kitchen's weekdays, 1 for Monday.

    A weekday that the seed leaves empty has as many as the kitchen's usual day, and where that is
    empty as many as that weekday has for all; so say a morning's own terms.
    """
    weekdays = find_weekdays(warehouse)
    written = {}
    for row in warehouse.records("select * from seeds.technician_slots"):
        own = {number: row[name] for number, name in weekdays.items() if row[name] is not None}
        written[row["kitchen_id"]] = dict.fromkeys(range(1, 8), row["technician_slots"]) | own
    of_all = written["default"]
    return {
        kitchen_id: {
            number: int(of_all[number] if count is None else count)
            for number, count in of_days.items()
        }
        for kitchen_id, of_days in written.items()
    }
