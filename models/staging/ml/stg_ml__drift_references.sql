with

drift_references as (

    select * from {{ source('ml', 'drift_references') }}

),

renamed as (

    select
        machine_id,
        arepa_type,
        metric,
        fitted_as_of_date,
        usual_level,
        usual_deviation,
        other_weight,
        threshold

    from drift_references

)

select * from renamed
