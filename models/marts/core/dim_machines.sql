with

machines as (

    select * from {{ ref('int_machines') }}

),

machines_unlogged as (

    select * from {{ ref('int_machines_unlogged') }}

),

final as (

    select
        machines.machine_id,
        machines.kitchen_id,
        machines.zone,
        machines.installed_date,
        machines_unlogged.machine_id is not null as is_unlogged,
        machines.phase

    from machines

    left join machines_unlogged
        on machines.machine_id = machines_unlogged.machine_id

)

select * from final
