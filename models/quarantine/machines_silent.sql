with

mornings as (

    select machine_mornings.*
    from {{ ref('int_machine_mornings') }} as machine_mornings
    inner join {{ ref('stg_kitchen__run_settings') }} as run_settings
        on machine_mornings.as_of_date = run_settings.as_of_date

),

machine_days as (

    select * from {{ ref('int_machine_days') }}

),

machines_rejected as (

    select * from {{ ref('machines_rejected') }}

),

heard as (

    select
        mornings.kitchen_id,
        mornings.machine_id,
        {{ days_between('max(machine_days.measured_date)', 'mornings.as_of_date') }}
            as days_silent

    from mornings

    inner join machine_days
        on
            mornings.machine_id = machine_days.machine_id
            and mornings.as_of_date > machine_days.measured_date

    where not mornings.is_down

    group by mornings.kitchen_id, mornings.machine_id, mornings.as_of_date

),

final as (

    select
        heard.kitchen_id,
        heard.machine_id,
        machines_rejected.machine_id is not null as is_rejected

    from heard

    left join machines_rejected
        on heard.machine_id = machines_rejected.machine_id

    where heard.days_silent between 3 and 28

)

select * from final
