{{ config(materialized='table') }}

with

machines as (

    select * from {{ ref('int_machines') }}

),

machine_days as (

    select * from {{ ref('int_machine_days') }}

),

maintenance_events as (

    select * from {{ ref('int_maintenance_event_registrations') }}
    where registration_status = 'kept'

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

days_by_machine as (

    select
        machine_days.machine_id,
        count(distinct machine_days.measured_date) as day_count

    from machine_days

    inner join run_settings
        on machine_days.measured_date < run_settings.as_of_date

    group by machine_days.machine_id

),

events_by_machine as (

    select
        maintenance_events.machine_id,
        count(*) as event_count

    from maintenance_events

    inner join run_settings
        on maintenance_events.started_at < run_settings.as_of_date

    group by maintenance_events.machine_id

),

counted as (

    select
        machines.kitchen_id,
        machines.machine_id,
        coalesce(days_by_machine.day_count, 0) as day_count,
        coalesce(events_by_machine.event_count, 0) as event_count

    from machines

    left join days_by_machine
        on machines.machine_id = days_by_machine.machine_id

    left join events_by_machine
        on machines.machine_id = events_by_machine.machine_id

),

{# How many events there would be by now, at the pace of the machines that have any. #}
compared as (

    select
        kitchen_id,
        machine_id,
        event_count,
        sum(event_count) over (partition by kitchen_id) as event_count_of_kitchen,
        day_count
        * (sum(event_count) over ())
        / nullif(sum(day_count) filter (where event_count > 0) over (), 0)
            as expected_count

    from counted

),

{#
    The rule of three: where three are to be expected, none comes by chance in one of twenty cases,
    and a machine in twenty is what training may lose. Sooner it is told of a whole kitchen.
#}
final as (

    select
        kitchen_id,
        machine_id

    from compared

    where event_count = 0

    qualify
        expected_count >= 3
        or (
            event_count_of_kitchen = 0
            and sum(expected_count) over (partition by kitchen_id) >= 3
        )

)

select * from final
