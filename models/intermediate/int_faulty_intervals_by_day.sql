{{ config(materialized='table') }}

with

current_intervals as (

    select * from {{ ref('int_faulty_interval_registrations') }}
    where registration_status = 'kept'

),

days_measured as (

    select
        min(measured_date) as first_date,
        max(measured_date) as last_date

    from {{ ref('stg_kitchen__cooking_metrics') }}

    where rejection_reason is null

),

compared_to_earlier as (

    select
        *,
        max(ended_at) over (
            partition by machine_id
            order by started_at, ended_at
            rows between unbounded preceding and 1 preceding
        ) as latest_earlier_end_at

    from current_intervals

),

numbered as (

    select
        *,
        count(*) filter (
            where latest_earlier_end_at is null or started_at > latest_earlier_end_at
        ) over (
            partition by machine_id
            order by started_at, ended_at
            rows between unbounded preceding and current row
        ) as island

    from compared_to_earlier

),

merged as (

    select
        machine_id,
        min(started_at) as started_at,
        max(ended_at) as ended_at

    from numbered

    group by machine_id, island

),

final as (

    select
        merged.machine_id,
        {{ each_day(
            'greatest(cast(merged.started_at as date), days_measured.first_date)',
            'least(cast(merged.ended_at as date), days_measured.last_date)'
        ) }} as measured_date,
        merged.started_at,
        merged.ended_at

    from merged

    cross join days_measured

)

select * from final
