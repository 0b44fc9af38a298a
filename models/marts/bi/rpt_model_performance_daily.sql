with

{# Of models: where there is none, a control chart gives the probability. #}
predictions as (

    select * from {{ ref('rpt_predictions') }}
    where failure_probability is not null and model_version is not null

),

labels as (

    select * from {{ ref('label_machine_daily') }}
    where has_breakdown is not null

),

model_versions as (

    select * from {{ ref('stg_ml__model_versions') }}

),

{# Many mornings have a breakdown within their horizon; its own day alone counts it. #}
breakdown_days as (

    select
        machine_id,
        cast(started_at as date) as as_of_date,
        count(*) as breakdown_count

    from {{ ref('fct_machine_stops') }}

    where kind = 'breakdown'

    group by
        machine_id,
        cast(started_at as date)

),

joined as (

    select
        predictions.arepa_type,
        predictions.as_of_date,
        predictions.model_name,
        predictions.model_version,
        {# A registry that was lost gives its numbers again. #}
        coalesce(model_versions.trained_as_of_date > predictions.as_of_date, false)
            as is_version_lost,
        predictions.horizon_days,
        predictions.failure_probability,
        cast(labels.has_breakdown as integer) as breakdown,
        coalesce(breakdown_days.breakdown_count, 0) as breakdown_count

    from predictions

    inner join labels
        on
            predictions.machine_id = labels.machine_id
            and predictions.as_of_date = labels.as_of_date
            and predictions.horizon_days = labels.horizon_days

    left join breakdown_days
        on
            predictions.machine_id = breakdown_days.machine_id
            and predictions.as_of_date = breakdown_days.as_of_date

    left join model_versions
        on
            predictions.arepa_type = model_versions.arepa_type
            and predictions.model_version = model_versions.model_version

),

final as (

    select
        arepa_type,
        as_of_date,
        model_name,
        model_version,
        is_version_lost,
        count(*) as machine_count,
        cast(sum(breakdown_count) as bigint) as breakdown_count,
        sum(failure_probability / horizon_days) as expected_breakdowns,
        avg(failure_probability) as failure_probability_mean,
        avg((failure_probability - breakdown) * (failure_probability - breakdown))
            as brier_score

    from joined

    group by all

)

select * from final
