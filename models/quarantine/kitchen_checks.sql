with

machines as (

    select * from {{ ref('int_machines') }}

),

kitchen_mornings as (

    select * from {{ ref('fct_kitchen_mornings') }}

),

machine_days as (

    select * from {{ ref('int_machine_days') }}

),

open_stops as (

    select * from {{ ref('int_machine_stops') }}
    where is_open

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

kitchens as (

    select distinct kitchen_id

    from machines

),

kitchens_this_morning as (

    select
        kitchens.kitchen_id,
        kitchen_mornings.last_measured_at,
        coalesce(kitchen_mornings.reading_count_1d, 0) = 0 as is_missing,
        coalesce(kitchen_mornings.machine_count, 0) as machine_count,
        coalesce(kitchen_mornings.silent_machine_count, 0) as silent_machine_count

    from kitchens

    cross join run_settings

    left join kitchen_mornings
        on
            kitchens.kitchen_id = kitchen_mornings.kitchen_id
            and run_settings.as_of_date = kitchen_mornings.as_of_date

),

days_heard as (

    select
        machine_days.machine_id,
        max(machine_days.measured_date) as last_date

    from machine_days

    cross join run_settings

    where machine_days.measured_date < run_settings.as_of_date

    group by machine_days.machine_id

),

{#
    No plan lists a machine that has been silent for 28 days. Two months later it is taken to
    have been given away. One that was never heard counts from the day of its installation;
    without such a day it is marked until it is heard.
#}
machines_unheard as (

    select
        machines.kitchen_id,
        machines.machine_id

    from machines

    cross join run_settings

    left join days_heard
        on machines.machine_id = days_heard.machine_id

    anti join open_stops
        on machines.machine_id = open_stops.machine_id

    where
        coalesce(days_heard.last_date, machines.installed_date) is null
        or {{ days_between(
            'coalesce(days_heard.last_date, machines.installed_date)',
            'run_settings.as_of_date'
        ) }} between 29 and 90

),

missing as (

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

),

silent as (

    select
        'silent_machines' as check_name,
        kitchen_id as subject,
        silent_machine_count / machine_count as value,
        silent_machine_count
        || ' of '
        || machine_count
        || ' machines sent nothing for two days and are not known to be down'
            as message

    from kitchens_this_morning

    where silent_machine_count > 0

),

unheard as (

    select
        'unheard_machines' as check_name,
        machines.kitchen_id as subject,
        count(machines_unheard.machine_id) / count(*) as value,
        count(machines_unheard.machine_id)
        || ' of '
        || count(*)
        || ' machines sent nothing for 28 days, or never, so no plan lists them: '
        || {{ join_texts(
            'machines_unheard.machine_id', ['machines_unheard.machine_id']
        ) }}
            as message

    from machines

    left join machines_unheard
        on machines.machine_id = machines_unheard.machine_id

    group by machines.kitchen_id

    having count(machines_unheard.machine_id) > 0

),

final as (

    select * from missing

    union all

    select * from silent

    union all

    select * from unheard

)

select * from final
