with

lines as (

    select * from {{ source('kitchen', 'batch_registry') }}

),

renamed as (

    select
        file_id,
        source_line,
        raw_line

    from lines

)

select * from renamed
