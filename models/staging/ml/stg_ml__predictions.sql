with

predictions as (

    select * from {{ source('ml', 'predictions') }}

),

renamed as (

    select
        kitchen_id,
        machine_id,
        arepa_type,
        as_of_date,
        model_role,
        status,
        phase,
        horizon_days,
        failure_probability,
        probability_lower,
        probability_upper,
        health_index,
        health_lower,
        health_upper,
        reasons,
        reason_details,
        model_name,
        model_version,
        feature_hash,
        code_version,
        run_id,
        scored_at

    from predictions

)

select * from renamed
