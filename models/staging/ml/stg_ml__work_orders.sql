with

work_orders as (

    select * from {{ source('ml', 'work_orders') }}

),

newest_by_morning as (

    select
        machine_id,
        as_of_date,
        max_by(order_key, noted_at) as order_key,
        max_by(opened_on, noted_at) as opened_on

    from work_orders

    group by machine_id, as_of_date

),

{# An order's number counts for all its mornings, whichever of them it came on. #}
numbers as (

    select
        order_key,
        max(order_number) as order_number

    from work_orders

    group by order_key

),

joined as (

    select
        newest_by_morning.machine_id,
        newest_by_morning.as_of_date,
        newest_by_morning.order_key,
        newest_by_morning.opened_on,
        numbers.order_number

    from newest_by_morning

    inner join numbers on newest_by_morning.order_key = numbers.order_key

)

select * from joined
