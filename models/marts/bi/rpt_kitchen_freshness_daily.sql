with

kitchen_mornings as (

    select * from {{ ref('fct_kitchen_mornings') }}

),

machines_silent as (

    select * from {{ ref('machines_silent') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

rejected_by_kitchen as (

    select
        kitchen_id,
        count(*) as machine_count

    from machines_silent

    where is_rejected

    group by kitchen_id

),

final as (

    select
        kitchen_mornings.kitchen_id,
        kitchen_mornings.as_of_date,
        kitchen_mornings.last_measured_at,
        kitchen_mornings.reading_count_1d,
        kitchen_mornings.reading_count_7d,
        kitchen_mornings.machine_count,
        kitchen_mornings.silent_machine_count,
        case
            when kitchen_mornings.as_of_date = run_settings.as_of_date
                then coalesce(rejected_by_kitchen.machine_count, 0)
        end as rejected_machine_count

    from kitchen_mornings

    cross join run_settings

    left join rejected_by_kitchen
        on kitchen_mornings.kitchen_id = rejected_by_kitchen.kitchen_id

)

select * from final
