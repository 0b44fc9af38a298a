with

machines as (

    select * from {{ ref('int_machines') }}

),

final as (

    select
        machine_id,
        kitchen_id,
        zone,
        installed_date,
        phase

    from machines

)

select * from final
