with

maintenance_events as (

    select * from {{ ref('int_maintenance_event_registrations') }}
    where
        registration_status = 'kept'
        and component is not null
        and ended_at is not null
        and (
            kind = 'breakdown'
            or coalesce(finding, '') not in ('postponed', 'not_inspected')
        )

),

machines as (

    select * from {{ ref('int_machines') }}

),

dated as (

    select distinct
        maintenance_events.machine_id,
        machines.phase,
        maintenance_events.component,
        maintenance_events.ended_at,
        cast(maintenance_events.ended_at + interval '86399.999999 seconds' as date)
            as first_date,
        min(maintenance_events.ended_at) over (
            partition by machines.phase, maintenance_events.component
        ) as first_ended_at

    from maintenance_events

    inner join machines
        on maintenance_events.machine_id = machines.machine_id

),

{#
    Parts are numbered as the phase first had them serviced, so that what comes later renumbers
    nothing; a service is a part's latest from the first morning after it to that of the next one.
#}
final as (

    select
        machine_id,
        component,
        ended_at,
        first_date,
        lead(first_date, 1, cast('9999-12-31' as date)) over (
            partition by machine_id, component
            order by ended_at
        ) as next_first_date,
        cast(
            dense_rank() over (
                partition by phase
                order by first_ended_at, component
            ) as integer
        ) as part_number

    from dated

)

select * from final
