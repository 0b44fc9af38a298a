"""`ml.prediction_inputs`: what each prediction was made from, to compare with what is there later.

The features themselves are kept, with what the numbers of parts meant, and fingerprints of the
readings of the seven days, of the faulty intervals over them, and of the maintenance log of before
the morning. The fingerprints are sums over rows, so that no order of delivery matters, and of MD5,
so that they stay the same with another version of the database.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from python_ml.engines.marts import PARTS
from python_ml.engines.warehouse import Warehouse

FIND_INPUTS = f"""
create or replace temporary table found_inputs as
with
wanted as (
    select distinct machine_id, arepa_type, as_of_date
    from ml.predictions
    where as_of_date between ? and ?
),
mornings as (select distinct machine_id, as_of_date from wanted),
fingerprinted_readings as (
    select
        machine_id,
        measured_date,
        is_faulty,
        cast(md5_number_lower(concat_ws(
            ' ', measured_at, batch_id, arepa_type, *columns(lambda name: name not in (
                'kitchen_id', 'machine_id', 'phase', 'arepa_type', 'batch_id', 'measured_date',
                'measured_at', 'is_faulty'
            ))
        )) as hugeint) as reading_hash
    from core.fct_cooking_metrics
    where
        measured_date >= (select min(as_of_date) - 7 from mornings)
        and measured_date < (select max(as_of_date) from mornings)
),
part_names as (
    select phase, list(component order by part_number) as names
    from ({PARTS})
    group by phase
),
readings_by_morning as (
    select
        mornings.machine_id,
        mornings.as_of_date,
        count(*) as reading_count,
        count(*) filter (where readings.is_faulty) as faulty_reading_count,
        sum(readings.reading_hash) as readings_hash
    from mornings
    inner join fingerprinted_readings as readings
        on
            mornings.machine_id = readings.machine_id
            and readings.measured_date >= mornings.as_of_date - 7
            and readings.measured_date < mornings.as_of_date
    group by all
),
faults_by_morning as (
    select
        mornings.machine_id,
        mornings.as_of_date,
        sum(cast(md5_number_lower(
            concat_ws(' ', intervals.started_at, intervals.ended_at)
        ) as hugeint)) as faults_hash
    from mornings
    inner join core.fct_faulty_intervals as intervals
        on
            mornings.machine_id = intervals.machine_id
            and intervals.started_at < mornings.as_of_date
            and intervals.ended_at >= mornings.as_of_date - 7
    group by all
),
stops_by_morning as (
    select
        mornings.machine_id,
        mornings.as_of_date,
        sum(cast(md5_number_lower(concat_ws(
            ' ',
            stops.kind,
            stops.started_at,
            case when stops.ended_at <= mornings.as_of_date then stops.ended_at end
        )) as hugeint)) as maintenance_hash
    from mornings
    inner join core.fct_machine_stops as stops
        on
            mornings.machine_id = stops.machine_id
            and stops.started_at < mornings.as_of_date
    group by all
)
select
    wanted.machine_id,
    wanted.arepa_type,
    wanted.as_of_date,
    cast(json_merge_patch(to_json(features), json_object('parts', parts.names)) as varchar)
        as features,
    coalesce(readings.reading_count, 0) as reading_count,
    coalesce(readings.faulty_reading_count, 0) as faulty_reading_count,
    cast(coalesce(readings.readings_hash, 0) as varchar) as readings_hash,
    cast(coalesce(faults.faults_hash, 0) as varchar) as faults_hash,
    cast(coalesce(stops.maintenance_hash, 0) as varchar) as maintenance_hash
from wanted
inner join features.feat_machine_arepa_daily as features
    on
        wanted.machine_id = features.machine_id
        and wanted.arepa_type = features.arepa_type
        and wanted.as_of_date = features.as_of_date
left join part_names as parts on features.phase = parts.phase
left join readings_by_morning as readings
    on wanted.machine_id = readings.machine_id and wanted.as_of_date = readings.as_of_date
left join faults_by_morning as faults
    on wanted.machine_id = faults.machine_id and wanted.as_of_date = faults.as_of_date
left join stops_by_morning as stops
    on wanted.machine_id = stops.machine_id and wanted.as_of_date = stops.as_of_date
"""  # noqa: S608  (a query of ours)
DELETE_DAYS = "delete from ml.prediction_inputs where as_of_date between ? and ?"
INSERT_INPUTS = "insert into ml.prediction_inputs by name select * from found_inputs"
READ_INPUTS = """
select
    arepa_type, features, reading_count, faulty_reading_count, readings_hash, faults_hash,
    maintenance_hash
from {table}
where machine_id = ? and as_of_date = ?
order by arepa_type
"""


@dataclass(frozen=True)
class Inputs:
    """What one prediction was, or would now be, made from."""

    features: str
    reading_count: int
    faulty_reading_count: int
    readings_hash: str
    faults_hash: str
    maintenance_hash: str


def replace_inputs(warehouse: Warehouse, *, first: date, last: date) -> None:
    """Write down what the predictions of some mornings were made from."""
    warehouse.execute(FIND_INPUTS, [first, last])
    warehouse.execute(DELETE_DAYS, [first, last])
    warehouse.execute(INSERT_INPUTS)


def read_inputs(warehouse: Warehouse, machine_id: str, as_of: date) -> dict[str, Inputs]:
    """Read what a machine's predictions of a morning were made from, by arepa type."""
    return _read(warehouse, "ml.prediction_inputs", [machine_id, as_of])


def find_inputs(warehouse: Warehouse, machine_id: str, as_of: date) -> dict[str, Inputs]:
    """Find what the same predictions would be made from now, by arepa type."""
    warehouse.execute(FIND_INPUTS, [as_of, as_of])
    return _read(warehouse, "found_inputs", [machine_id, as_of])


def _read(warehouse: Warehouse, table: str, parameters: list[Any]) -> dict[str, Inputs]:
    rows = warehouse.rows(READ_INPUTS.format(table=table), parameters)
    return {row[0]: Inputs(*row[1:]) for row in rows}
