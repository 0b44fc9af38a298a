{#
    Intervals hold nine times in ten: 1.645 deviations of a normal distribution on either side.
    Breakdowns come by luck, with stops and without: the variance of their number is the number.
    Those that came would, by other luck, have come without stops, too, so each counts twice.
#}
with

outcomes as (

    select * from {{ ref('rpt_outcomes_daily') }}

),

alarm_episodes as (

    select * from {{ ref('rpt_alarm_episodes') }}
    where ended_by = 'broke_down'

),

backtest_metrics as (

    select * from {{ ref('stg_ml__backtest_metrics') }}
    where
        arepa_type = 'all'
        and metric = 'cost_per_machine_day'
        and policy in ('calendar', 'run_to_failure')

),

{# What a machine's day by the calendar costs less than by running to failure. #}
calendars as (

    select
        backtest_date,
        lead(backtest_date, 1, cast('9999-12-31' as date)) over (order by backtest_date)
            as next_backtest_date,
        max(value) filter (where policy = 'run_to_failure')
        - max(value) filter (where policy = 'calendar') as saving_per_day,
        max((upper_value - lower_value) / 3.29) filter (where policy = 'calendar')
            as deviation_per_day

    from backtest_metrics

    group by backtest_date

),

{# One breakdown counts once, however many mornings it had been ahead of. #}
mornings as (

    select
        outcomes.*,
        cast(date_trunc('month', outcomes.as_of_date) as date) as month,
        calendars.saving_per_day,
        calendars.deviation_per_day,
        outcomes.outcome = 'breakdown'
        and row_number() over (
            partition by outcomes.machine_id, outcomes.breakdown_at
            order by outcomes.as_of_date desc
        ) = 1 as is_counted_breakdown

    from outcomes

    left join calendars
        on
            outcomes.as_of_date >= calendars.backtest_date
            and outcomes.as_of_date < calendars.next_backtest_date

    where outcomes.outcome <> 'pending'

),

{# A kitchen that is called `all` is in the sum of all and has no row of its own. #}
scopes as (

    select distinct
        kitchen_id as scope,
        kitchen_id

    from mornings

    where kitchen_id <> 'all'

    union all

    select distinct
        'all' as scope,
        kitchen_id

    from mornings

),

{# The calendar's saving is one back-test for all days, so its errors do not cancel. #}
summed as (

    select
        mornings.month,
        scopes.scope as kitchen_id,
        count(*) as machine_day_count,
        count(*) filter (where mornings.is_counted_stop) as stop_count,
        count(*) filter (
            where
            mornings.is_counted_stop and mornings.outcome = 'stopped_fault_found'
        ) as fault_found_count,
        count(*) filter (
            where
            mornings.is_counted_stop and mornings.outcome = 'stopped_nothing_found'
        ) as nothing_found_count,
        count(*) filter (where mornings.is_counted_breakdown) as breakdown_count,
        count(alarm_episodes.warning_hours) filter (
            where mornings.is_counted_breakdown
        ) as warned_breakdown_count,
        avg(alarm_episodes.warning_hours) filter (where mornings.is_counted_breakdown)
            as warning_hours_mean,
        coalesce(sum(mornings.saving), 0) as saving,
        coalesce(sum(mornings.saving_variance), 0)
        + coalesce(
            2 * sum(mornings.breakdown_cost * mornings.breakdown_cost) filter (
                where mornings.is_counted_breakdown
            ),
            0
        ) as saving_variance,
        case
            when count(mornings.saving_per_day) = count(*)
                then coalesce(sum(mornings.saving), 0) - sum(mornings.saving_per_day)
        end as saving_calendar,
        sum(mornings.deviation_per_day) as calendar_deviation

    from mornings

    inner join scopes
        on mornings.kitchen_id = scopes.kitchen_id

    left join alarm_episodes
        on
            mornings.machine_id = alarm_episodes.machine_id
            and cast(mornings.breakdown_at as date) = alarm_episodes.closed_on

    group by mornings.month, scopes.scope

),

with_margins as (

    select
        *,
        1.645 * sqrt(saving_variance) as margin,
        1.645 * sqrt(saving_variance + calendar_deviation * calendar_deviation)
            as margin_calendar

    from summed

),

final as (

    select
        kitchen_id,
        month,
        machine_day_count,
        stop_count,
        fault_found_count,
        nothing_found_count,
        breakdown_count,
        warned_breakdown_count,
        warning_hours_mean,
        saving,
        saving - margin as saving_lower,
        saving + margin as saving_upper,
        saving_calendar,
        saving_calendar - margin_calendar as saving_lower_calendar,
        saving_calendar + margin_calendar as saving_upper_calendar

    from with_margins

)

select * from final
