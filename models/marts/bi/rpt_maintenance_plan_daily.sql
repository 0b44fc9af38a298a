with

machine_risks as (

    select * from {{ ref('rpt_machine_risks_daily') }}

),

week_plan as (

    select * from {{ ref('stg_ml__week_plan') }}

),

work_orders as (

    select * from {{ ref('stg_ml__work_orders') }}

),

machine_stops as (

    select * from {{ ref('fct_machine_stops') }}

),

{# The week's plan chooses today's stops. What is booked for today takes room, too. #}
chosen as (

    select
        machine_risks.*,
        week_plan.why_then,
        coalesce(
            week_plan.running_beside_booked, machine_risks.running_machine_count
        ) as running_beside_booked,
        week_plan.expected_cost_planned - week_plan.expected_cost_today
            as expected_cost_of_waiting,
        coalesce(week_plan.planned_date = week_plan.as_of_date, false) as is_visited,
        coalesce(
            week_plan.planned_date = week_plan.as_of_date
            and week_plan.why_then != 'booked'
            and machine_risks.failure_probability is not null,
            false
        ) as is_stopped

    from machine_risks

    left join week_plan
        on
            machine_risks.machine_id = week_plan.machine_id
            and machine_risks.as_of_date = week_plan.as_of_date

),

{# Who is worth a stop may be left for another day by the week itself, room or not. #}
limited as (

    select
        *,
        case
            when
                is_stopped
                or not is_worth_stopping
                or expected_cost_of_waiting <= 0
                or why_then = 'as_promised'
                then null
            when
                count(*) filter (
                    where is_visited and status is distinct from 'down'
                ) over (
                    partition by kitchen_id, phase, as_of_date
                ) + 1 >= running_beside_booked
                then 'last_running_machine'
            {# Stops that are booked of machines on no plan take technicians, too. #}
            else 'technician_slots'
        end as blocked_by

    from chosen

),

{# One more slot would save the dearest wait of those that the slots leave out. #}
decided as (

    select
        *,
        case
            when failure_probability is null then 'blind'
            when is_stopped then 'stop'
            when
                expected_saving > 0
                or failure_probability >= stop_threshold_probability / 2
                then 'watch'
            else 'run'
        end as decision,
        coalesce(
            max(expected_cost_of_waiting) filter (
                where blocked_by = 'technician_slots'
            ) over (
                partition by kitchen_id, as_of_date
            ),
            0
        ) as next_slot_saving

    from limited

),

last_stops as (

    select
        decided.machine_id,
        decided.as_of_date,
        max(machine_stops.started_at) as last_stopped_at

    from decided

    inner join machine_stops
        on
            decided.machine_id = machine_stops.machine_id
            and decided.as_of_date > machine_stops.started_at

    where decided.decision = 'stop'

    group by all

),

{# A machine stays on the plan until a morning does not stop it, or it was stopped. #}
followed as (

    select
        decided.*,
        coalesce(
            decided.decision = 'stop'
            and lag(decided.decision) over by_machine = 'stop'
            and coalesce(
                last_stops.last_stopped_at < lag(decided.as_of_date) over by_machine,
                true
            ),
            false
        ) as stays_on_plan

    from decided

    left join last_stops
        on
            decided.machine_id = last_stops.machine_id
            and decided.as_of_date = last_stops.as_of_date

    window
        by_machine as (
            partition by decided.machine_id
            order by decided.as_of_date
        )

),

numbered as (

    select
        *,
        count(*) filter (where not stays_on_plan) over (
            partition by machine_id
            order by as_of_date
        ) as series_number

    from followed

),

ordered as (

    select
        numbered.*,
        case
            when numbered.decision = 'stop' then work_orders.order_number
        end as order_number

    from numbered

    left join work_orders
        on
            numbered.machine_id = work_orders.machine_id
            and numbered.as_of_date = work_orders.as_of_date

),

final as (

    select
        kitchen_id,
        machine_id,
        zone,
        as_of_date,
        status,
        decision,
        blocked_by,
        {# What speaks against a stop is no reason for it. #}
        case
            when decision = 'stop' then split_part(reasons, '; less risk: ', 1)
            else reasons
        end as reasons,
        reason_details,
        phase,
        horizon_days,
        failure_probability,
        probability_lower,
        probability_upper,
        stop_threshold_probability,
        decided_by,
        calendar_clock,
        calendar_clock_value,
        calendar_interval,
        expected_saving,
        saving_of_waiting,
        case
            when decision = 'stop'
                then row_number() over (
                    partition by machine_id, series_number
                    order by as_of_date
                )
            else 0
        end as days_on_plan,
        order_number,
        row_number() over (
            partition by as_of_date
            order by
                position(decision in 'stop watch blind run') asc,
                expected_saving desc nulls last,
                machine_id asc
        ) as rank,
        running_machine_count,
        technician_slots,
        next_slot_saving

    from ordered

)

select * from final
