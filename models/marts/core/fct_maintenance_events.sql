with

maintenance_events as (

    select * from {{ ref('int_maintenance_event_registrations') }}
    where
        registration_status = 'kept'
        and not is_superseded

),

final as (

    select
        machine_id,
        started_at,
        ended_at,
        over_at,
        kind,
        finding,
        component

    from maintenance_events

)

select * from final
