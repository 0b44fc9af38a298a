with

week_plan as (

    select * from {{ ref('stg_ml__week_plan') }}

),

maintenance_plan as (

    select * from {{ ref('rpt_maintenance_plan_daily') }}

),

final as (

    select
        maintenance_plan.kitchen_id,
        week_plan.machine_id,
        maintenance_plan.zone,
        week_plan.as_of_date,
        week_plan.planned_date,
        week_plan.promised_date,
        week_plan.why_then,
        maintenance_plan.phase,
        maintenance_plan.failure_probability as failure_probability_today,
        week_plan.expected_cost_today,
        week_plan.expected_cost_planned

    from week_plan

    inner join maintenance_plan
        on
            week_plan.machine_id = maintenance_plan.machine_id
            and week_plan.as_of_date = maintenance_plan.as_of_date

)

select * from final
