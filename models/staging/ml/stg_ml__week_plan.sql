with

week_plan as (

    select * from {{ source('ml', 'week_plan') }}

),

renamed as (

    select
        machine_id,
        as_of_date,
        planned_date,
        promised_date,
        expected_cost_today,
        expected_cost_planned,
        why_then,
        running_beside_booked

    from week_plan

)

select * from renamed
