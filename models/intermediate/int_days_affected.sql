{{ config(materialized='table') }}

with

faulty_intervals as (

    select * from {{ ref('stg_kitchen__faulty_intervals') }}

),

batches_changed as (

    select * from {{ ref('int_batches_changed') }}

),

machines_changed as (

    select * from {{ ref('int_machines_changed') }}

),

files as (

    select * from {{ ref('stg_kitchen__files') }}

),

days_delivered as (

    select * from {{ ref('int_days_delivered') }}

),

intervals_changed as (

    select
        faulty_intervals.started_at,
        faulty_intervals.ended_at

    from faulty_intervals

    inner join files
        on faulty_intervals.file_id = files.file_id

    where faulty_intervals.rejection_reason is null

    group by
        faulty_intervals.machine_id,
        faulty_intervals.started_at,
        faulty_intervals.ended_at

    having bool_or(files.was_built) <> bool_or(files.is_current)

),

days_measured as (

    select
        min(measured_date) as first_date,
        max(measured_date) as last_date

    from {{ ref('stg_kitchen__cooking_metrics') }}

    where rejection_reason is null

),

{#
    Who needs readings looks them up: what several share, DuckDB writes down first. What is of a
    file that nothing was built upon is of a day delivered.
#}
files_built as (

    select file_id from files
    where was_built

),

unioned as (

    select measured_date

    from days_delivered

    group by path_id, measured_date

    having count(*) = 1 or min(fingerprint) <> max(fingerprint)

    union all

    select cooking_metrics.measured_date

    from {{ ref('stg_kitchen__cooking_metrics') }} as cooking_metrics

    semi join files_built
        on cooking_metrics.file_id = files_built.file_id

    semi join batches_changed
        on cooking_metrics.batch_id = batches_changed.batch_id

    where cooking_metrics.rejection_reason is null

    union all

    select cooking_metrics.measured_date

    from {{ ref('stg_kitchen__cooking_metrics') }} as cooking_metrics

    semi join files_built
        on cooking_metrics.file_id = files_built.file_id

    semi join machines_changed
        on cooking_metrics.machine_id = machines_changed.machine_id

    where cooking_metrics.rejection_reason is null

    union all

    select
        {{ each_day(
            'greatest(cast(intervals_changed.started_at as date), days_measured.first_date)',
            'least(cast(intervals_changed.ended_at as date), days_measured.last_date)'
        ) }} as measured_date

    from intervals_changed

    cross join days_measured

),

final as (

    select distinct measured_date

    from unioned

)

select * from final
