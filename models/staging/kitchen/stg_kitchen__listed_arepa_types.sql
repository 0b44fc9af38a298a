with

listed_arepa_types as (

    select * from {{ source('kitchen', 'listed_arepa_types') }}

),

renamed as (

    select arepa_type

    from listed_arepa_types

)

select * from renamed
