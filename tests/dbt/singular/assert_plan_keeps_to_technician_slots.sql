with

plan as (

    select * from {{ ref('rpt_maintenance_plan_daily') }}
    where decision = 'stop'

),

decision_terms as (

    select * from {{ ref('stg_ml__decision_terms') }}

),

stopped as (

    select
        kitchen_id,
        as_of_date,
        count(*) as stopped_machine_count

    from plan

    group by all

),

slots as (

    select
        kitchen_id,
        as_of_date,
        min(technician_slots) as slots

    from decision_terms

    group by all

),

final as (

    select
        stopped.kitchen_id,
        stopped.as_of_date,
        stopped.stopped_machine_count,
        slots.slots

    from stopped

    left join slots
        on
            stopped.kitchen_id = slots.kitchen_id
            and stopped.as_of_date = slots.as_of_date

)

select * from final
where stopped_machine_count > coalesce(slots, 0)
