with

plan as (

    select * from {{ ref('rpt_maintenance_plan_daily') }}

),

decision_terms as (

    select * from {{ ref('stg_ml__decision_terms') }}

),

stop_days as (

    select * from {{ ref('fct_stop_days') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

machines as (

    select * from {{ ref('dim_machines') }}

),

{# Where nobody ever logged a stop, nothing is known of what machines did. #}
kitchens_logged as (

    select distinct kitchen_id
    from stop_days

),

{#
    A kitchen's log has ended where it is silent for far longer than ever before; what is
    booked for days to come breaks no silence.
#}
logs_ended as (

    select
        stop_days.kitchen_id,
        max(stop_days.started_date) as last_stop_date

    from stop_days

    cross join run_settings

    where stop_days.started_date <= run_settings.latest_as_of_date

    group by stop_days.kitchen_id, run_settings.latest_as_of_date

    having
        count(*) >= 5
        and run_settings.latest_as_of_date > max(stop_days.started_date)
        + cast(greatest(60, 2 * max(stop_days.days_since_kitchen_stop)) as integer)

),

joined as (

    select
        plan.*,
        kitchens_logged.kitchen_id is not null
        and not coalesce(machines.is_unlogged, false) as has_log,
        plan.as_of_date + plan.horizon_days as horizon_end_date,
        plan.as_of_date + plan.horizon_days > run_settings.latest_as_of_date
            as has_horizon_ahead,
        coalesce(
            plan.as_of_date + plan.horizon_days > logs_ended.last_stop_date, false
        ) as has_log_ended,
        breakdowns.started_at as next_breakdown_at,
        planned_stops.started_at as next_planned_stop_at,
        planned_stops.finding

    from plan

    cross join run_settings

    left join machines
        on plan.machine_id = machines.machine_id

    left join kitchens_logged
        on plan.kitchen_id = kitchens_logged.kitchen_id

    left join logs_ended
        on plan.kitchen_id = logs_ended.kitchen_id

    left join stop_days as breakdowns
        on
            plan.machine_id = breakdowns.machine_id
            and breakdowns.kind = 'breakdown'
            and plan.as_of_date > breakdowns.earlier_date
            and plan.as_of_date <= breakdowns.started_date
            and plan.as_of_date + plan.horizon_days > breakdowns.started_date

    left join stop_days as planned_stops
        on
            plan.machine_id = planned_stops.machine_id
            and planned_stops.kind = 'planned'
            and plan.as_of_date > planned_stops.earlier_date
            and plan.as_of_date <= planned_stops.started_date
            and plan.as_of_date + plan.horizon_days > planned_stops.started_date

),

{# As for the labels: what came first counts, and of two at once the breakdown. #}
judged as (

    select
        *,
        case
            when status = 'down' then 'down'
            when has_horizon_ahead then 'pending'
            when
                next_breakdown_at is not null
                and coalesce(next_breakdown_at <= next_planned_stop_at, true)
                then 'breakdown'
            when not has_log and next_planned_stop_at is null then 'pending'
            when decision = 'blind' then 'blind'
            when next_planned_stop_at is not null and decision <> 'stop' then 'censored'
            when next_planned_stop_at is not null
                then 'stopped_' || coalesce(finding, 'not_answered')
            when has_log_ended then 'pending'
            else 'ran_through'
        end as outcome

    from joined

),

{# A stop that several mornings asked for is paid for once, by the last of them. #}
placed as (

    select
        *,
        case when outcome like 'stopped_%' then next_planned_stop_at end as stopped_at,
        coalesce(
            outcome like 'stopped_%'
            and as_of_date = max(case when outcome like 'stopped_%' then as_of_date end)
                over (partition by machine_id, next_planned_stop_at),
            false
        ) as is_counted_stop

    from judged

),

{# The finding says whether a stop prevented a breakdown; without one, the risk. #}
valued as (

    select
        placed.*,
        decision_terms.breakdown_cost
        - decision_terms.planned_stop_cost
        + decision_terms.false_stop_cost as stake,
        decision_terms.breakdown_cost,
        decision_terms.false_stop_cost,
        case placed.outcome
            when 'stopped_fault_found' then 1e0
            when 'stopped_nothing_found' then 0e0
            else placed.failure_probability
        end as prevented_share

    from placed

    left join decision_terms
        on
            placed.kitchen_id = decision_terms.kitchen_id
            and placed.phase = decision_terms.phase
            and placed.as_of_date = decision_terms.as_of_date

),

final as (

    select
        kitchen_id,
        machine_id,
        as_of_date,
        decision,
        outcome,
        case
            when outcome <> 'pending' then null
            when not has_log then 'no_log'
            when has_horizon_ahead then 'horizon'
            else 'log_ended'
        end as pending_because,
        horizon_end_date,
        case when outcome = 'breakdown' then next_breakdown_at end as breakdown_at,
        stopped_at,
        is_counted_stop,
        phase,
        horizon_days,
        failure_probability,
        case when is_counted_stop then prevented_share * stake - false_stop_cost end
            as saving,
        case
            when is_counted_stop
                then
                    failure_probability * (1 - failure_probability) * stake * stake
                    + prevented_share * breakdown_cost * breakdown_cost
        end as saving_variance,
        breakdown_cost

    from valued

)

select * from final
