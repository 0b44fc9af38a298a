with

prediction_curves as (

    select * from {{ source('ml', 'prediction_curves') }}

),

renamed as (

    select
        machine_id,
        arepa_type,
        as_of_date,
        model_role,
        days_ahead,
        failure_probability

    from prediction_curves

)

select * from renamed
