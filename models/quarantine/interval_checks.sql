with

faulty_intervals as (

    select * from {{ ref('int_faulty_interval_registrations') }}
    where registration_status = 'kept'

),

machine_days as (

    select * from {{ ref('int_machine_days') }}

),

machines as (

    select * from {{ ref('int_machines') }}

),

machines_faulty as (

    select * from {{ ref('machines_faulty') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

measured as (

    select
        machine_id,
        started_at,
        ended_at,
        {{ days_between('started_at', 'ended_at') }} as day_count

    from faulty_intervals

),

ranked as (

    select
        *,
        row_number() over (order by day_count asc) as place,
        count(*) over () as interval_count

    from measured

),

{# The lower half's longest: a long one among two does not count for the usual. #}
usual as (

    select coalesce(max(day_count), 0) as day_count

    from ranked

    where place <= floor(interval_count / 2)

),

{# What is told of the two days before the morning is not told once more. #}
long_intervals as (

    select
        ranked.machine_id,
        ranked.started_at,
        ranked.ended_at

    from ranked

    cross join usual

    anti join machines_faulty
        on ranked.machine_id = machines_faulty.machine_id

    where ranked.day_count >= 28 and ranked.day_count > 10 * usual.day_count

),

days_taken_out as (

    select distinct
        long_intervals.machine_id,
        long_intervals.started_at,
        long_intervals.ended_at,
        machine_days.measured_date

    from long_intervals

    cross join run_settings

    inner join machine_days
        on
            long_intervals.machine_id = machine_days.machine_id
            and machine_days.measured_date
            between cast(long_intervals.started_at as date)
            and cast(long_intervals.ended_at as date)
            and run_settings.as_of_date > machine_days.measured_date

    where machine_days.faulty_reading_count > 0

),

intervals_found as (

    select
        machine_id,
        started_at,
        ended_at

    from days_taken_out

    group by machine_id, started_at, ended_at

    having count(*) >= 28

),

machines_found as (

    select
        machine_id,
        {{ join_texts(
            "concat("
            ~ minute_text('started_at') ~ ", ' - ', " ~ minute_text('ended_at')
            ~ ")",
            ['started_at', 'ended_at']
        ) }} as intervals

    from intervals_found

    group by machine_id

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
        machines.kitchen_id,
        count(*) as found_count,
        {{ join_texts(
            "concat(machines_found.machine_id, ' (', machines_found.intervals, ')')",
            ['machines_found.machine_id']
        ) }} as found

    from machines_found

    inner join machines
        on machines_found.machine_id = machines.machine_id

    group by machines.kitchen_id

),

final as (

    select
        'long_faults' as check_name,
        found_by_kitchen.kitchen_id as subject,
        found_by_kitchen.found_count / machines_by_kitchen.machine_count as value,
        concat(
            found_by_kitchen.found_count,
            ' of ',
            machines_by_kitchen.machine_count,
            ' machines have a faulty interval, far longer than others,',
            ' that takes out 28 days of readings or more: ',
            found_by_kitchen.found
        ) as message

    from found_by_kitchen

    inner join machines_by_kitchen
        on found_by_kitchen.kitchen_id = machines_by_kitchen.kitchen_id

)

select * from final
