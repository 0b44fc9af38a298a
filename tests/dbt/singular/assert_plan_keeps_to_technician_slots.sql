with

plan as (

    select * from {{ ref('rpt_maintenance_plan_daily') }}
    where decision = 'stop'

),

technician_slots as (

    select * from {{ ref('technician_slots') }}

),

stopped as (

    select
        kitchen_id,
        as_of_date,
        count(*) as stopped_machine_count

    from plan

    group by all

),

final as (

    select
        stopped.kitchen_id,
        stopped.as_of_date,
        stopped.stopped_machine_count,
        coalesce(own_slots.technician_slots, default_slots.technician_slots) as slots

    from stopped

    left join technician_slots as own_slots
        on stopped.kitchen_id = own_slots.kitchen_id

    left join technician_slots as default_slots
        on default_slots.kitchen_id = 'default'

)

select * from final
where stopped_machine_count > coalesce(slots, 0)
