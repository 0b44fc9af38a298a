with

machine_mornings as (

    select * from {{ ref('int_machine_mornings') }}

),

parts_serviced as (

    select * from {{ ref('int_parts_serviced') }}
    where part_number <= 4

),

joined as (

    select
        machine_mornings.machine_id,
        machine_mornings.as_of_date,
        parts_serviced.part_number,
        {{ seconds_between(
            'parts_serviced.ended_at', 'cast(machine_mornings.as_of_date as timestamp)'
        ) }} / 86400e0 as days_since_service

    from machine_mornings

    inner join parts_serviced
        on
            machine_mornings.machine_id = parts_serviced.machine_id
            and machine_mornings.as_of_date >= parts_serviced.first_date
            and machine_mornings.as_of_date < parts_serviced.next_first_date

),

final as (

    select
        machine_id,
        as_of_date,
        max(days_since_service) filter (where part_number = 1)
            as days_since_part_1_service,
        max(days_since_service) filter (where part_number = 2)
            as days_since_part_2_service,
        max(days_since_service) filter (where part_number = 3)
            as days_since_part_3_service,
        max(days_since_service) filter (where part_number = 4)
            as days_since_part_4_service

    from joined

    group by all

)

select * from final
