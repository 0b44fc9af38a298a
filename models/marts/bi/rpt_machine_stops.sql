with

maintenance_events as (

    select * from {{ ref('fct_maintenance_events') }}

),

machines as (

    select * from {{ ref('dim_machines') }}

),

final as (

    select
        machines.kitchen_id,
        maintenance_events.machine_id,
        maintenance_events.kind,
        maintenance_events.started_at,
        coalesce(
            max(maintenance_events.ended_at), max(maintenance_events.over_at)
        ) as ended_at,
        coalesce(
            max(maintenance_events.ended_at), max(maintenance_events.over_at)
        ) is null as is_open,
        case
            when bool_or(maintenance_events.finding = 'fault_found') then 'fault_found'
            else max(maintenance_events.finding)
        end as finding,
        {{ join_texts(
            'maintenance_events.component',
            ['maintenance_events.component'],
            is_distinct=true
        ) }} as components

    from maintenance_events

    left join machines
        on maintenance_events.machine_id = machines.machine_id

    group by
        machines.kitchen_id,
        maintenance_events.machine_id,
        maintenance_events.kind,
        maintenance_events.started_at

)

select * from final
