with

calendar_terms as (

    select * from {{ source('ml', 'calendar_terms') }}

),

renamed as (

    select
        machine_id,
        arepa_type,
        as_of_date,
        clock,
        clock_value,
        interval_value,
        stop_saving

    from calendar_terms

)

select * from renamed
