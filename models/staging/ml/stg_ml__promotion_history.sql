with

promotion_history as (

    select * from {{ source('ml', 'promotion_history') }}

),

renamed as (

    select
        arepa_type,
        as_of_date,
        decided_at,
        verdict,
        from_version,
        to_version,
        decided_by,
        mode,
        reason

    from promotion_history

)

select * from renamed
