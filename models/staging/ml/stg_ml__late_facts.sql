with

late_facts as (

    select * from {{ source('ml', 'late_facts') }}

),

renamed as (

    select
        fact_id,
        noted_at,
        noted_as_of_date,
        source_table,
        source_file,
        machine_id,
        change,
        detail,
        started_at,
        ended_at,
        training_row_count,
        prediction_count,
        model_versions,
        changed_row_share,
        share_to_retrain

    from late_facts

)

select * from renamed
