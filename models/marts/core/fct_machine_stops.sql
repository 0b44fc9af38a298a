with

machine_stops as (

    select * from {{ ref('int_machine_stops') }}

),

final as (

    select
        machine_id,
        kind,
        started_at,
        ended_at,
        is_open

    from machine_stops

)

select * from final
