with

machine_risks as (

    select * from {{ ref('rpt_machine_risks_daily') }}

),

work_orders as (

    select * from {{ ref('stg_ml__work_orders') }}

),

machine_stops as (

    select * from {{ ref('fct_machine_stops') }}

),

ranked_in_phase as (

    select
        *,
        row_number() over (
            partition by kitchen_id, phase, as_of_date
            order by
                is_worth_stopping desc,
                expected_saving desc nulls last,
                machine_id asc
        ) as phase_rank

    from machine_risks

),

limited_by_phase as (

    select
        *,
        is_worth_stopping and phase_rank < running_machine_count as leaves_one_running

    from ranked_in_phase

),

{# The limits are nested (a laminar matroid): taking machines by their saving is exact.
    The next slot would buy the saving of the first machine that the slots leave out. #}
ranked_in_kitchen as (

    select
        *,
        row_number() over (
            partition by kitchen_id, as_of_date
            order by
                leaves_one_running desc,
                expected_saving desc nulls last,
                machine_id asc
        ) as kitchen_rank

    from limited_by_phase

),

decided as (

    select
        *,
        case
            when failure_probability is null then 'blind'
            when leaves_one_running and kitchen_rank <= technician_slots then 'stop'
            when
                expected_saving > 0
                or failure_probability >= stop_threshold_probability / 2
                then 'watch'
            else 'run'
        end as decision,
        case
            when not is_worth_stopping then null
            when not leaves_one_running then 'last_running_machine'
            when kitchen_rank > technician_slots then 'technician_slots'
        end as blocked_by,
        coalesce(
            max(expected_saving) filter (
                where leaves_one_running and kitchen_rank = technician_slots + 1
            ) over (partition by kitchen_id, as_of_date),
            0
        ) as next_slot_saving

    from ranked_in_kitchen

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
