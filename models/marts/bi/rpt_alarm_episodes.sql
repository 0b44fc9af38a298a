with

plan as (

    select * from {{ ref('rpt_maintenance_plan_daily') }}

),

booked_today as (

    select * from {{ ref('stg_ml__week_plan') }}
    where
        why_then = 'booked' and planned_date = as_of_date
        and as_of_date = (select max(plan.as_of_date) from plan)

),

{# Who answers that a stop was postponed, or nobody looked, knows of the alarm. #}
maintenance_events as (

    select
        *,
        coalesce(finding in ('postponed', 'not_inspected'), false)
        and kind = 'planned' as is_acknowledgement

    from {{ ref('fct_maintenance_events') }}

),

{#
    Hysteresis: what opens an alarm is a stop or watch; what closes it is a risk well below that,
    so that a machine at the limit does not flap.
#}
mornings as (

    select
        *,
        decision in ('stop', 'watch') as is_alarm,
        decision = 'run'
        and coalesce(
            failure_probability < 0.75 * stop_threshold_probability / 2, false
        ) as is_calm,
        lead(as_of_date) over (partition by machine_id order by as_of_date)
            as next_as_of_date,
        dense_rank() over (order by as_of_date) as morning_number,
        max(as_of_date) over () as newest_as_of_date

    from plan

),

{# Mornings up: a machine that stopped at midnight is down on that morning. #}
mornings_up as (

    select
        machine_id,
        as_of_date,
        coalesce(
            lead(as_of_date) over (partition by machine_id order by as_of_date),
            newest_as_of_date + 1
        ) as end_date

    from mornings
    where status <> 'down'

),

{#
    What comes before the machine's next morning up; the first stop ends an alarm. One
    that is booked for a day to come, or for today, has ended nothing yet.
#}
followed as (

    select
        mornings_up.machine_id,
        mornings_up.as_of_date,
        min(events.started_at) filter (where not events.is_acknowledgement) as ended_at,
        min_by(events.kind, events.started_at) filter (
            where not events.is_acknowledgement
        ) as ended_by,
        max(events.started_at) filter (where events.is_acknowledgement) as answered_at,
        max_by(events.finding, events.started_at) filter (
            where events.is_acknowledgement
        ) as answer

    from mornings_up

    inner join maintenance_events as events
        on
            mornings_up.machine_id = events.machine_id
            and mornings_up.as_of_date <= cast(events.started_at as date)
            and mornings_up.end_date > cast(events.started_at as date)

    left join booked_today
        on
            mornings_up.machine_id = booked_today.machine_id
            and mornings_up.as_of_date = booked_today.as_of_date
            and events.kind = 'planned' and events.finding is null

    where booked_today.machine_id is null

    group by mornings_up.machine_id, mornings_up.as_of_date

),

{# Who cannot be seen is neither alarming nor calm; after 28 days it leaves the plan. #}
joined as (

    select
        mornings.*,
        followed.ended_at,
        followed.ended_by,
        followed.answered_at,
        followed.answer,
        not mornings.is_calm and mornings.status <> 'down' as is_open

    from mornings

    left join followed
        on
            mornings.machine_id = followed.machine_id
            and mornings.as_of_date = followed.as_of_date

),

{# Days on which nobody was planned end no alarm. #}
marked as (

    select
        *,
        not coalesce(
            lag(is_open) over by_machine
            and lag(ended_at) over by_machine is null
            and (
                as_of_date <= lag(as_of_date) over by_machine + horizon_days
                or morning_number = lag(morning_number) over by_machine + 1
            ),
            false
        ) as starts_run,
        coalesce(lead(is_calm) over by_machine, false) as is_calm_next

    from joined

    window by_machine as (partition by machine_id order by as_of_date)

),

runs as (

    select
        *,
        sum(case when starts_run then 1 else 0 end) over (
            partition by machine_id
            order by as_of_date
            rows between unbounded preceding and current row
        ) as run_number

    from marked
    where is_open

),

opened as (

    select
        *,
        min(case when is_alarm then as_of_date end) over (
            partition by machine_id, run_number
        ) as opened_on

    from runs

),

closed as (

    select
        *,
        as_of_date = max(as_of_date) over episode as is_last,
        count(*) over episode as day_count,
        count(*) filter (where decision = 'stop') over episode as stop_day_count,
        max(failure_probability) over episode as worst_probability,
        max(answered_at) over episode as last_answered_at,
        max_by(answer, answered_at) over episode as last_answer,
        case
            when ended_at is not null then cast(ended_at as date)
            when as_of_date < newest_as_of_date
                then coalesce(next_as_of_date, as_of_date + 1)
        end as closed_on

    from opened
    where as_of_date >= opened_on

    window episode as (partition by machine_id, opened_on)

),

order_numbers as (

    select
        machine_id,
        opened_on,
        max(order_number) as order_number
    from {{ ref('stg_ml__work_orders') }}
    group by machine_id, opened_on

),

{# The order's number is not the plan's: that has one on mornings of a stop alone. #}
final as (

    select
        closed.kitchen_id,
        closed.machine_id,
        closed.opened_on,
        closed.closed_on,
        case
            when closed.closed_on is not null then 'resolved'
            when closed.last_answered_at is not null then 'acknowledged'
            else 'open'
        end as state,
        case
            when closed.ended_by = 'breakdown' then 'broke_down'
            when closed.ended_by = 'planned' then 'stopped'
            when closed.closed_on is not null and closed.is_calm_next then 'calmed_down'
        end as ended_by,
        closed.last_answer as answer,
        closed.last_answered_at as answered_at,
        order_numbers.order_number,
        closed.phase,
        closed.day_count,
        closed.stop_day_count,
        closed.worst_probability,
        {{ seconds_between(
            'cast(closed.opened_on as timestamp)',
            "case when closed.ended_by = 'breakdown' then closed.ended_at end"
        ) }} / 3600e0 as warning_hours

    from closed

    left join order_numbers
        on
            closed.machine_id = order_numbers.machine_id
            and closed.opened_on = order_numbers.opened_on

    where closed.is_last

)

select * from final
