{# A view: a join away from two tables, for the report that sums it up. #}
{{ config(materialized='view') }}

with

predictions as (

    select * from {{ ref('stg_ml__predictions') }}
    where failure_probability is not null and model_version is not null

),

outcomes as (

    select * from {{ ref('rpt_outcomes_daily') }}

),

model_versions as (

    select * from {{ ref('stg_ml__model_versions') }}

),

{# A fault that a stop found counts as the breakdown that it prevented. #}
final as (

    select
        predictions.machine_id,
        predictions.arepa_type,
        predictions.as_of_date,
        predictions.model_role,
        predictions.model_name,
        predictions.model_version,
        coalesce(outcomes.pending_because = 'horizon', false) as is_pending,
        cast(coalesce(outcomes.breakdown_at, outcomes.stopped_at) as date)
            as event_date,
        coalesce(
            predictions.failure_probability
            >= model_versions.stop_threshold_probability,
            false
        ) as is_flagged,
        case
            when outcomes.outcome in ('breakdown', 'stopped_fault_found') then true
            when outcomes.outcome in ('ran_through', 'stopped_nothing_found') then false
        end as has_breakdown,
        predictions.horizon_days,
        predictions.failure_probability

    from predictions

    inner join outcomes
        on
            predictions.machine_id = outcomes.machine_id
            and predictions.as_of_date = outcomes.as_of_date

    left join model_versions
        on
            predictions.arepa_type = model_versions.arepa_type
            and predictions.model_version = model_versions.model_version

    {# A registry that was lost gives its numbers again, to other models. #}
    where
        coalesce(model_versions.trained_as_of_date <= predictions.as_of_date, true)

)

select * from final
