with

runs as (

    select * from {{ source('ml', 'runs') }}

),

renamed as (

    select
        run_id,
        step,
        as_of_date,
        started_at,
        ended_at,
        status,
        row_count,
        message

    from runs

)

select * from renamed
