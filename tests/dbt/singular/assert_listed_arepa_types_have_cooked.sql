{# A type that no batch ever had is a slip of the pen in the file AREPA_TYPES. #}
with

listed_arepa_types as (

    select * from {{ ref('stg_kitchen__listed_arepa_types') }}

),

arepa_types as (

    select * from {{ ref('dim_arepa_types') }}

),

final as (

    select
        listed_arepa_types.arepa_type,
        'no batch ever had it: correct the file AREPA_TYPES' as problem

    from listed_arepa_types

    inner join arepa_types
        on listed_arepa_types.arepa_type = arepa_types.arepa_type

    where arepa_types.batch_count = 0

)

select * from final
