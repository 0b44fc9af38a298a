with

faulty_intervals as (

    select * from {{ ref('int_faulty_interval_registrations') }}
    where registration_status = 'kept'

),

final as (

    select
        machine_id,
        started_at,
        ended_at

    from faulty_intervals

)

select * from final
