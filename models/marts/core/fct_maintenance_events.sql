with

maintenance_events as (

    select * from {{ ref('int_maintenance_event_registrations') }}
    where registration_status = 'kept'

),

final as (

    select
        machine_id,
        started_at,
        ended_at,
        kind,
        finding,
        component

    from maintenance_events

)

select * from final
