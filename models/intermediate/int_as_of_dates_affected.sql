{#
    A reading of day X counts in the features of X+1 … X+7 and keeps its machine on the list up to
    X+28; a maintenance event counts from its start on, and from that of one which it closes, up to
    a day before. A machine that is put elsewhere takes its events along, and parts are numbered
    phase by phase.
#}
{{ config(materialized='table') }}

with

days_affected as (

    select * from {{ ref('int_days_affected') }}

),

maintenance_events as (

    select * from {{ ref('stg_kitchen__maintenance_events') }}

),

cooking_metrics as (

    select * from {{ ref('stg_kitchen__cooking_metrics') }}

),

files as (

    select * from {{ ref('stg_kitchen__files') }}

),

machines_changed as (

    select * from {{ ref('int_machines_changed') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

events_changed as (

    select cast(maintenance_events.started_at as date) as started_date

    from maintenance_events

    inner join files
        on maintenance_events.file_id = files.file_id

    where maintenance_events.rejection_reason is null

    group by
        maintenance_events.machine_id,
        maintenance_events.started_at,
        maintenance_events.ended_at,
        maintenance_events.kind,
        maintenance_events.finding,
        maintenance_events.component

    having bool_or(files.was_built) <> bool_or(files.is_current)

),

spans as (

    select
        measured_date + 1 as first_date,
        measured_date + 28 as last_date

    from days_affected

    union all

    select
        min(started_date) - 1 as first_date,
        cast('9999-12-31' as date) as last_date

    from events_changed

    union all

    select
        cast(min(maintenance_events.started_at) as date) as first_date,
        cast('9999-12-31' as date) as last_date

    from maintenance_events

    inner join machines_changed
        on maintenance_events.machine_id = machines_changed.machine_id

    where maintenance_events.rejection_reason is null

    union all

    select
        greatest(run_settings.built_as_of_date, min(cooking_metrics.measured_date)) + 1
            as first_date,
        cast('9999-12-31' as date) as last_date

    from cooking_metrics

    cross join run_settings

    where cooking_metrics.rejection_reason is null

    group by run_settings.built_as_of_date

),

final as (

    select distinct
        {{ each_day(
            'spans.first_date',
            'least(spans.last_date, run_settings.latest_as_of_date)'
        ) }} as as_of_date

    from spans

    cross join run_settings

)

select * from final
