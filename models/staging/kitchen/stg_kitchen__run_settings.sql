with

run_settings as (

    select * from {{ source('kitchen', 'run_settings') }}

),

renamed as (

    select
        run_id,
        as_of_date,
        latest_as_of_date,
        built_as_of_date,
        publish_deadline_at,
        horizon_days,
        readings_win_days,
        folder_problems,
        has_machines,
        has_maintenance_events,
        has_arepa_type_list

    from run_settings

)

select * from renamed
