with

arepa_types as (

    select * from {{ ref('arepa_types') }}

),

listed_arepa_types as (

    select * from {{ ref('stg_kitchen__listed_arepa_types') }}

),

batches as (

    select * from {{ ref('int_batch_registrations') }}
    where registration_status = 'kept'

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

batches_by_type as (

    select
        arepa_type,
        count(*) as batch_count

    from batches

    group by arepa_type

),

all_types as (

    select arepa_type from arepa_types

    union

    select arepa_type from listed_arepa_types

    union

    select arepa_type from batches_by_type

),

final as (

    select
        all_types.arepa_type,
        coalesce(arepa_types.arepa_type_name, all_types.arepa_type) as arepa_type_name,
        case
            when run_settings.has_arepa_type_list
                then listed_arepa_types.arepa_type is not null
            else coalesce(arepa_types.is_modelled, false)
        end as is_modelled,
        listed_arepa_types.arepa_type is not null
        or arepa_types.arepa_type is not null as is_listed,
        coalesce(batches_by_type.batch_count, 0) as batch_count

    from all_types

    left join arepa_types
        on all_types.arepa_type = arepa_types.arepa_type

    left join listed_arepa_types
        on all_types.arepa_type = listed_arepa_types.arepa_type

    left join batches_by_type
        on all_types.arepa_type = batches_by_type.arepa_type

    cross join run_settings

)

select * from final
