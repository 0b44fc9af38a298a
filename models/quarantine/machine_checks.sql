with

machines as (

    select * from {{ ref('int_machines') }}

),

machine_days as (

    select * from {{ ref('int_machine_days') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

mornings as (

    select machine_mornings.*
    from {{ ref('int_machine_mornings') }} as machine_mornings
    inner join run_settings
        on machine_mornings.as_of_date = run_settings.as_of_date

),

machines_unlogged as (

    select * from {{ ref('int_machines_unlogged') }}

),

open_stops as (

    select * from {{ ref('int_machine_stops') }}
    where is_open

),

machines_rejected as (

    select * from {{ ref('machines_rejected') }}

),

machines_silent as (

    select * from {{ ref('machines_silent') }}

),

machines_faulty as (

    select * from {{ ref('machines_faulty') }}

),

{# How many days ago each was last heard or, if never, installed. #}
machines_heard as (

    select
        machines.machine_id,
        {{ days_between(
            'max(machine_days.measured_date)', 'run_settings.as_of_date'
        ) }} as days_silent,
        {{ days_between(
            'coalesce(max(machine_days.measured_date), machines.installed_date)',
            'run_settings.as_of_date'
        ) }} as days_since_known

    from machines

    cross join run_settings

    left join machine_days
        on
            machines.machine_id = machine_days.machine_id
            and run_settings.as_of_date > machine_days.measured_date

    group by machines.machine_id, machines.installed_date, run_settings.as_of_date

),

{#
    No plan lists a machine that has been silent for 28 days. Two months later it is taken to
    have been given away. One that was never heard counts from the day of its installation;
    without such a day it is marked until it is heard.
#}
machines_found as (

    select
        'unheard_machines' as check_name,
        machines_heard.machine_id,
        machines_heard.machine_id as found

    from machines_heard

    anti join open_stops
        on machines_heard.machine_id = open_stops.machine_id

    anti join machines_rejected
        on machines_heard.machine_id = machines_rejected.machine_id

    where coalesce(machines_heard.days_since_known between 29 and 90, true)

    union all

    select
        'rejected_machines' as check_name,
        machines_heard.machine_id,
        concat(machines_heard.machine_id, ' (', machines_rejected.reasons, ')') as found

    from machines_heard

    inner join machines_rejected
        on machines_heard.machine_id = machines_rejected.machine_id

    anti join open_stops
        on machines_heard.machine_id = open_stops.machine_id

    where coalesce(machines_heard.days_silent > 2, true)

    union all

    select
        'silent_machines' as check_name,
        machine_id,
        machine_id as found

    from machines_silent

    where not is_rejected

    union all

    select
        'faulty_machines' as check_name,
        machines_faulty.machine_id,
        concat(
            machines_faulty.machine_id,
            ' (', {{ minute_text('machines_faulty.faulty_from_at') }},
            ' - ', {{ minute_text('machines_faulty.faulty_until_at') }}, ')'
        ) as found

    from machines_faulty

    anti join open_stops
        on machines_faulty.machine_id = open_stops.machine_id

    union all

    select
        'cooking_while_down' as check_name,
        machine_id,
        concat(
            machine_id, ' is down by the log since ', {{ minute_text('stopped_at') }},
            ' but sent ', reading_count_in_stop, ' readings the day before',
            case when is_down then '' else ' and counts as running' end
        ) as found

    from mornings

    where reading_count_in_stop > 0

    union all

    select
        'unlogged_machines' as check_name,
        machine_id,
        machine_id as found

    from machines_unlogged

),

machines_by_kitchen as (

    select
        kitchen_id,
        count(*) as machine_count

    from machines

    group by kitchen_id

),

found_by_kitchen as (

    select
        machines_found.check_name,
        machines.kitchen_id,
        count(*) as found_count,
        {{ join_texts('machines_found.found', ['machines_found.machine_id']) }} as found

    from machines_found

    inner join machines
        on machines_found.machine_id = machines.machine_id

    group by machines_found.check_name, machines.kitchen_id

),

joined as (

    select
        found_by_kitchen.*,
        machines_by_kitchen.machine_count,
        case found_by_kitchen.check_name
            when 'silent_machines'
                then 'sent nothing for two days and are not known to be down'
            when 'unheard_machines'
                then 'sent nothing for 28 days, or never, so no plan lists them'
            when 'rejected_machines'
                then 'sent for two days only lines that are in quarantine'
            when 'faulty_machines'
                then 'sent for two days only readings that faulty_intervals takes out'
            when 'unlogged_machines'
                then 'are in no maintenance log, so no model learns from them'
        end as what

    from found_by_kitchen

    inner join machines_by_kitchen
        on found_by_kitchen.kitchen_id = machines_by_kitchen.kitchen_id

),

final as (

    select
        check_name,
        kitchen_id as subject,
        found_count / machine_count as value,
        coalesce(
            found_count || ' of ' || machine_count || ' machines ' || what || ': ', ''
        ) || found as message

    from joined

)

select * from final
