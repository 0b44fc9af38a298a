with

machine_days as (

    select * from {{ ref('int_machine_days') }}

),

machine_stops as (

    select * from {{ ref('int_machine_stops') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

{# The first morning from the start on and the last before the end, null if open. #}
stops_bounded as (

    select
        machine_id,
        cast(started_at + interval '86399.999999 seconds' as date) as first_morning,
        cast(ended_at - interval '0.000001 seconds' as date) as last_morning,
        min(started_at) as started_at

    from machine_stops

    group by all

),

mornings_of_stops as (

    select
        stops_bounded.machine_id,
        stops_bounded.started_at,
        stops_bounded.first_morning,
        stops_bounded.last_morning,
        {{ each_day(
            'stops_bounded.first_morning',
            'least(stops_bounded.last_morning, run_settings.latest_as_of_date)'
        ) }} as as_of_date

    from stops_bounded

    cross join run_settings

),

{# Readings contradict a stop from days that lie in it from midnight to midnight. #}
mornings_in_stops as (

    select distinct
        machine_id,
        as_of_date

    from mornings_of_stops

    where as_of_date > first_morning

),

days_in_stops as (

    select
        mornings_in_stops.machine_id,
        mornings_in_stops.as_of_date,
        sum(machine_days.reading_count) as reading_count

    from mornings_in_stops

    inner join machine_days
        on
            mornings_in_stops.machine_id = machine_days.machine_id
            and mornings_in_stops.as_of_date = machine_days.measured_date + 1

    where machine_days.reading_count > 0

    group by mornings_in_stops.machine_id, mornings_in_stops.as_of_date

),

days_beside as (

    select
        days_in_stops.machine_id,
        days_in_stops.as_of_date,
        days_in_stops.reading_count,
        sum(machine_days.reading_count) as reading_count_beside

    from days_in_stops

    inner join machine_days
        on
            days_in_stops.machine_id = machine_days.machine_id
            and machine_days.measured_date
            between days_in_stops.as_of_date - 14 and days_in_stops.as_of_date - 1

    group by
        days_in_stops.machine_id,
        days_in_stops.as_of_date,
        days_in_stops.reading_count,
        machine_days.measured_date

),

{# A few readings are a trial run after a repair, half of the busiest day's are not. #}
days_compared as (

    select
        machine_id,
        as_of_date,
        reading_count,
        2 * reading_count >= max(reading_count_beside) as has_cooked

    from days_beside

    group by machine_id, as_of_date, reading_count

),

joined as (

    select
        mornings_of_stops.*,
        mornings_of_stops.as_of_date > mornings_of_stops.first_morning
        and coalesce(days_compared.has_cooked, false) as has_cooked,
        case
            when mornings_of_stops.as_of_date > mornings_of_stops.first_morning
                then days_compared.reading_count
        end as reading_count

    from mornings_of_stops

    left join days_compared
        on
            mornings_of_stops.machine_id = days_compared.machine_id
            and mornings_of_stops.as_of_date = days_compared.as_of_date

),

counted as (

    select
        *,
        count(*) filter (where has_cooked) over (
            partition by machine_id, first_morning, last_morning
            order by as_of_date
            rows between 13 preceding and current row
        ) as cooked_day_count,
        count(*) filter (where has_cooked) over (
            partition by machine_id, first_morning, last_morning
            order by as_of_date
            rows between 1 preceding and current row
        ) as lately_cooked_day_count

    from joined

),

final as (

    select
        counted.machine_id,
        counted.as_of_date,
        min(counted.started_at) as stopped_at,
        bool_or(
            counted.lately_cooked_day_count = 0
            or counted.cooked_day_count < run_settings.readings_win_days
        ) as is_down,
        cast(coalesce(max(counted.reading_count), 0) as bigint) as reading_count

    from counted

    cross join run_settings

    group by counted.machine_id, counted.as_of_date

)

select * from final
