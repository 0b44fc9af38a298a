"""`ml.late_facts`: what came after a training or a prediction had used its machine and time.

Found with each build, before it counts as complete: then the versions of the files that it replaces
are still there to compare with.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from python_ml.engines.ml_tables import create_ml_tables
from python_ml.engines.warehouse import Warehouse
from python_ml.settings import Settings

HAS_CHANGES = "select bool_or(was_built <> is_current) from staging.stg_kitchen__files"
# Each with the mornings whose features, and those whose labels, it touches. Of readings and
# batches, which are many, only those of days that the last build used.
FIND_FACTS = """
create or replace temporary table found_facts as
with
files as (select * from staging.stg_kitchen__files),
builds as (
    select built_as_of_date, horizon_days from raw.run_settings
),
intervals as (
    select
        intervals.machine_id,
        intervals.started_at,
        intervals.ended_at,
        max(files.source_file) as source_file,
        bool_or(files.was_built) as was_known
    from staging.stg_kitchen__faulty_intervals as intervals
    inner join files on intervals.file_id = files.file_id
    where intervals.rejection_reason is null
    group by intervals.machine_id, intervals.started_at, intervals.ended_at
    having bool_or(files.was_built) <> bool_or(files.is_current)
),
-- An event that is delivered again has ended or was answered; it is the same one.
events as (
    select
        events.machine_id,
        events.kind,
        events.started_at,
        max(files.source_file) as source_file,
        coalesce(bool_or(files.was_built), false) as was_known,
        bool_or(files.is_current) as is_known,
        max(events.ended_at) filter (where files.was_built) as built_ended_at,
        max(events.ended_at) filter (where files.is_current) as ended_at
    from staging.stg_kitchen__maintenance_events as events
    inner join files on events.file_id = files.file_id
    where events.rejection_reason is null
    group by events.machine_id, events.kind, events.started_at
    having
        bool_or(files.was_built) <> bool_or(files.is_current)
        or max(events.ended_at) filter (where files.was_built)
        is distinct from max(events.ended_at) filter (where files.is_current)
),
followed as (
    select events.*, min(stops.started_at) as next_started_at
    from events
    left join core.fct_machine_stops as stops
        on events.machine_id = stops.machine_id and stops.started_at > events.started_at
    group by all
),
-- A file that nobody touched is read anew where METRICS changed: nothing came.
paths_reread as (
    select files.path_id
    from files
    inner join raw.files as versions on files.file_id = versions.file_id
    where files.was_built <> files.is_current
    group by files.path_id
    having
        count(*) = 2
        and count(
            distinct (versions.size_bytes, versions.modified_ns, versions.changed_ns)
        ) = 1
),
days_changed as (
    select path_id, measured_date
    from intermediate.int_days_delivered
    where
        measured_date < (select built_as_of_date from builds)
        and path_id not in (select path_id from paths_reread)
    group by path_id, measured_date
    having count(*) = 1 or min(fingerprint) <> max(fingerprint)
),
-- All that is known of such a day, since another file may say the same.
readings as (
    select
        readings.machine_id,
        readings.measured_date,
        max(files.source_file) filter (where files.was_built <> files.is_current) as source_file,
        count(*) filter (where files.was_built) as built_count,
        count(*) filter (where files.is_current) as current_count
    from (
        select machine_id, measured_date, file_id, cast(hash({columns}) as hugeint) as row_hash
        from staging.stg_kitchen__cooking_metrics
        where
            rejection_reason is null
            and measured_date in (select measured_date from days_changed)
    ) as readings
    inner join files on readings.file_id = files.file_id
    group by readings.machine_id, readings.measured_date
    having
        sum(distinct readings.row_hash) filter (where files.was_built)
        is distinct from sum(distinct readings.row_hash) filter (where files.is_current)
),
batches as (
    select
        readings.machine_id,
        readings.batch_id,
        min(readings.measured_at) as started_at,
        max(readings.measured_at) as ended_at
    from staging.stg_kitchen__cooking_metrics as readings
    inner join files on readings.file_id = files.file_id
    where
        readings.batch_id in (select batch_id from intermediate.int_batches_changed)
        and readings.measured_date < (select built_as_of_date from builds)
        and readings.rejection_reason is null
    group by readings.machine_id, readings.batch_id
    having bool_or(files.was_built) and bool_or(files.is_current)
),
registered as (
    select
        batches.*,
        max(files.source_file) as source_file,
        max_by(lines.arepa_type, files.source_file) filter (where files.is_current) as arepa_type,
        coalesce(bool_or(files.was_built), false) as was_known,
        bool_or(files.is_current) as is_known
    from batches
    left join staging.stg_kitchen__batches as lines
        on batches.batch_id = lines.batch_id and lines.rejection_reason is null
    left join files on lines.file_id = files.file_id
    group by all
    -- Of one type before and after: told by a file elsewhere, nothing was corrected.
    having
        min(lines.arepa_type) filter (where files.was_built)
        is distinct from max(lines.arepa_type) filter (where files.is_current)
        or max(lines.arepa_type) filter (where files.was_built)
        is distinct from min(lines.arepa_type) filter (where files.is_current)
),
facts as (
    select
        'faulty_intervals' as source_table,
        source_file,
        machine_id,
        if(was_known, 'taken_back', 'added') as change,
        null as detail,
        started_at,
        ended_at,
        cast(started_at as date) + 1 as first_date,
        cast(ended_at as date) + 7 as last_date,
        null as first_label_date,
        null as last_label_date
    from intervals
    union all
    -- Another end changes only since when the machine is back.
    select
        'maintenance_events',
        source_file,
        machine_id,
        case
            when not is_known then 'taken_back' when was_known then 'corrected' else 'added'
        end,
        kind,
        started_at,
        ended_at,
        if(
            was_known and is_known,
            cast(least(built_ended_at, ended_at) as date),
            cast(started_at as date)
        ) + 1,
        coalesce(cast(next_started_at as date), date '9999-12-31'),
        if(was_known and is_known, null, cast(started_at as date) + 1 - builds.horizon_days),
        if(was_known and is_known, null, cast(started_at as date))
    from followed cross join builds
    union all
    select
        'cooking_metrics',
        source_file,
        machine_id,
        case
            when built_count = 0 then 'added' when current_count = 0 then 'taken_back'
            else 'corrected'
        end,
        null,
        measured_date,
        measured_date + interval 1 day - interval 1 second,
        measured_date + 1,
        measured_date + 7,
        null,
        null
    from readings
    union all
    select
        'batch_registry',
        source_file,
        machine_id,
        case
            when not is_known then 'taken_back' when was_known then 'corrected' else 'added'
        end,
        concat_ws(' ', batch_id, arepa_type),
        started_at,
        ended_at,
        cast(started_at as date) + 1,
        cast(ended_at as date) + 7,
        null,
        null
    from registered
)
select
    md5(concat_ws(
        '|', $noted_at, source_table, machine_id, change, detail, started_at, ended_at
    )) as fact_id,
    facts.*
from facts
"""
# The mornings that each fact touches, and the versions that were fitted before it came: all there
# are for a new one, those noted with it for an earlier one.
FIND_MORNINGS = """
create or replace temporary table fact_mornings as
with
all_facts as (
    select found_facts.*, true as is_new from found_facts
    union all by name
    select late_facts.* exclude (
        built_load_id, noted_at, noted_as_of_date, training_row_count, prediction_count,
        model_versions, changed_row_share, share_to_retrain
    ), false as is_new
    from ml.late_facts as late_facts
)
select
    fact_id,
    machine_id,
    is_new,
    false as is_of_label,
    cast(unnest(generate_series(
        first_date,
        least(last_date, (select latest_as_of_date from raw.run_settings)),
        interval 1 day
    )) as date) as as_of_date
from all_facts
union all
select
    fact_id,
    machine_id,
    is_new,
    true as is_of_label,
    cast(unnest(generate_series(first_label_date, last_label_date, interval 1 day)) as date)
from all_facts
where first_label_date is not null
"""
# A model reads its machine as a whole, so a fact touches all types of its machine. A stop that
# came or went may just have made, or ended, what hides a label.
FIND_ROWS = """
create or replace temporary table touched_rows as
select distinct
    mornings.fact_id,
    mornings.is_new,
    versions.arepa_type,
    versions.model_version,
    mornings.machine_id,
    mornings.as_of_date
from fact_mornings as mornings
inner join features.feat_machine_arepa_daily as features
    on
        mornings.machine_id = features.machine_id
        and mornings.as_of_date = features.as_of_date
inner join features.label_machine_daily as labels
    on
        mornings.machine_id = labels.machine_id
        and mornings.as_of_date = labels.as_of_date
inner join ml.model_versions as versions
    on
        features.arepa_type = versions.arepa_type
        and labels.label_mature_date <= versions.trained_as_of_date
        and mornings.as_of_date between versions.fitted_from_date and versions.fitted_to_date
where
    features.reading_count_7d > 0
    and list_contains($phases, features.phase)
    and (labels.has_breakdown is not null or mornings.is_of_label)
    and (
        mornings.is_new
        or (mornings.fact_id, versions.arepa_type, versions.model_version) in (
            select (fact_id, arepa_type, model_version) from ml.late_fact_versions
        )
    )
"""
NOTE_VERSIONS = """
insert into ml.late_fact_versions by name
with
changed as (
    select arepa_type, model_version, count(distinct (machine_id, as_of_date)) as changed_row_count
    from touched_rows
    group by all
    having bool_or(is_new)
),
fitted as (
    select changed.arepa_type, changed.model_version, count(*) as fitted_row_count
    from changed
    inner join ml.model_versions as versions
        on
            changed.arepa_type = versions.arepa_type
            and changed.model_version = versions.model_version
    inner join features.train_machine_arepa_daily as rows
        on
            changed.arepa_type = rows.arepa_type
            and rows.as_of_date between versions.fitted_from_date and versions.fitted_to_date
            and rows.label_mature_date <= versions.trained_as_of_date
    where list_contains($phases, rows.phase)
    group by all
)
select
    touched.fact_id,
    touched.arepa_type,
    touched.model_version,
    count(*) as training_row_count,
    least(any_value(changed.changed_row_count) / any_value(fitted.fitted_row_count), 1)
        as changed_row_share
from touched_rows as touched
inner join changed
    on touched.arepa_type = changed.arepa_type and touched.model_version = changed.model_version
inner join fitted
    on touched.arepa_type = fitted.arepa_type and touched.model_version = fitted.model_version
where touched.is_new
group by touched.fact_id, touched.arepa_type, touched.model_version
"""
NOTE_FACTS = """
insert into ml.late_facts by name
with
rows_by_fact as (
    select fact_id, count(distinct (arepa_type, as_of_date)) as training_row_count
    from touched_rows where is_new group by fact_id
),
predictions_by_fact as (
    select mornings.fact_id, count(*) as prediction_count
    from fact_mornings as mornings
    inner join ml.predictions as predictions
        on
            mornings.machine_id = predictions.machine_id
            and mornings.as_of_date = predictions.as_of_date
    where mornings.is_new and not mornings.is_of_label
    group by mornings.fact_id
),
champions as (
    select arepa_type, arg_max(to_version, (as_of_date, decided_at)) as model_version
    from ml.promotion_history where verdict in ('promote', 'rollback') group by arepa_type
),
versions_by_fact as (
    select
        versions.fact_id,
        string_agg(
            versions.arepa_type || ' ' || versions.model_version, ', '
            order by versions.arepa_type, try_cast(versions.model_version as bigint)
        ) as model_versions,
        max(versions.changed_row_share) filter (where champions.arepa_type is not null)
            as changed_row_share
    from ml.late_fact_versions as versions
    left join champions
        on
            versions.arepa_type = champions.arepa_type
            and versions.model_version = champions.model_version
    group by versions.fact_id
)
select
    facts.*,
    $noted_at as noted_at,
    $as_of as noted_as_of_date,
    $built_load_id as built_load_id,
    $share_to_retrain as share_to_retrain,
    coalesce(rows_by_fact.training_row_count, 0) as training_row_count,
    coalesce(predictions_by_fact.prediction_count, 0) as prediction_count,
    versions_by_fact.model_versions,
    versions_by_fact.changed_row_share
from found_facts as facts
left join rows_by_fact on facts.fact_id = rows_by_fact.fact_id
left join predictions_by_fact on facts.fact_id = predictions_by_fact.fact_id
left join versions_by_fact on facts.fact_id = versions_by_fact.fact_id
where rows_by_fact.fact_id is not null or predictions_by_fact.fact_id is not null
"""
FORGET_UNFINISHED = (
    "delete from ml.late_fact_versions where fact_id in"
    " (select fact_id from ml.late_facts where built_load_id = ?)",
    "delete from ml.late_facts where built_load_id = ?",
)


def note_late_truth(warehouse: Warehouse, settings: Settings, *, as_of: date) -> int:
    """Write down the facts of a build that some training or prediction would have needed.

    A build that is repeated, having been killed, replaces what it noted.

    Returns:
        The number of facts; 0 also where no file is new, and where there was no build before: after
        a restore from RAW_DATA_DIR nobody knows what the lost one had read.
    """
    # The build before: the present one is not yet complete.
    built_load_id = warehouse.value("select max(load_id) from raw.builds")
    is_used = built_load_id is not None and warehouse.has_table("ml", "predictions")
    if not is_used or not warehouse.value(HAS_CHANGES):
        return 0
    create_ml_tables(warehouse)
    noted_at = datetime.now(UTC).replace(tzinfo=None)
    phases = {"phases": list(settings.phases)}
    with warehouse.transaction():
        for statement in FORGET_UNFINISHED:
            warehouse.execute(statement, [built_load_id])
        find_facts = FIND_FACTS.format(columns=_columns_of_a_reading(settings.metrics))
        warehouse.execute(find_facts, {"noted_at": noted_at})
        warehouse.execute(FIND_MORNINGS)
        warehouse.execute(FIND_ROWS, phases)
        warehouse.execute(NOTE_VERSIONS, phases)
        warehouse.execute(
            NOTE_FACTS,
            {
                "noted_at": noted_at,
                "as_of": as_of,
                "built_load_id": built_load_id,
                "share_to_retrain": settings.monitoring.late_truth_share,
            },
        )
        return warehouse.value(
            "select count(*) from ml.late_facts where built_load_id = ?", [built_load_id]
        )


def _columns_of_a_reading(metrics: Sequence[str]) -> str:
    return ", ".join(["measured_at", "batch_id", *(f'"{metric}"' for metric in metrics)])
