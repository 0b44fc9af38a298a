with

predictions as (

    select * from {{ ref('rpt_predictions') }}

),

decision_terms as (

    select * from {{ ref('stg_ml__decision_terms') }}

),

model_versions as (

    select * from {{ ref('stg_ml__model_versions') }}

),

calendar_terms as (

    select * from {{ ref('stg_ml__calendar_terms') }}

),

machines as (

    select * from {{ ref('dim_machines') }}

),

{#
    A machine is as endangered as the worst of its types says; where a control chart knows
    no probability, the type that has a reason speaks.
#}
worst_by_machine as (

    select *

    from predictions

    qualify
        row_number() over (
            partition by machine_id, as_of_date
            order by
                coalesce(failure_probability, -1) desc,
                coalesce(reason_details, '[]') = '[]',
                arepa_type
        ) = 1

),

{# The morning's own terms: past plans stay as said; without a threshold, break-even. #}
valued as (

    select
        worst_by_machine.*,
        machines.zone,
        decision_terms.running_machine_count,
        decision_terms.technician_slots,
        coalesce(
            model_versions.stop_threshold_probability,
            decision_terms.false_stop_cost
            / (
                decision_terms.breakdown_cost
                - decision_terms.planned_stop_cost
                + decision_terms.false_stop_cost
            )
        ) as stop_threshold_probability,
        decision_terms.breakdown_cost
        - decision_terms.planned_stop_cost
        + decision_terms.false_stop_cost as cost_per_probability,
        case when calendar_terms.machine_id is null then 'model' else 'calendar' end
            as decided_by,
        calendar_terms.clock as calendar_clock,
        calendar_terms.clock_value as calendar_clock_value,
        calendar_terms.interval_value as calendar_interval,
        coalesce(calendar_terms.clock_value >= calendar_terms.interval_value, false)
            as is_due,
        case
            when worst_by_machine.failure_probability is null then null
            when calendar_terms.clock_value >= calendar_terms.interval_value
                then calendar_terms.stop_saving
            else
                worst_by_machine.failure_probability
                * (decision_terms.breakdown_cost - decision_terms.planned_stop_cost)
                - (1 - worst_by_machine.failure_probability)
                * decision_terms.false_stop_cost
        end as expected_saving

    from worst_by_machine

    inner join decision_terms
        on
            worst_by_machine.kitchen_id = decision_terms.kitchen_id
            and worst_by_machine.phase = decision_terms.phase
            and worst_by_machine.as_of_date = decision_terms.as_of_date

    left join model_versions
        on
            worst_by_machine.arepa_type = model_versions.arepa_type
            and worst_by_machine.model_version = model_versions.model_version

    left join calendar_terms
        on
            worst_by_machine.machine_id = calendar_terms.machine_id
            and worst_by_machine.arepa_type = calendar_terms.arepa_type
            and worst_by_machine.as_of_date = calendar_terms.as_of_date

    left join machines
        on worst_by_machine.machine_id = machines.machine_id

),

{# Where the calendar costs less than the model's stops, it decides. #}
judged as (

    select
        *,
        coalesce(
            expected_saving > 0
            and case
                when decided_by = 'calendar' then is_due
                else failure_probability >= stop_threshold_probability
            end,
            false
        ) as is_worth_stopping,
        {# A day's share, as in the week's plan; a calendar waits for its day. #}
        case
            when decided_by = 'model'
                then
                    (stop_threshold_probability - failure_probability)
                    * cost_per_probability
                    / horizon_days
        end as saving_of_waiting

    from valued

),

final as (

    select
        kitchen_id,
        machine_id,
        zone,
        arepa_type,
        as_of_date,
        status,
        decided_by,
        reasons,
        reason_details,
        calendar_clock,
        phase,
        horizon_days,
        failure_probability,
        probability_lower,
        probability_upper,
        health_index,
        health_lower,
        health_upper,
        stop_threshold_probability,
        calendar_clock_value,
        calendar_interval,
        expected_saving,
        saving_of_waiting,
        is_worth_stopping,
        running_machine_count,
        technician_slots

    from judged

)

select * from final
