with

machines as (

    select * from {{ ref('int_machines') }}

),

kitchen_mornings as (

    select * from {{ ref('fct_kitchen_mornings') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

machine_days as (

    select * from {{ ref('int_machine_days') }}

),

{#
    One that was heard, but not for three months, is closed; its machines stay registered. One
    that was never heard is not, however old its machines are: its files never came.
#}
kitchens as (

    select machines.kitchen_id

    from machines

    cross join run_settings

    left join machine_days
        on
            machines.machine_id = machine_days.machine_id
            and run_settings.as_of_date > machine_days.measured_date

    group by machines.kitchen_id, run_settings.as_of_date

    having
        max(machine_days.measured_date) is null
        or {{ days_between(
            'max(coalesce(machine_days.measured_date, machines.installed_date))',
            'run_settings.as_of_date'
        ) }} <= 90

),

kitchens_this_morning as (

    select
        kitchens.kitchen_id,
        kitchen_mornings.last_measured_at,
        coalesce(kitchen_mornings.reading_count_1d, 0) = 0 as is_missing

    from kitchens

    cross join run_settings

    left join kitchen_mornings
        on
            kitchens.kitchen_id = kitchen_mornings.kitchen_id
            and run_settings.as_of_date = kitchen_mornings.as_of_date

),

final as (

    select
        'missing_kitchens' as check_name,
        kitchen_id as subject,
        avg(cast(is_missing as integer)) over () as value,
        'no reading of the day before, the latest is of '
        || coalesce(
            {{ minute_text('last_measured_at') }}, 'more than 28 days ago'
        ) as message

    from kitchens_this_morning

    qualify is_missing

)

select * from final
