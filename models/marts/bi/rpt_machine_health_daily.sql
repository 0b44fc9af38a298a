with

machine_risks as (

    select * from {{ ref('rpt_machine_risks_daily') }}

),

final as (

    select
        kitchen_id,
        machine_id,
        as_of_date,
        phase,
        health_index,
        health_lower,
        health_upper

    from machine_risks

    where health_index is not null

)

select * from final
