{# Only the run's own morning: late files may have moved the features of older ones. #}
with

predictions as (

    select * from {{ ref('stg_ml__predictions') }}

),

features as (

    select * from {{ ref('feat_machine_arepa_daily') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

final as (

    select
        predictions.machine_id,
        predictions.arepa_type,
        predictions.as_of_date,
        predictions.model_role

    from predictions

    inner join run_settings
        on predictions.as_of_date = run_settings.as_of_date

    anti join features
        on
            predictions.machine_id = features.machine_id
            and predictions.arepa_type = features.arepa_type
            and predictions.as_of_date = features.as_of_date

)

select * from final
