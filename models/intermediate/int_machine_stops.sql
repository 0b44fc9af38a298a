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
        kind,
        started_at,
        coalesce(max(ended_at), max(over_at)) as ended_at,
        coalesce(max(ended_at), max(over_at)) is null as is_open

    from maintenance_events

    where
        kind = 'breakdown'
        or coalesce(finding, '') not in ('postponed', 'not_inspected')

    group by machine_id, kind, started_at

)

select * from final
