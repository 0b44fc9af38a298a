with

arepa_types as (

    select * from {{ ref('dim_arepa_types') }}

),

final as (

    select
        arepa_type,
        arepa_type_name,
        is_modelled,
        is_listed,
        batch_count

    from arepa_types

)

select * from final
