with

files as (

    select * from {{ ref('stg_kitchen__files') }}

),

unreadable as (

    select
        'unreadable_files' as check_name,
        source_file as subject,
        1 as value,
        problem as message

    from files

    where
        is_current
        and problem is not null

),

checked as (

    select * from {{ ref('delivery_checks') }}

    union all

    select * from {{ ref('kitchen_checks') }}

    union all

    select * from unreadable

),

data_check_limits as (

    select * from {{ ref('stg_kitchen__data_check_limits') }}

),

run_settings as (

    select * from {{ ref('stg_kitchen__run_settings') }}

),

final as (

    select
        run_settings.as_of_date,
        checked.check_name,
        checked.subject,
        data_check_limits.severity,
        cast(checked.value as double) as value,
        data_check_limits.limit_value,
        checked.message

    from checked

    inner join data_check_limits
        on checked.check_name = data_check_limits.check_name

    cross join run_settings

    where checked.value > data_check_limits.limit_value

)

select * from final
