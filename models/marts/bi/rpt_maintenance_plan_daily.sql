with

predictions as (

    select * from {{ ref('rpt_predictions') }}

),

features as (

    select * from {{ ref('feat_machine_arepa_daily') }}

),

maintenance_costs as (

    select * from {{ ref('maintenance_costs') }}

),

technician_slots as (

    select * from {{ ref('technician_slots') }}

),

{# A machine is as endangered as the worst of its types says. #}
ranked_by_type as (

    select
        *,
        row_number() over (
            partition by machine_id, as_of_date
            order by coalesce(failure_probability, -1) desc, arepa_type
        ) as type_rank

    from predictions

),

running_machines as (

    select
        kitchen_id,
        phase,
        as_of_date,
        count(distinct machine_id) as running_machine_count

    from features

    where
        not is_down
        and faulty_reading_ratio_7d is not null

    group by all

),

valued as (

    select
        ranked_by_type.kitchen_id,
        ranked_by_type.machine_id,
        ranked_by_type.phase,
        ranked_by_type.as_of_date,
        ranked_by_type.status,
        ranked_by_type.horizon_days,
        ranked_by_type.failure_probability,
        ranked_by_type.reasons,
        coalesce(running_machines.running_machine_count, 0) as running_machine_count,
        coalesce(own_slots.technician_slots, default_slots.technician_slots)
            as technician_slots,
        maintenance_costs.false_stop_cost
        / cast(
            maintenance_costs.breakdown_cost
            - maintenance_costs.planned_stop_cost
            + maintenance_costs.false_stop_cost as double
        ) as break_even_probability,
        ranked_by_type.failure_probability
        * (maintenance_costs.breakdown_cost - maintenance_costs.planned_stop_cost)
        - (1 - ranked_by_type.failure_probability) * maintenance_costs.false_stop_cost
            as expected_saving

    from ranked_by_type

    inner join maintenance_costs
        on ranked_by_type.phase = maintenance_costs.phase

    inner join technician_slots as default_slots
        on default_slots.kitchen_id = 'default'

    left join technician_slots as own_slots
        on ranked_by_type.kitchen_id = own_slots.kitchen_id

    left join running_machines
        on
            ranked_by_type.kitchen_id = running_machines.kitchen_id
            and ranked_by_type.phase = running_machines.phase
            and ranked_by_type.as_of_date = running_machines.as_of_date

    where ranked_by_type.type_rank = 1

),

ranked_in_phase as (

    select
        *,
        coalesce(expected_saving > 0, false) as is_worth_stopping,
        row_number() over (
            partition by kitchen_id, phase, as_of_date
            order by expected_saving desc nulls last, machine_id asc
        ) as phase_rank

    from valued

),

{#
    Slots per kitchen and one machine left per phase are nested limits (a laminar matroid): taking
    the machines in the order of their saving is exact, no set of stops saves more.
#}
ranked_in_kitchen as (

    select
        *,
        is_worth_stopping and phase_rank < running_machine_count as leaves_one_running,
        row_number() over (
            partition by kitchen_id, as_of_date
            order by
                (is_worth_stopping and phase_rank < running_machine_count) desc,
                expected_saving desc nulls last,
                machine_id asc
        ) as kitchen_rank

    from ranked_in_phase

),

decided as (

    select
        *,
        case
            when failure_probability is null then 'blind'
            when leaves_one_running and kitchen_rank <= technician_slots then 'stop'
            when
                is_worth_stopping
                or failure_probability >= break_even_probability / 2
                then 'watch'
            else 'run'
        end as decision,
        case
            when not is_worth_stopping then null
            when not leaves_one_running then 'last_running_machine'
            when kitchen_rank > technician_slots then 'technician_slots'
        end as blocked_by

    from ranked_in_kitchen

),

final as (

    select
        kitchen_id,
        machine_id,
        as_of_date,
        status,
        decision,
        blocked_by,
        reasons,
        phase,
        horizon_days,
        failure_probability,
        expected_saving,
        row_number() over (
            partition by as_of_date
            order by
                list_position(['stop', 'watch', 'blind', 'run'], decision) asc,
                expected_saving desc nulls last,
                machine_id asc
        ) as rank,
        running_machine_count,
        technician_slots

    from decided

)

select * from final
