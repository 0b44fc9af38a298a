with

data_check_limits as (

    select * from {{ source('kitchen', 'data_check_limits') }}

),

renamed as (

    select
        check_name,
        severity,
        limit_value

    from data_check_limits

)

select * from renamed
