{{ config(materialized='table') }}

with

machine_days as (

    select * from {{ ref('int_machine_days') }}

),

machine_stops as (

    select * from {{ ref('int_machine_stops') }}

),

mornings_down as (

    select * from {{ ref('int_mornings_down') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

batches_by_day as (

    select
        kitchen_id,
        machine_id,
        phase,
        measured_date,
        sum(batch_count) as batch_count

    from machine_days

    group by all

),

machines as (

    select
        kitchen_id,
        machine_id,
        phase,
        min(measured_date) as first_date

    from batches_by_day

    group by all

),

mornings as (

    select
        machines.kitchen_id,
        machines.machine_id,
        machines.phase,
        {{ each_day('machines.first_date + 1', 'run_settings.latest_as_of_date') }}
            as as_of_date

    from machines

    cross join run_settings

),

ends_of_stops as (

    select distinct
        machine_id,
        ended_at,
        cast(ended_at + interval '86399.999999 seconds' as date) as first_morning

    from machine_stops

    where not is_open

),

{# A stop is the latest one from the first morning after it to that of the next one. #}
stops_ended as (

    select
        machine_id,
        ended_at,
        first_morning,
        lead(first_morning, 1, cast('9999-12-31' as date)) over (
            partition by machine_id
            order by ended_at
        ) as next_first_morning

    from ends_of_stops

),

joined as (

    select
        mornings.*,
        mornings_down.stopped_at,
        coalesce(mornings_down.is_down, false) as is_down,
        coalesce(mornings_down.reading_count, 0) as reading_count_in_stop,
        stops_ended.ended_at as last_stop_ended_at,
        coalesce(batches_by_day.batch_count, 0) as batch_count

    from mornings

    left join mornings_down
        on
            mornings.machine_id = mornings_down.machine_id
            and mornings.as_of_date = mornings_down.as_of_date

    left join stops_ended
        on
            mornings.machine_id = stops_ended.machine_id
            and mornings.as_of_date >= stops_ended.first_morning
            and mornings.as_of_date < stops_ended.next_first_morning

    left join batches_by_day
        on
            mornings.machine_id = batches_by_day.machine_id
            and mornings.as_of_date = batches_by_day.measured_date + 1

),

final as (

    select
        kitchen_id,
        machine_id,
        phase,
        as_of_date,
        stopped_at,
        is_down,
        reading_count_in_stop,
        {{ seconds_between('last_stop_ended_at', 'cast(as_of_date as timestamp)') }}
        / 86400e0 as days_since_last_stop,
        case
            when last_stop_ended_at is not null
                then cast(
                    sum(batch_count) over (
                        partition by machine_id, last_stop_ended_at
                        order by as_of_date
                        rows between unbounded preceding and current row
                    ) as bigint
                )
        end as batch_count_since_last_stop

    from joined

)

select * from final
