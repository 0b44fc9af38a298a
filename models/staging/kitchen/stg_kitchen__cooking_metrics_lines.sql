with

lines as (

    select * from {{ source('kitchen', 'cooking_metrics') }}

),

renamed as (

    select
        file_id,
        source_line,
        raw_line

    from lines

)

select * from renamed
