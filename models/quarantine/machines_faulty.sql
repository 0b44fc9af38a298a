with

machine_days as (

    select * from {{ ref('int_machine_days') }}

),

faulty_intervals as (

    select * from {{ ref('int_faulty_intervals_by_day') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

machines as (

    select machine_days.machine_id

    from machine_days

    inner join run_settings
        on
            machine_days.measured_date >= run_settings.as_of_date - 2
            and machine_days.measured_date < run_settings.as_of_date

    group by machine_days.machine_id

    having
        sum(machine_days.faulty_reading_count) > 0
        and sum(machine_days.reading_count) = 0

),

final as (

    select
        machines.machine_id,
        min(faulty_intervals.started_at) as faulty_from_at,
        max(faulty_intervals.ended_at) as faulty_until_at

    from machines

    cross join run_settings

    inner join faulty_intervals
        on
            machines.machine_id = faulty_intervals.machine_id
            and run_settings.as_of_date - 2 <= faulty_intervals.measured_date
            and run_settings.as_of_date > faulty_intervals.measured_date

    group by machines.machine_id

)

select * from final
