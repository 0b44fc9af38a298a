with

kitchen_mornings as (

    select * from {{ ref('fct_kitchen_mornings') }}

),

final as (

    select
        kitchen_id,
        as_of_date,
        last_measured_at,
        reading_count_1d,
        reading_count_7d,
        machine_count,
        silent_machine_count

    from kitchen_mornings

)

select * from final
