with

publications as (

    select * from {{ source('ml', 'publications') }}

),

renamed as (

    select
        run_id,
        as_of_date,
        published_at,
        code_version,
        status,
        is_in_time

    from publications

)

select * from renamed
