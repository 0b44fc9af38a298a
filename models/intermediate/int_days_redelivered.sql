{{ config(materialized='table') }}

with

files as (

    select * from {{ ref('stg_kitchen__files') }}

),

days_delivered as (

    select * from {{ ref('int_days_delivered') }}

),

files_built as (

    select file_id

    from files

    where was_built

),

{# A file says another thing of them than its version before, or is the first. #}
days_changed as (

    select
        path_id,
        measured_date

    from days_delivered

    group by path_id, measured_date

    having
        bool_or(not was_built)
        and (count(*) = 1 or min(fingerprint) <> max(fingerprint))

),

final as (

    select distinct cooking_metrics.measured_date

    from {{ ref('stg_kitchen__cooking_metrics') }} as cooking_metrics

    semi join files_built
        on cooking_metrics.file_id = files_built.file_id

    semi join days_changed
        on cooking_metrics.measured_date = days_changed.measured_date

    where cooking_metrics.rejection_reason is null

)

select * from final
