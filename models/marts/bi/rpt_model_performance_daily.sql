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

joined as (

    select
        predictions.arepa_type,
        predictions.as_of_date,
        predictions.model_name,
        predictions.model_version,
        predictions.failure_probability,
        cast(labels.has_breakdown as integer) as breakdown

    from predictions

    inner join labels
        on
            predictions.machine_id = labels.machine_id
            and predictions.as_of_date = labels.as_of_date
            and predictions.horizon_days = labels.horizon_days

),

final as (

    select
        arepa_type,
        as_of_date,
        model_name,
        model_version,
        count(*) as machine_count,
        cast(sum(breakdown) as bigint) as breakdown_count,
        avg(failure_probability) as failure_probability_mean,
        avg((failure_probability - breakdown) * (failure_probability - breakdown))
            as brier_score

    from joined

    group by all

)

select * from final
