with

builds as (

    select * from {{ source('kitchen', 'builds') }}

),

renamed as (

    select
        load_id,
        as_of_date,
        fingerprint,
        new_reading_count,
        late_reading_count,
        built_at

    from builds

)

select * from renamed
