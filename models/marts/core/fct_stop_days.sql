{# A view: a few thousand events, read by two reports. #}
{{ config(materialized='view') }}

with

{# A stop that was postponed or not inspected was none. #}
maintenance_events as (

    select * from {{ ref('fct_maintenance_events') }}
    where
        kind = 'breakdown'
        or coalesce(finding, '') not in ('postponed', 'not_inspected')

),

machines as (

    select * from {{ ref('dim_machines') }}

),

{# Answers to a day's stop may contradict each other: a fault once found was there. #}
put_together as (

    select
        machine_id,
        kind,
        cast(started_at as date) as started_date,
        min(started_at) as started_at,
        case
            when bool_or(finding = 'fault_found') then 'fault_found'
            else max(finding)
        end as finding

    from maintenance_events

    group by machine_id, kind, cast(started_at as date)

),

final as (

    select
        machines.kitchen_id,
        put_together.machine_id,
        put_together.kind,
        put_together.started_date,
        lag(put_together.started_date, 1, cast('0001-01-01' as date)) over (
            partition by put_together.machine_id, put_together.kind
            order by put_together.started_date
        ) as earlier_date,
        put_together.started_at,
        put_together.finding,
        {{
            days_between(
                'lag(put_together.started_date) over (
                    partition by machines.kitchen_id
                    order by
                        put_together.started_date,
                        put_together.machine_id,
                        put_together.kind
                )',
                'put_together.started_date'
            )
        }} as days_since_kitchen_stop

    from put_together

    left join machines
        on put_together.machine_id = machines.machine_id

)

select * from final
