{{ config(materialized='table') }}

{%- set reading_key = ['measured_at', 'machine_id', 'batch_id'] %}

with

days_delivered as (

    select * from {{ ref('int_days_delivered') }}

),

days_redelivered as (

    select * from {{ ref('int_days_redelivered') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

files_built as (

    select file_id from {{ ref('stg_kitchen__files') }}
    where was_built

),

files_come as (

    select file_id from {{ ref('stg_kitchen__files') }}
    where is_current and not was_built

),

{# What a file says of a day more than its version before: lines. #}
counted as (

    select
        measured_date,
        greatest(
            sum(case when was_built then -reading_count else reading_count end), 0
        ) as new_reading_count

    from days_delivered

    group by path_id, measured_date

),

{#
    A renamed or packed file is another path and says nothing anew: on days that others told
    of, readings are looked for by what a correction leaves as it is.
#}
readings_come as (

    select
        cooking_metrics.machine_id,
        cooking_metrics.measured_date,
        {{ row_hash(reading_key) }} as reading_hash

    from {{ ref('stg_kitchen__cooking_metrics') }} as cooking_metrics

    semi join files_come
        on cooking_metrics.file_id = files_come.file_id

    semi join days_redelivered
        on cooking_metrics.measured_date = days_redelivered.measured_date

    where cooking_metrics.rejection_reason is null

),

machines_heard as (

    select distinct machine_id

    from readings_come

),

readings_built as (

    select
        cooking_metrics.measured_date,
        {{ row_hash(reading_key) }} as reading_hash

    from {{ ref('stg_kitchen__cooking_metrics') }} as cooking_metrics

    semi join files_built
        on cooking_metrics.file_id = files_built.file_id

    semi join days_redelivered
        on cooking_metrics.measured_date = days_redelivered.measured_date

    semi join machines_heard
        on cooking_metrics.machine_id = machines_heard.machine_id

    where cooking_metrics.rejection_reason is null

),

compared as (

    select
        readings_come.measured_date,
        count(distinct readings_come.reading_hash) as new_reading_count

    from readings_come

    anti join readings_built
        on
            readings_come.measured_date = readings_built.measured_date
            and readings_come.reading_hash = readings_built.reading_hash

    group by readings_come.measured_date

),

unioned as (

    select
        measured_date,
        new_reading_count

    from compared

    union all

    select
        counted.measured_date,
        counted.new_reading_count

    from counted

    anti join days_redelivered
        on counted.measured_date = days_redelivered.measured_date

),

final as (

    select
        run_settings.run_id,
        cast(coalesce(sum(unioned.new_reading_count), 0) as bigint)
            as new_reading_count,
        cast(
            coalesce(
                sum(unioned.new_reading_count) filter (
                    where unioned.measured_date < run_settings.as_of_date - 1
                ),
                0
            ) as bigint
        ) as late_reading_count

    from run_settings

    left join unioned on true

    group by run_settings.run_id

)

select * from final
