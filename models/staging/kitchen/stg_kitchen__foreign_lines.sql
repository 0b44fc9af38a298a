with

foreign_lines as (

    select * from {{ source('kitchen', 'foreign_lines') }}

),

renamed as (

    select
        file_id,
        source_line,
        foreign_line,
        is_further

    from foreign_lines

)

select * from renamed
