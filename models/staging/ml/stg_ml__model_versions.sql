with

model_versions as (

    select * from {{ source('ml', 'model_versions') }}

),

renamed as (

    select
        arepa_type,
        model_name,
        model_version,
        trained_as_of_date,
        fitted_from_date,
        fitted_to_date,
        horizon_days,
        stop_threshold_probability

    from model_versions

)

select * from renamed
